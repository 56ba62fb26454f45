"""Takes of a recording, from the panel's session: analysed once, rendered anew for each change."""

from __future__ import annotations

from typing import Final

from ...errors import Cancelled, KoeMorphError
from ...recording import Recording
from ...runtime.session import Session
from ...runtime.take_request import TakeRequest
from ...speech.script import Script
from ..qt import QtCore
from .maker import Maker, Wanted

POLL_MS: Final = 2
"""While a take is on its way; this much of a slider's delay is ours."""
_LISTENING: Final = ("listening", "animating")
"""Stages that take long enough to be shown."""


class RecordingMaker(Maker):
    """Looks at the session on a timer while it makes anything for this recording."""

    def __init__(self, recording: Recording, session: Session, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._recording, self._session = recording, session
        self._asked: list[tuple[TakeRequest, Wanted]] = []
        """What is not over, the latest last."""
        self._warned: set[str] = set()
        self._script: Script | None = None
        """The one that was warned of."""
        self._timer = QtCore.QTimer(self)
        self._timer.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll)

    @property
    def busy(self) -> bool:
        return bool(self._asked)

    def want(self, wanted: Wanted) -> None:
        if wanted.script != self._script:
            self._script = wanted.script
            self._warned.clear()
        try:
            request = self._session.ask(
                self._recording, wanted.settings, wanted.rate, script=wanted.script, edited=wanted.edited
            )
            self._asked.append((request, wanted))
        except KoeMorphError as err:
            self.failed.emit(str(err))
        else:
            self._timer.start(POLL_MS)

    def cancel(self) -> None:
        for request, _ in self._asked:
            request.cancel()

    def close(self) -> None:
        self._timer.stop()
        self.cancel()

    def _poll(self) -> None:
        self._session.poll()
        for request, _ in self._asked:
            if request.stage in _LISTENING and not request.over:
                self.progressed.emit(request.stage, request.fraction)
        ended = [(request, wanted) for request, wanted in self._asked if request.over]
        self._asked = [(request, wanted) for request, wanted in self._asked if not request.over]
        for request, wanted in ended:
            self._receive(request, wanted)
        if not self._asked:
            self._timer.stop()
            self.rested.emit()

    def _receive(self, request: TakeRequest, wanted: Wanted) -> None:
        for warning in request.warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                self.warned.emit(warning)
        if request.take is not None:
            self.made.emit(request.take, wanted)
        elif not isinstance(request.error, Cancelled):
            self.failed.emit(str(request.error))
