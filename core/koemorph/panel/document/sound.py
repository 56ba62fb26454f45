"""What one hears: a recording in memory, and a way to the loudspeakers where there is one."""

from __future__ import annotations

import contextlib
import importlib
import time
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import soundfile
from numpy.typing import NDArray

from ...audio import SAMPLE_RATE, Clip
from ...recording import Recording
from ..qt import QtCore, tr

LONGEST: Final = 20 * 60
"""Seconds of sound that are held as recorded; longer ones are heard as the engine hears them, at 16 kHz."""


@dataclass(frozen=True, eq=False)
class Sound:
    """Samples (frames, channels), one or two of them."""

    samples: NDArray[np.int16]
    rate: int
    start: float = 0.0
    """Seconds of the recording at which the first sample is heard."""

    @classmethod
    def of(cls, recording: Recording, clip: Clip) -> Sound:
        """As it was recorded, where our decoder reads it; otherwise from the clip, which ffmpeg may have read."""
        start = float(clip.start)
        if float(clip.duration) <= LONGEST and not recording.channel:
            with contextlib.suppress(soundfile.LibsndfileError, OSError), soundfile.SoundFile(recording.path) as file:
                file.seek(round(clip.start * file.samplerate))
                samples = file.read(round(clip.duration * file.samplerate), dtype="int16", always_2d=True)
                return cls(np.ascontiguousarray(samples[:, :2]), file.samplerate, start)
        samples = np.clip(clip.read(0, clip.sample_count) * 32767, -32768, 32767).astype(np.int16)
        return cls(samples[:, None], SAMPLE_RATE, start)

    def part(self, begin: float, end: float) -> NDArray[np.int16]:
        """From `begin` to `end` seconds, silence where there is none."""
        first, stop = (round((moment - self.start) * self.rate) for moment in (begin, end))
        inside = self.samples[max(first, 0) : max(stop, 0)]
        before = min(max(-first, 0), max(stop - first, 0))
        after = max(stop - first - before - len(inside), 0)
        return np.pad(inside, ((before, after), (0, 0)))


class Output(Protocol):
    """A way to the loudspeakers, for one stretch of sound at a time."""

    def play(self, samples: NDArray[np.int16], rate: int) -> None: ...

    def heard(self) -> float | None:
        """Seconds of what was last played that have been heard; None if that cannot be told."""

    def stop(self) -> None: ...


class Silence:
    """Where there is no way to be heard: time goes on all the same."""

    def __init__(self, why: str) -> None:
        self.why = why

    def play(self, samples: NDArray[np.int16], rate: int) -> None:
        self._began = time.perf_counter()

    def heard(self) -> float | None:
        return time.perf_counter() - self._began

    def stop(self) -> None:
        """Nothing sounds."""


class QtOutput:
    """By QtMultimedia, which is part of PySide6-Addons and of most hosts.

    What its device still holds counts as heard: the picture is ahead by 15 to 45 ms.
    """

    def __init__(self) -> None:
        self._qt: Any = importlib.import_module("PySide6.QtMultimedia")
        self._device = self._qt.QMediaDevices.defaultAudioOutput()
        if self._device.isNull():
            raise OSError("there is no audio device")
        self._sink: Any = None

    def play(self, samples: NDArray[np.int16], rate: int) -> None:
        self.stop()
        shape = self._qt.QAudioFormat()
        shape.setSampleRate(rate)
        shape.setChannelCount(samples.shape[1])
        shape.setSampleFormat(self._qt.QAudioFormat.SampleFormat.Int16)
        self._bytes = QtCore.QByteArray(samples.tobytes())
        self._buffer = QtCore.QBuffer(self._bytes)
        self._buffer.open(QtCore.QIODeviceBase.OpenModeFlag.ReadOnly)
        self._sink = self._qt.QAudioSink(self._device, shape)
        self._sink.start(self._buffer)

    def heard(self) -> float | None:
        return None if self._sink is None else self._sink.processedUSecs() / 1e6

    def stop(self) -> None:
        if self._sink is not None:
            self._sink.stop()
            self._sink = None


class DeviceOutput:
    """By sounddevice, which comes with the extra `panel`."""

    def __init__(self) -> None:
        import sounddevice

        self._library: Any = sounddevice
        sounddevice.query_devices(kind="output")
        self._stream: Any = None
        self._done, self._at = 0, time.perf_counter()

    def play(self, samples: NDArray[np.int16], rate: int) -> None:
        self.stop()
        self._samples, self._rate, self._done, self._at = samples, rate, 0, time.perf_counter()
        self._stream = self._library.OutputStream(
            samplerate=rate, channels=samples.shape[1], dtype="int16", latency="low", callback=self._fill
        )
        self._stream.start()

    def heard(self) -> float | None:
        if self._stream is None:
            return None
        since = min(time.perf_counter() - self._at, 0.1) if self._done else 0.0
        return max(0.0, self._done / self._rate + since - self._block - float(self._stream.latency))

    def stop(self) -> None:
        if self._stream is not None:
            self._stream.abort()
            self._stream.close()
            self._stream = None

    _block = 0.0

    def _fill(self, out: Any, frames: int, moment: object, status: object) -> None:
        piece = self._samples[self._done : self._done + frames]
        out[: len(piece)] = piece
        out[len(piece) :] = 0
        self._block = frames / self._rate
        self._done, self._at = self._done + frames, time.perf_counter()


def best_output() -> Output:
    """The first that works here, the one that tells best what is heard before the other; or silence, which says why."""
    reasons = []
    for kind in (DeviceOutput, QtOutput):
        try:
            return kind()
        except Exception as err:  # noqa: BLE001 (of libraries and drivers that may or may not be there)
            reasons.append(" ".join(str(err).split()).rstrip(".") or type(err).__name__)
    return Silence(tr("There is no sound here ({reasons}); the face moves in time all the same.", reasons=reasons[0]))
