"""Files that tell the moment of each frame and not the frame rate: the rate that such moments (seconds) stand for."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingsError, TakeError
from ..take import Curves, Take
from ..timing import FrameRate
from .base import Reading

COMMON_RATES: Final = tuple(
    FrameRate.parse(text)
    for text in ("23.976", "24", "25", "29.97", "30", "47.952", "48", "50", "59.94", "60", "119.88", "120")
)
FALLBACK: Final = FrameRate.parse(60)
"""For a single moment, which tells no rate."""
LONGEST_GAP: Final = 60.0
"""Seconds without a frame; where more are missing, it is not one recording."""
_MOVED: Final = 0.1
"""Frames that rounded moments may be off without meaning it."""

Moments = NDArray[np.float64]


def take_at(
    moments: Moments, names: tuple[str, ...], values: Curves, rate: FrameRate | None, source: str, where: str
) -> Reading:
    """The take of frames at these moments, moved onto the frames of `rate` where one is named and they need it."""
    notes: tuple[str, ...] = ()
    if rate is None:
        if len(moments) == 1:
            notes = (f"A single frame does not tell its frame rate; it was taken as {FALLBACK.label} fps.",)
        rate = rate_of(moments, where)
    elif not _fits(moments, rate):
        values = _moved(moments, values, rate, where)
        notes = (f"The frames were moved onto those of {rate.label} fps, in a straight line between their moments.",)
    start = Fraction(float(moments[0])).limit_denominator(1_000_000)
    return Reading(Take(names, values, rate, start, {"source": source}), notes)


def rate_of(moments: Moments, where: str) -> FrameRate:
    """The rate that evenly spaced moments stand for: a common one if it fits to the last frame."""
    if len(moments) < 2:
        return FALLBACK
    steps = _steps(moments, where)
    span = float(moments[-1] - moments[0])
    mean = span / len(steps)
    if np.abs(moments - (moments[0] + mean * np.arange(len(moments)))).max() > 0.5 * mean:
        raise TakeError(f"The timestamps in {where} are not evenly spaced; name a frame rate with --source-fps.")
    measured = 1.0 / mean
    nearest = min(COMMON_RATES, key=lambda rate: abs(float(rate.fps) - measured))
    if abs(span * float(nearest.fps) - len(steps)) < 0.1 + 1e-3 * min(len(steps), 100):
        return nearest
    try:
        return FrameRate(Fraction(measured).limit_denominator(1001))
    except (SettingsError, OverflowError) as err:
        raise TakeError(f"The timestamps in {where} are {mean:g} s apart, which is no frame rate.") from err


def _fits(moments: Moments, rate: FrameRate) -> bool:
    positions = (moments - moments[0]) * float(rate.fps)
    return bool(np.abs(positions - np.arange(len(moments))).max() <= _MOVED)


def _moved(moments: Moments, values: Curves, rate: FrameRate, where: str) -> Curves:
    if _steps(moments, where).max() > LONGEST_GAP:
        raise TakeError(f"The timestamps in {where} leap by more than {LONGEST_GAP:g} s; split it there.")
    return on_frames((moments - moments[0]) * float(rate.fps), values)


def on_frames(positions: Moments, values: Curves) -> Curves:
    """Rows at uneven positions (in frames, from 0 on) to one row a frame, linear between them."""
    wanted = np.arange(int(positions[-1] + 0.5) + 1)
    return np.stack([np.interp(wanted, positions, column) for column in values.T], axis=1).astype(np.float32)


def _steps(moments: Moments, where: str) -> Moments:
    steps = np.diff(moments)
    if steps.min() <= 0.0:
        raise TakeError(f"The timestamps in {where} do not rise from line to line.")
    return np.asarray(steps)
