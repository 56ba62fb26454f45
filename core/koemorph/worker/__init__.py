"""The process that hosts start: `python -m koemorph.worker [--model FOLDER] [--threads N]`.

Requests come in on stdin and events go out on stdout, one JSON object per line, as schema.json describes.
The worker says `ready` (or `error`, and ends), then works through its jobs one after another:

    animate   a recording -> a take file
    analyse   a recording -> latents, kept under a key
    render    a key and settings -> a take file, in milliseconds: what a slider repeats
    forget    gives a key's latents back

`cancel`, `ping` and `shutdown` are answered at once, whatever is running. Every accepted job ends in exactly
one `result`, `error` or `cancelled` with its id; one that did not end in `result` leaves no file behind.
An event that belongs to no job has the id null. The worker ends with its stdin.

This package and `client` import nothing but the standard library, so that a host may.
"""

from __future__ import annotations

from typing import Final

PROTOCOL: Final = 1
"""Raised when a message changes in a way that an older client or worker would misunderstand."""
