"""One piece of work on a thread, so that the window never waits for it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from ..errors import KoeMorphError
from .qt import QtCore, Signal


class BackgroundWork(QtCore.QObject):
    """Work that ends by itself or when it is told to in its own way; its outcome comes back as a signal."""

    done = Signal(object)
    failed = Signal(str)

    def __init__(self, work: Callable[[], object], parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._thread = threading.Thread(target=self._run, name="koemorph-panel-background", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wait(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            signal, outcome = self.done, self._work()
        except KoeMorphError as err:
            signal, outcome = self.failed, str(err)
        with contextlib.suppress(RuntimeError):  # the window is gone, and nobody waits for it
            signal.emit(outcome)
