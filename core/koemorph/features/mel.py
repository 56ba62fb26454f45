"""Mel filter banks, and the level of the sound at exact frame centres.

Everything is measured against a fixed reference, never against the loudest part of a window, so that a quiet room
does not look like speech. Transforms run in double precision: the same numbers with every numpy a host may bring.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ..timing import SAMPLE_RATE, FrameRate
from .emotion import Read

FLOOR_DB: Final = -70.0
"""Anything weaker counts as silence; speech at the reference level peaks near 0 dB."""

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class MelBands:
    """A mel filter bank over windows of `window` samples (Hann), zero-padded to `n_fft`."""

    window: int
    n_fft: int
    bands: int
    low_hz: float = 80.0
    high_hz: float = 8000.0

    def power(self, windows: Array) -> Array:
        """(n, window) samples -> (n, bands) power."""
        spectrum = np.fft.rfft(windows * hann(self.window), n=self.n_fft)
        return np.asarray((spectrum.real**2 + spectrum.imag**2) @ mel_filters(self).T)

    def decibels(self, windows: Array) -> NDArray[np.float32]:
        """(n, window) samples -> (n, bands) dB, floored."""
        floor = 10 ** (FLOOR_DB / 10)
        return np.asarray(10.0 * np.log10(np.maximum(self.power(windows), floor)), dtype=np.float32)


LEVEL_WINDOW: Final = 320
"""Samples of the short windows that the level is measured in."""
LEVEL_WINDOWS: Final = 3
"""Such windows in a frame: a closure of the lips can be shorter than one frame."""


def sound_level(read: Read, first: int, count: int, rate: FrameRate) -> NDArray[np.float32]:
    """How loud frames `first` to first + count - 1 are, (count,) dBFS."""
    finer = FrameRate(rate.fps * LEVEL_WINDOWS)
    short = _windows(read, first * LEVEL_WINDOWS - 1, count * LEVEL_WINDOWS, finer, LEVEL_WINDOW)
    energy = np.mean(short**2, axis=1).reshape(-1, LEVEL_WINDOWS).mean(axis=1)
    return np.asarray(10.0 * np.log10(np.maximum(energy, 10 ** (FLOOR_DB / 10))), dtype=np.float32)


def _windows(read: Read, first: int, count: int, rate: FrameRate, window: int) -> Array:
    """(count, window) samples, window n centred on the exact sample of frame first + n."""
    half = window // 2
    num, den = rate.fps.numerator, rate.fps.denominator
    frames = np.arange(first, first + count, dtype=np.int64)
    centres = (2 * frames * (SAMPLE_RATE * den) + num) // (2 * num)
    begin = int(centres[0]) - half
    samples = read(begin, int(centres[-1]) + window - half).astype(np.float64)
    return np.asarray(sliding_window_view(samples, window)[centres - half - begin])


@cache
def hann(size: int) -> Array:
    """Periodic Hann window."""
    return 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(size) / size)


@cache
def mel_filters(bank: MelBands) -> Array:
    """(bands, n_fft/2 + 1) triangles on Slaney's mel scale, each of unit area per Hz."""
    edges = _mel_to_hz(np.linspace(_hz_to_mel(bank.low_hz), _hz_to_mel(bank.high_hz), bank.bands + 2))
    bins = np.arange(bank.n_fft // 2 + 1) * (SAMPLE_RATE / bank.n_fft)
    lower, centre, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising = (bins - lower) / (centre - lower)
    falling = (upper - bins) / (upper - centre)
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (upper - lower)))


_LINEAR_HZ_PER_MEL: Final = 200.0 / 3.0
_LOG_FROM_HZ: Final = 1000.0
_LOG_STEP: Final = float(np.log(6.4)) / 27.0


def _hz_to_mel(hz: float) -> float:
    """Slaney's scale: linear below 1 kHz, logarithmic above (27 mels for a factor of 6.4)."""
    if hz < _LOG_FROM_HZ:
        return hz / _LINEAR_HZ_PER_MEL
    return _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL + float(np.log(hz / _LOG_FROM_HZ)) / _LOG_STEP


def _mel_to_hz(mel: Array) -> Array:
    knee = _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL
    return np.where(mel < knee, mel * _LINEAR_HZ_PER_MEL, _LOG_FROM_HZ * np.exp(_LOG_STEP * (mel - knee)))
