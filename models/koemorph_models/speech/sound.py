"""The aligner's ears: 40 log-mel bands a hundred times a second, frame n hearing around (n + 1/2) / 100 s."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from koemorph.audio.level import SpeechLevel
from koemorph.errors import AudioError
from koemorph.features.mel import MelBands
from koemorph.timing import SAMPLE_RATE

FRAMES_PER_SECOND: Final = 100
HOP: Final = SAMPLE_RATE // FRAMES_PER_SECOND
BANDS: Final = 40
_BANK: Final = MelBands(window=320, n_fft=512, bands=BANDS)


def load(path: Path) -> NDArray[np.float32]:
    """Any sound file as mono at 16 kHz."""
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as err:
        raise AudioError(f"{path} cannot be read as sound ({err.error_string.rstrip('.')}).") from err
    mono = samples.mean(axis=1)
    return np.asarray(mono if rate == SAMPLE_RATE else soxr.resample(mono, rate, SAMPLE_RATE), dtype=np.float32)


def log_mels(samples: NDArray[np.float32]) -> NDArray[np.float16]:
    """(frames, 40) decibels below the loudest 1 %, which makes the recording's level irrelevant."""
    count = max(1, len(samples) // HOP)
    side = (_BANK.window - HOP) // 2
    padded = np.pad(samples, (side, side + _BANK.window)).astype(np.float64)
    padded *= 0.1 / max(float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))), 1e-5)
    windows = sliding_window_view(padded, _BANK.window)[::HOP][:count]
    bands = _BANK.decibels(windows)
    return np.asarray(bands - np.percentile(bands.max(axis=1), 99), dtype=np.float16)


def at_level(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Speech at the reference level, as the engine hears every clip."""
    level = SpeechLevel()
    level.push(samples)
    return np.asarray(samples * np.float32(level.gain()[0]), dtype=np.float32)


def at_speed(samples: NDArray[np.float32], speed: float) -> NDArray[np.float32]:
    """Played `speed` times as fast: pitch, formants and tempo move together."""
    if speed == 1.0:
        return samples
    return np.asarray(soxr.resample(samples, SAMPLE_RATE * speed, SAMPLE_RATE), dtype=np.float32)
