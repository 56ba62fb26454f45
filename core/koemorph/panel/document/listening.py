"""A recording for eye and ear, on a thread: its waveform and its sound."""

from __future__ import annotations

import threading

from ...errors import Cancelled, KoeMorphError
from ...recording import Recording
from ..qt import QtCore, Signal
from ..views.tracing import Wave
from .sound import Sound


class Listening(QtCore.QObject):
    """One recording on its way; stopped by `close`."""

    heard = Signal(object, object, float)
    """Waveform, sound and the moment at which both end, in seconds of the recording."""
    failed = Signal(str)

    def __init__(self, recording: Recording, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._recording, self._closed = recording, threading.Event()
        self._thread = threading.Thread(target=self._listen, name="koemorph-panel-sound", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join(2.0)

    def _listen(self) -> None:
        try:
            with self._recording.open(self._go_on) as clip:
                wave, sound, end = Wave.of(clip), Sound.of(self._recording, clip), float(clip.start + clip.duration)
        except Cancelled:
            return
        except KoeMorphError as err:
            self.failed.emit(str(err))
            return
        if not self._closed.is_set():
            self.heard.emit(wave, sound, end)

    def _go_on(self, done: float) -> None:
        if self._closed.is_set():
            raise Cancelled("The recording is no longer wanted.")
