"""The worker's two pipes. They belong to the protocol alone, and neither can hold up the thread that reads."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable
from io import FileIO
from typing import BinaryIO

from ..wire import Message, encode

Emit = Callable[[Message], None]


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


class Outbox:
    """Sends events from a thread of its own, in order; a host that does not read holds up nobody.

    `broken` is called, on that thread, when nobody is there to read any more.
    """

    def __init__(self, stream: FileIO, broken: Callable[[], None]) -> None:
        self._stream, self._broken = stream, broken
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="koemorph-outbox", daemon=True)
        self._thread.start()

    def emit(self, event: Message) -> None:
        self._waiting.put(encode(event))

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
