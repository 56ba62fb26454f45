"""Tracks in files of their own: what other tools make of phones and words, and what they can read of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...errors import OutputError, TakeError
from ...files import write_text
from ..track import Tracks
from . import plain, rhubarb, subtitles, textgrid

__all__ = ["TRACK_FILES", "TrackFile", "Tracks", "read_tracks", "write_tracks"]

_RHUBARB: Final = re.compile(r'"mouthCues"\s*:')
LARGEST: Final = 64 * 2**20
"""Bytes of text that are read."""


@dataclass(frozen=True)
class TrackFile:
    name: str
    suffix: str
    write: Callable[[Tracks], str]
    read: Callable[[str], Tracks]


TRACK_FILES: Final = (
    TrackFile("textgrid", ".TextGrid", textgrid.write, textgrid.read),
    TrackFile("json", ".json", plain.write, plain.read),
    TrackFile("rhubarb", ".tsv", rhubarb.write_tsv, rhubarb.read_tsv),
    TrackFile("rhubarb-json", ".rhubarb.json", rhubarb.write_json, rhubarb.read_json),
    TrackFile("srt", ".srt", subtitles.write_srt, subtitles.read),
    TrackFile("vtt", ".vtt", subtitles.write_vtt, subtitles.read),
)


def write_tracks(tracks: Tracks, path: Path) -> None:
    write_text(path, _known(path).write(tracks))


def read_tracks(path: Path) -> Tracks:
    """The tracks of a file, by its ending; JSON tells itself whether it is Rhubarb's."""
    known = _known(path)
    try:
        if path.stat().st_size > LARGEST:
            raise TakeError(f"{path} is too large for a track of phones.")
        text = _decoded(path.read_bytes())
        if known.name == "json" and _RHUBARB.search(text):
            return rhubarb.read_json(text)
        return known.read(text)
    except OSError as err:
        raise TakeError(f"Cannot read {path} ({err.strerror or err}).") from err
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, TakeError) as err:
        reason = " ".join(str(err).split())[:200] or type(err).__name__
        raise TakeError(f"{path} holds no track that can be read ({reason.rstrip('.')}).") from err


def _known(path: Path) -> TrackFile:
    name = path.name.lower()
    found = [known for known in TRACK_FILES if name.endswith(known.suffix.lower())]
    if not found:
        endings = ", ".join(known.suffix for known in TRACK_FILES)
        raise OutputError(f"{path.name} has no ending of a file of phones or words; those are {endings}.")
    return max(found, key=lambda known: len(known.suffix))


def _decoded(data: bytes) -> str:
    """Praat writes UTF-8, or UTF-16 with a mark."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")
