"""Files that tell the moment of each frame and not the frame rate: the rate that such moments (seconds) stand for."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingsError, TakeError
from ..take import Curves, Take
from ..timing import FrameRate
from ..trust import limits
from .base import TAKE, Reading

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


def take_at(moments: Moments, names: tuple[str, ...], values: Curves, rate: FrameRate | None, path: Path) -> Reading:
    """The take of frames at these moments, moved onto the frames of `rate` where one is named and they need it."""
    notes: tuple[str, ...] = ()
    where = str(path)
    if np.abs(moments).max() > limits.START.most:
        raise TakeError(f"{where} has a moment later than {limits.START}, which cannot be: {limits.START.reason}.")
    if rate is None:
        if len(moments) == 1:
            notes = (f"A single frame does not tell its frame rate; it was taken as {FALLBACK.label} fps.",)
        rate = rate_of(moments, where)
    elif not _fits(moments, rate):
        values = _moved(moments, values, rate, path)
        notes = (f"The frames were moved onto those of {rate.label} fps, in a straight line between their moments.",)
    start = Fraction(float(moments[0])).limit_denominator(1_000_000)
    return Reading(Take(names, values, rate, start, {"source": path.name}), notes)


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


def _moved(moments: Moments, values: Curves, rate: FrameRate, path: Path) -> Curves:
    if len(moments) > 1 and _steps(moments, str(path)).max() > LONGEST_GAP:
        raise TakeError(f"The timestamps in {path} leap by more than {LONGEST_GAP:g} s; split it there.")
    return on_frames((moments - moments[0]) * float(rate.fps), values, path)


def on_frames(positions: Moments, values: Curves, path: Path) -> Curves:
    """Rows at uneven positions (in frames, from 0 on) to one row a frame, linear between them."""
    frames, width = int(positions[-1] + 0.5) + 1, values.shape[1]
    TAKE.swells(frames * width * values.itemsize, str(path), path.stat().st_size)
    filled = np.empty((frames, width), dtype=np.float32)
    wanted = np.arange(frames)
    for column in range(width):
        filled[:, column] = np.interp(wanted, positions, values[:, column])
    return filled


def _steps(moments: Moments, where: str) -> Moments:
    steps = np.diff(moments)
    if steps.min() <= 0.0:
        raise TakeError(f"The timestamps in {where} do not rise from line to line.")
    return np.asarray(steps)
