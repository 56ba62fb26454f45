"""A recording for eye and ear, on a thread: its waveform and its sound."""

from __future__ import annotations

import threading
from pathlib import Path

from ..audio import open_clip
from ..errors import Cancelled, KoeMorphError
from .qt import QtCore, Signal
from .sound import Sound
from .tracing import Wave


class Listening(QtCore.QObject):
    """One recording on its way; stopped by `close`."""

    heard = Signal(object, object, float)
    """Waveform, sound and seconds."""
    failed = Signal(str)

    def __init__(self, path: Path, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._path, self._closed = path, threading.Event()
        self._thread = threading.Thread(target=self._listen, name="koemorph-panel-sound", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join(2.0)

    def _listen(self) -> None:
        try:
            with open_clip(self._path, progress=self._go_on) as clip:
                wave, sound, duration = Wave.of(clip), Sound.of(self._path, clip), float(clip.duration)
        except Cancelled:
            return
        except KoeMorphError as err:
            self.failed.emit(str(err))
            return
        if not self._closed.is_set():
            self.heard.emit(wave, sound, duration)

    def _go_on(self, done: float) -> None:
        if self._closed.is_set():
            raise Cancelled("The recording is no longer wanted.")
