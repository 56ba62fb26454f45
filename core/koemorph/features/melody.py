"""The melody of a voice: how high it is, twenty times a second, by autocorrelation; how a phrase ends is told by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ..timing import SAMPLE_RATE

MELODY_RATE: Final = 20
"""Frames a second; frame n is centred on n / 20 s."""
STEP: Final = SAMPLE_RATE // MELODY_RATE
_WINDOW: Final = 640
"""Samples: 40 ms hold two periods of the lowest voice."""
_TRANSFORM: Final = 1024
_LOWEST, _HIGHEST = 60.0, 500.0
"""Hertz of voices."""
_FORMANTS: Final = 1500.0
"""Hertz above which nothing is needed to tell a period."""
VOICED: Final = 0.5
"""Likeness of one period to the next from which on there is a voice."""
_NEAR_BEST: Final = 0.92
"""The shortest lag that is nearly the best is the period, and not its double."""
_QUIET: Final = 1e-9
_PIECE: Final = 1024

Array = NDArray[np.float32]


def melody(read: Callable[[int, int], Array], first: int, count: int) -> Array:
    """(count,) octaves above 55 Hz of frames from `first` on; NaN where there is no voice."""
    half = _WINDOW // 2
    found = np.empty(count, np.float32)
    for begin in range(0, count, _PIECE):
        some = min(_PIECE, count - begin)
        start = (first + begin) * STEP - half
        samples = read(start, start + (some - 1) * STEP + _WINDOW)
        found[begin : begin + some] = _octaves(sliding_window_view(samples, _WINDOW)[::STEP])
    return found


def _octaves(windows: Array) -> Array:
    shape = np.hanning(_WINDOW + 2)[1:-1].astype(np.float32)
    power = np.abs(np.fft.rfft((windows - windows.mean(axis=1, keepdims=True)) * shape, _TRANSFORM)) ** 2
    power[:, int(_FORMANTS * _TRANSFORM / SAMPLE_RATE) :] = 0.0
    period, likeness = periods(power, shape)
    return np.where(likeness > VOICED, np.log2(SAMPLE_RATE / 55.0 / period), np.nan).astype(np.float32)


def periods(power: Array, shape: Array, *, near_best: float = _NEAR_BEST) -> tuple[NDArray[Any], NDArray[Any]]:
    """Power spectra (n, 513) of windows of that shape -> samples to a period, and how like the next it is, (n,) each.

    Of lags that are `near_best` or better, in parts of the best, the shortest is the period.
    """
    own = np.fft.irfft(np.abs(np.fft.rfft(shape, _TRANSFORM)) ** 2, _TRANSFORM)
    shortest, longest = int(SAMPLE_RATE / _HIGHEST), int(SAMPLE_RATE / _LOWEST)
    alike = np.fft.irfft(power, _TRANSFORM)[:, : longest + 2]
    alike = alike / (alike[:, :1] + _QUIET) * (own[0] / own[: longest + 2])
    inner = alike[:, shortest : longest + 1]
    peaks = (inner >= alike[:, shortest - 1 : longest]) & (inner > alike[:, shortest + 1 : longest + 2])
    heights = np.where(peaks, inner, 0.0)
    best = heights.max(axis=1)
    lag = np.argmax(heights >= near_best * best[:, None], axis=1) + shortest
    rows = np.arange(len(lag))
    left, middle, right = (alike[rows, lag + step] for step in (-1, 0, 1))
    bend = np.minimum(left - 2 * middle + right, -_QUIET)
    return lag + np.clip(0.5 * (left - right) / bend, -0.5, 0.5), best
