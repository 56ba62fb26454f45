"""What is measured of generated pictures beside the true ones, all of the same frames: (T, 128, 128, 3) bytes.

The mouth's opening is read from pictures alone, true and generated alike: the share of the mouth box that is too dark
or too grey to be skin or lips, which is what shows between parted lips. On true pictures it follows the lips' gap
(`lips.py`) with a correlation that the table states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph_flipbook.geometry import RATE

Pictures = NDArray[np.uint8]
Series = NDArray[np.float64]

MOUTH: Final = (slice(86, 122), slice(38, 90))
"""Rows and columns of lips and chin with the jaw open."""
LONGEST_LAG: Final = 8
"""Frames by which a mouth may be early or late before it counts as unrelated."""
_DARK, _GREY = 110, 40
"""Levels: less red than any lit skin, and less redder than blue than skin or lips."""
_LUMA: Final = np.array([0.2126, 0.7152, 0.0722])
_SIGMA, _REACH = 1.5, 5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def psnr(made: Pictures, true: Pictures) -> Series:
    """Decibels, for each frame."""
    error = np.square(made.astype(np.float32) - true).mean(axis=(1, 2, 3), dtype=np.float64)
    return 10 * np.log10(255**2 / np.maximum(error, 1e-3))


def ssim(made: Pictures, true: Pictures) -> Series:
    """Of the luma, Gaussian windows of 11 x 11, for each frame."""
    return np.array([_ssim(one @ _LUMA, other @ _LUMA) for one, other in zip(made, true, strict=True)])


def _ssim(one: Series, other: Series) -> float:
    mean_one, mean_other = _blurred(one), _blurred(other)
    spread_one = _blurred(one * one) - mean_one**2
    spread_other = _blurred(other * other) - mean_other**2
    both = _blurred(one * other) - mean_one * mean_other
    alike = (2 * mean_one * mean_other + _C1) * (2 * both + _C2)
    return float((alike / ((mean_one**2 + mean_other**2 + _C1) * (spread_one + spread_other + _C2))).mean())


def _blurred(plane: Series) -> Series:
    kernel = np.exp(-0.5 * (np.arange(-_REACH, _REACH + 1) / _SIGMA) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        moved = np.moveaxis(plane, axis, -1)
        windows = np.lib.stride_tricks.sliding_window_view(moved, len(kernel), axis=-1)
        plane = np.moveaxis(windows @ kernel, -1, axis)
    return plane


def mouth_error(made: Pictures, true: Pictures) -> Series:
    """Mean difference in the mouth box, in levels of 255, for each frame."""
    return np.abs(_mouth(made) - _mouth(true)).mean(axis=(1, 2, 3))


def motion_error(made: Pictures, true: Pictures) -> float:
    """How far the change from frame to frame in the mouth box is off, as a share of the true change: 1 for a still."""
    change, wanted = (np.diff(_mouth(pictures), axis=0) for pictures in (made, true))
    return float(np.abs(change - wanted).mean() / np.abs(wanted).mean())


def motion(made: Pictures, true: Pictures) -> float:
    """How much the mouth box changes from frame to frame, as a share of how much it truly does."""
    return float(np.abs(np.diff(_mouth(made), axis=0)).mean() / np.abs(np.diff(_mouth(true), axis=0)).mean())


def opening(pictures: Pictures) -> Series:
    """How far the mouth is open, as a share of the mouth box, for each frame."""
    mouth = _mouth(pictures)
    inside = (mouth[..., 0] < _DARK) | (mouth[..., 0] - mouth[..., 2] < _GREY)
    return inside.mean(axis=(1, 2), dtype=np.float64)


def _mouth(pictures: Pictures) -> NDArray[np.float32]:
    return pictures[:, MOUTH[0], MOUTH[1]].astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Sync:
    """`correlation` at the same moment; `best` and `lag_ms` where they agree most, positive where pictures are late."""

    correlation: float
    best: float
    lag_ms: float


def sync(made: Series, true: Series) -> Sync:
    """Two series of a mouth's opening. The lag is read between frames, on the parabola through the three best."""
    lags = np.arange(-LONGEST_LAG, LONGEST_LAG + 1)
    found = np.array([_correlation(made, true, int(lag)) for lag in lags])
    top = int(found.argmax())
    shift = 0.0
    if 0 < top < len(lags) - 1:
        before, peak, after = found[top - 1 : top + 2]
        shift = 0.5 * (before - after) / min(before - 2 * peak + after, -1e-12)
    return Sync(
        correlation=float(found[LONGEST_LAG]),
        best=float(found[top]),
        lag_ms=float((lags[top] + shift) * 1000 / RATE.fps),
    )


def _correlation(made: Series, true: Series, late: int) -> float:
    """Of `made` with what was true `late` frames before."""
    count = len(true) - abs(late)
    one, other = made[max(late, 0) :][:count], true[max(-late, 0) :][:count]
    if one.std() < 1e-9 or other.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
