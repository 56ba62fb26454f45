"""The ends of a line: into the performance from rest and out of it, by itself and as asked for; closed lips between."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..settings import Settings
from ..take import Curves
from ..timing import FrameRate
from .frames import Frames, blocks
from .phrases import Spans, runs
from .seal import draw_together

SHORTEST: Final = 0.12
"""Seconds in which a mouth that speaks up to the recording's last frame comes to rest, or wakes with its first."""
LAST_FRAME: Final = 1.5 / 24.0
"""Seconds before a recording's end in which every rate has its last frame: one of film may stand so far before it."""
_CORNERS: Final = frozenset(side for name in ("mouthSmile", "mouthFrown", "mouthDimple") for side in arkit.sides(name))
_SPEAKING: Final = frozenset(arkit.indices(tuple(name for name in arkit.LOWER_FACE if name not in _CORNERS)))


def sounding(
    level: NDArray[np.float32] | None, threshold: float, spoken: Spans, rate: FrameRate
) -> tuple[float, float] | None:
    """First and last sound in seconds from the first frame; without a sound, first and last phrase of the mouth."""
    spans = spoken if level is None else runs(level > threshold) / float(rate.fps)
    return (float(spans[0, 0]), float(spans[-1, 1])) if len(spans) else None


def rest(curves: Curves, frames: Frames, sound: tuple[float, float] | None, seconds: float, settings: Settings) -> None:
    """Nothing moves before a line of so many seconds wakes and after it has come to rest, in place.

    It is at rest `rest_time` after the last sound, and wakes as long before the first; a line without sound stays.
    Where the recording has no room for that its own ends take over: at its first and last frame the face is at rest.
    What speaks takes the `SHORTEST` time for it, so as to speak as long as it can; the others take all of `rest_time`.
    """
    moments, lead = frames.moments_read(), float(frames.lead)
    first, last = lead - settings.pre_roll, lead + seconds + settings.post_roll - LAST_FRAME
    if sound is None or settings.rest_time == 0.0 or last - first < SHORTEST / 2:
        return
    wakes, rests = max(sound[0] - settings.rest_time, first), min(sound[1] + settings.rest_time, last)
    paces = []
    for least in (SHORTEST, settings.rest_time):
        shortest = min(least, settings.rest_time, (last - first) / 4)
        paces.append((max(sound[0] - wakes, shortest), max(rests - sound[1], shortest)))
    for own in blocks(len(curves)):
        speaking, others = (
            _eased(moments[own] - wakes, wake) * (1.0 - _eased(moments[own] - rests + sinks, sinks))
            for wake, sinks in paces
        )
        if others.min() < 1.0:
            for column in range(curves.shape[1]):
                curves[own, column] *= speaking if column in _SPEAKING else others


def close_between(curves: Curves, opening: NDArray[np.float32]) -> None:
    """Lips that a mood parts meet where the mouth rests, in place; `opening` (frames,) is 0 where it does."""
    for own in blocks(len(curves)):
        closed = own.start + np.flatnonzero(opening[own] < 1.0)
        if len(closed):
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
