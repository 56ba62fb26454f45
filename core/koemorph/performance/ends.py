"""The ends of a line: into the performance from rest and out of it, by itself and as asked for; closed lips between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..settings import Settings
from ..take import Curves
from ..timing import FrameRate
from .frames import Frames
from .phrases import Spans, runs
from .seal import draw_together


def sounding(
    level: NDArray[np.float32] | None, threshold: float, spoken: Spans, rate: FrameRate
) -> tuple[float, float] | None:
    """First and last sound in seconds from the first frame; without a sound, first and last phrase of the mouth."""
    spans = spoken if level is None else runs(level > threshold) / float(rate.fps)
    return (float(spans[0, 0]), float(spans[-1, 1])) if len(spans) else None


def rest(curves: Curves, frames: Frames, sound: tuple[float, float] | None, settings: Settings) -> None:
    """Nothing moves before the line wakes and after it has come to rest, in place.

    It is at rest `rest_time` after the last sound, and wakes as long before the first; a line without sound stays.
    """
    if sound is None or settings.rest_time == 0.0:
        return
    moments = frames.moments_read()
    awake = _eased(moments - sound[0] + settings.rest_time, settings.rest_time)
    awake *= 1.0 - _eased(moments - sound[1], settings.rest_time)
    moved = awake < 1.0
    curves[moved] *= awake[moved, None]


def close_between(curves: Curves, opening: NDArray[np.float32]) -> None:
    """Lips that a mood parts meet where the mouth rests, in place; `opening` (frames,) is 0 where it does."""
    closed = opening < 1.0
    if closed.any():
        rows = curves[closed]
        draw_together(rows, 1.0 - opening[closed])
        curves[closed] = rows


def ease(curves: Curves, frames: Frames, settings: Settings) -> None:
    """Neutral at the very first and last frame where it is asked for, in place."""
    frame = np.arange(frames.whole.count, dtype=np.float64) / float(frames.rate.fps)
    for seconds, away in ((settings.ease_in, frame), (settings.ease_out, frame[::-1])):
        if seconds > 0.0:
            curves *= _eased(away[frames.own], seconds)[:, None]


def _eased(since: NDArray[np.float64], seconds: float) -> NDArray[np.float32]:
    x = np.clip(since / seconds, 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x), dtype=np.float32)
