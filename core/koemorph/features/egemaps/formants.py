"""Formants 1-3 of 20 ms frames: frequency and bandwidth in Hz, from the roots of linear prediction.

The spectrum up to 5.5 kHz, pre-emphasised, gives the autocorrelation of the frame at 11 kHz; order 11 linear
prediction gives an all-pole model; roots above 50 Hz, sorted by frequency, are the formants. A root's
radius r gives its bandwidth, -ln(r) rate / pi. Formants that do not exist are 0.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from .framing import SHORT_HZ, Floats

RATE: Final = 11_000
ORDER: Final = 11
EMPHASIS: Final = 0.97
LOWEST: Final = 50.0
FORMANTS: Final = 3

_SIZE: Final = round(RATE / SHORT_HZ)
_HERTZ: Final = np.arange(_SIZE // 2 + 1) * SHORT_HZ
_EMPHASIS: Final = 1 + EMPHASIS**2 - 2 * EMPHASIS * np.cos(2 * np.pi * _HERTZ / RATE)
_FOLD: Final = np.r_[1.0, np.full(len(_HERTZ) - 2, 2.0), 1.0]
_TO_LAGS: Final = (
    np.cos(2 * np.pi * np.outer(np.arange(ORDER + 1), np.arange(len(_HERTZ))) / _SIZE) * _FOLD * _EMPHASIS / _SIZE
)
_LAG_OF: Final = np.abs(np.subtract.outer(np.arange(ORDER), np.arange(ORDER)))


def formants(power: Floats) -> tuple[Floats, Floats]:
    """Frequencies and bandwidths (3, frames) of short power spectra (bins, frames)."""
    lags = (_TO_LAGS @ power[: len(_HERTZ)]).T
    lags[:, 0] = lags[:, 0] * (1 + 1e-9) + 1e-12
    companion = np.zeros((len(lags), ORDER, ORDER))
    companion[:, 0] = np.linalg.solve(lags[:, _LAG_OF], lags[:, 1:, None])[..., 0]
    companion[:, np.arange(1, ORDER), np.arange(ORDER - 1)] = 1
    roots = np.linalg.eigvals(companion).astype(np.complex128)
    hertz = np.angle(roots) * RATE / (2 * np.pi)
    hertz[(hertz < LOWEST) | (hertz > RATE / 2 - LOWEST)] = np.inf
    order = np.argsort(hertz, axis=1)[:, :FORMANTS]
    width = -np.log(np.maximum(np.abs(np.take_along_axis(roots, order, 1)), 1e-9)) * RATE / np.pi
    hertz = np.take_along_axis(hertz, order, 1)
    found = np.isfinite(hertz)
    return np.where(found, hertz, 0).T.astype(np.float32), np.where(found, width, 0).T.astype(np.float32)
