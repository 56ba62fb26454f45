"""The worker's two pipes. They belong to the protocol alone, and neither can hold up the thread that reads."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from io import FileIO
from typing import BinaryIO

from .messages import LINE_LIMIT, Event


def claim() -> tuple[BinaryIO, FileIO]:
    """Stdin and stdout for us alone: whoever else uses them, C libraries included, meets null and stderr.

    On Windows this also keeps a library that is loaded late from waiting for our read of stdin to end.
    """
    requests, events = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return open(requests, "rb"), FileIO(events, "wb")


def lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines until the stream ends; of one that is too long just enough to tell. What the end cuts off is no line."""
    while line := stream.readline(LINE_LIMIT + 1):
        last = line
        while last and not last.endswith(b"\n"):
            last = stream.readline(LINE_LIMIT)
        if not last:
            return
        yield line


class Outbox:
    """Sends events from a thread of its own, in order; a host that does not read holds up nobody.

    `broken` is called, on that thread, when nobody is there to read any more.
    """

    def __init__(self, stream: FileIO, broken: Callable[[], None]) -> None:
        self._stream, self._broken = stream, broken
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="koemorph-outbox", daemon=True)
        self._thread.start()

    def emit(self, event: Event) -> None:
        # ASCII with escapes: file names that are not proper text pass through unchanged.
        self._waiting.put(json.dumps(event, allow_nan=False).encode("ascii") + b"\n")

    def close(self, patience: float) -> None:
        """Send what waits, for `patience` seconds at most."""
        self._waiting.put(None)
        if threading.current_thread() is not self._thread:
            self._thread.join(patience)

    def _run(self) -> None:
        try:
            while (data := self._waiting.get()) is not None:
                while data:
                    data = data[self._stream.write(data) :]
        except OSError:
            self._broken()
