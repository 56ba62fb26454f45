"""The silence gate: where there is no sound, the mouth rests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..features.mel import FLOOR_DB
from ..settings import Settings
from ..timing import FrameRate

_MOUTH = arkit.indices(arkit.LOWER_FACE)


def rest_in_silence(
    curves: NDArray[np.float32], level: NDArray[np.float32], settings: Settings, rate: FrameRate
) -> None:
    """Scale jaw, lips and tongue by how open the gate is, in place."""
    if settings.silence_gate > FLOOR_DB:
        opening = gate(level, settings, rate)
        closed = opening < 1.0
        if closed.any():
            for column in _MOUTH:
                curves[closed, column] *= opening[closed]


def gate(level: NDArray[np.float32], settings: Settings, rate: FrameRate) -> NDArray[np.float32]:
    """0 at rest, 1 free, per frame: open around sound by the hold on both sides, fading over the fade."""
    sounding = level > settings.silence_gate
    reach = round(settings.silence_hold * float(rate.fps))
    half_fade = round(settings.silence_fade * float(rate.fps) / 2)
    held = _any_within(sounding, reach + half_fade)
    padded = np.pad(held.astype(np.float64), half_fade, mode="edge")
    total = np.cumsum(np.concatenate([[0.0], padded]))
    width = 2 * half_fade + 1
    return np.asarray((total[width:] - total[:-width]) / width, dtype=np.float32)


def _any_within(flags: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Whether any flag is set within `reach` frames."""
    total = np.cumsum(np.concatenate([[0], flags.astype(np.int64)]))
    index = np.arange(len(flags))
    return np.asarray(total[np.minimum(index + reach + 1, len(flags))] > total[np.maximum(index - reach, 0)])
