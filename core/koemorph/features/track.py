"""Emotion tokens for any stretch of a clip, while one pass over the whole clip runs beside the network."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import Cancelled
from .emotion import FUNCTIONALS, TOKEN_SIZE, EmotionBackend, Read, Samples, token_count, window_count, windows_of_token

PATIENCE: Final = 0.1
"""Seconds between two looks at whether the work is still wanted, and for the pass to stop when it is not."""


class EmotionTrack:
    """Measures a clip's windows on a thread of its own; `tokens` waits only for those it needs.

    What is kept is small (0.3 kB a second), so the pass never has to wait for the network. Use as a context
    manager: leaving it, for whatever reason, stops the pass; one that is inside a library which cannot be
    interrupted is left to finish that call, after which it finds itself stopped.
    """

    def __init__(self, backend: EmotionBackend, read: Read, sample_count: int) -> None:
        self._backend, self._read, self._sample_count = backend, read, sample_count
        self._windows = np.empty((window_count(sample_count), FUNCTIONALS), dtype=np.float32)
        self._done = 0
        self._failure: BaseException | None = None
        self._stopped = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="koemorph-emotion", daemon=True)

    def __enter__(self) -> EmotionTrack:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self._thread.join(PATIENCE)

    def tokens(
        self, first: int, stop: int, waiting: Callable[[], None] = lambda: None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Tokens first..stop-1 as (n, 264), and (n,) ones for those inside the clip, zeros outside.

        While they are not there yet, `waiting` is called every now and then; it may raise to give up.
        """
        total = token_count(self._sample_count)
        values = np.zeros((stop - first, TOKEN_SIZE), dtype=np.float32)
        inside = np.zeros(stop - first, dtype=np.float32)
        for token in range(max(first, 0), min(stop, total)):
            needed = windows_of_token(token, len(self._windows))
            self._wait_for(max(needed), waiting)
            values[token - first] = self._windows[list(needed)].reshape(-1)
            inside[token - first] = 1.0
        return values, inside

    def _wait_for(self, window: int, waiting: Callable[[], None]) -> None:
        while not self._has(window):
            waiting()

    def _has(self, window: int) -> bool:
        """Whether a window is there, or comes in a moment."""
        with self._changed:
            self._changed.wait_for(lambda: self._done > window or self._failure is not None, PATIENCE)
            if self._failure is not None:
                raise self._failure
            return self._done > window

    def _run(self) -> None:
        try:
            for block in self._backend.windows(self._read_unless_stopped, self._sample_count):
                with self._changed:
                    self._windows[self._done : self._done + len(block)] = block
                    self._done += len(block)
                    self._changed.notify_all()
            if self._done != len(self._windows):
                raise RuntimeError(f"{self._backend.name} gave {self._done} windows instead of {len(self._windows)}")
        except BaseException as failure:  # noqa: BLE001 - handed to the thread that waits for tokens
            with self._changed:
                self._failure = failure
                self._changed.notify_all()

    def _read_unless_stopped(self, start: int, stop: int) -> Samples:
        if self._stopped:
            raise Cancelled("Stopped.")
        return self._read(start, stop)
