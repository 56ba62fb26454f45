"""Finished takes, performed anew on a thread; there is no network to run."""

from __future__ import annotations

import queue
import threading

from ...errors import KoeMorphError
from ...performance import perform_take
from ...performance.hearing import level_under
from ...recording import Recording
from ...take import Take
from ..qt import QtCore, Signal
from .maker import Maker, Wanted


class TakeMaker(Maker):
    """Performs a finished take anew for each change, on a thread; there is no network to run."""

    _done = Signal(object, object)

    def __init__(self, take: Take, recording: Recording | None = None, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._take, self._recording = take, recording
        self._wanted: queue.SimpleQueue[Wanted | None] = queue.SimpleQueue()
        self._done.connect(self._answer)
        self._thread = threading.Thread(target=self._work, name="koemorph-panel-take", daemon=True)
        self._thread.start()

    def want(self, wanted: Wanted) -> None:
        self._wanted.put(wanted)

    def cancel(self) -> None:
        """It takes milliseconds and ends by itself."""

    def close(self) -> None:
        self._wanted.put(None)
        self._thread.join(2.0)

    def _work(self) -> None:
        level = None
        if self._recording is not None:
            try:
                with self._recording.open() as clip:
                    level = level_under(self._take, clip)
            except KoeMorphError as err:
                self._done.emit(err, None)
        while (wanted := self._wanted.get()) is not None:
            while not self._wanted.empty():
                if (later := self._wanted.get()) is None:
                    return
                wanted = later
            try:
                self._done.emit(perform_take(self._take, wanted.settings, wanted.rate, level), wanted)
            except KoeMorphError as err:
                self._done.emit(err, None)

    def _answer(self, outcome: Take | KoeMorphError, wanted: Wanted | None) -> None:
        if isinstance(outcome, Take):
            self.made.emit(outcome, wanted)
        else:
            self.failed.emit(str(outcome))
        self.rested.emit()
