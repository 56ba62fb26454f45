"""The 88 functionals of many windows at once, from the descriptors of the frames they cover.

Means and coefficients of variation (standard deviation over mean, both of the population) come from
prefix sums; percentiles of loudness and F0 from sorted windows, linearly interpolated. A slope is taken
between neighbouring extremes of a contour, leaving out swings below a tenth of the window's range (units
per second); its mean and standard deviation are those over all rising, or falling, stretches of a window. A
peak of loudness is a maximum among those extremes. A voiced segment is a run of three voiced frames or
more. The equivalent sound level is 10 log10 of the mean power, in dB re full scale.

What has nothing to be measured on (no voiced frame, no peak) is 0, except the sound level, which ends at `QUIETEST`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .descriptors import PITCH, Table
from .framing import Bools, Doubles, Floats

HOP_SECONDS: Final = 0.01
QUIETEST: Final = -120.0
TINY: Final = 1e-9
PROMINENCE: Final = 0.1
SHORTEST_RUN: Final = 3

Index = NDArray[np.int64]


def _sums(columns: Doubles | Floats | Bools, begin: Index, end: Index) -> Doubles:
    """Sums of columns[:, begin:end] for each window: (rows, windows)."""
    prefix = np.zeros((columns.shape[0], columns.shape[1] + 1))
    np.cumsum(columns, axis=1, out=prefix[:, 1:], dtype=np.float64)
    return np.asarray(prefix[:, end] - prefix[:, begin], np.float64)


def _moments(columns: Floats, counted: Bools, begin: Index, end: Index) -> tuple[Doubles, Doubles]:
    """Mean and coefficient of variation over the `counted` frames of each window: 2 x (rows, windows)."""
    counted = np.broadcast_to(counted, columns.shape)
    kept = np.where(counted, columns, 0).astype(np.float64)
    count = _sums(counted, begin, end)
    some = np.maximum(count, 1)
    mean = _sums(kept, begin, end) / some
    variance = np.maximum(_sums(kept * kept, begin, end) / some - mean**2, 0)
    spread = np.where(np.abs(mean) > TINY, np.sqrt(variance) / np.where(np.abs(mean) > TINY, mean, 1), 0)
    return mean, spread


def _percentiles(values: Floats) -> Doubles:
    """Percentiles 20, 50, 80 and the range of 20-80."""
    if not len(values):
        return np.zeros(4)
    position = np.array([0.2, 0.5, 0.8]) * (len(values) - 1)
    low = position.astype(np.int64)
    high = np.minimum(low + 1, len(values) - 1)
    ordered = np.sort(values).astype(np.float64)
    found = ordered[low] + (ordered[high] - ordered[low]) * (position - low)
    return np.asarray(np.r_[found, found[2] - found[0]], np.float64)


def _turning_points(values: Floats) -> Index:
    """First, last, and every frame where the contour turns (a plateau counts where it begins); it is not level."""
    moves = np.diff(values)
    moving = np.flatnonzero(moves)
    turns = moving[1:][(moves[moving[1:]] > 0) != (moves[moving[:-1]] > 0)]
    return np.concatenate([[0], turns, [len(values) - 1]])


def _extremes(values: Floats) -> Index:
    """The maxima and minima, in turn, between which the contour swings by a tenth of its range or more."""
    threshold = PROMINENCE * float(np.ptp(values))
    if threshold <= TINY:
        return np.zeros(0, np.int64)
    points = _turning_points(values)
    heights = values[points].tolist()
    kept: list[int] = []
    low = high = 0
    lowest = highest = heights[0]
    rising = falling = False
    for i, height in enumerate(heights):
        if height > highest:
            high, highest = i, height
        elif height < lowest:
            low, lowest = i, height
        if not rising and height - lowest >= threshold:
            kept.append(low)
            rising, falling, high, highest = True, False, i, height
        elif not falling and highest - height >= threshold:
            kept.append(high)
            rising, falling, low, lowest = False, True, i, height
    kept.append(high if rising else low)
    return np.asarray(points[kept])


def _mean_and_spread(values: Doubles) -> tuple[float, float]:
    """Mean and standard deviation; zeros when there is nothing."""
    if not len(values):
        return 0.0, 0.0
    mean = values.mean()
    return float(mean), float(np.sqrt(np.square(values - mean).mean()))


def _contour(values: Floats) -> tuple[Doubles, int]:
    """Percentiles and slopes of one window's contour (8), and how many peaks stand out."""
    if not len(values):
        return np.zeros(8), 0
    extremes = _extremes(values)
    rises = np.diff(values[extremes].astype(np.float64))
    slopes = rises / (np.diff(extremes) * HOP_SECONDS)
    rising, falling = slopes[slopes > 0], -slopes[slopes < 0]
    return np.array([*_percentiles(values), *_mean_and_spread(rising), *_mean_and_spread(falling)]), len(rising)


def _segments(voiced: Bools) -> Doubles:
    """Voiced segments per second, mean and deviation of the voiced lengths, then of the unvoiced ones (s)."""
    edges = np.flatnonzero(voiced[1:] != voiced[:-1]) + 1
    frames = np.diff(edges, prepend=0, append=len(voiced))
    long, first = frames >= SHORTEST_RUN, 1 - int(voiced[0])
    runs, pauses = ((frames[at::2][long[at::2]] - 1) * HOP_SECONDS for at in (first, 1 - first))
    rate = len(runs) / (max(len(voiced) - 2, 1) * HOP_SECONDS)
    return np.array([rate, *_mean_and_spread(runs), *_mean_and_spread(pauses)])


def _pairs(moments: tuple[Doubles, Doubles]) -> Doubles:
    """Means and variations of columns, interleaved: (2 x rows, windows)."""
    return np.stack(moments, axis=1).reshape(-1, moments[0].shape[1])


def functionals(table: Table, begin: Index, short: int, long: int) -> Floats:
    """The functionals of windows that begin at the frames `begin`: (windows, 88).

    A window has `short` frames for what comes from 20 ms frames, `long` for what comes from 60 ms frames.
    """
    end, voice_end = begin + short, begin + long
    columns, voiced = table.descriptors, table.voiced
    everywhere = np.ones(1, np.bool_)
    pitch_curves, loud_curves, peaks, segments = [], [], [], []
    for first in begin.tolist():
        spoken = voiced[first : first + long]
        pitch_curves.append(_contour(columns[PITCH, first : first + long][spoken])[0])
        curve, count = _contour(columns[0, first : first + short])
        loud_curves.append(curve)
        peaks.append(count / (short * HOP_SECONDS))
        segments.append(_segments(spoken))
    level = 10 * np.log10(np.maximum(_sums(table.power[None], begin, end) / short, 10 ** (QUIETEST / 10)))
    rows = [
        _pairs(_moments(columns[PITCH : PITCH + 1], voiced, begin, voice_end)),
        np.array(pitch_curves).T,
        _pairs(_moments(columns[:1], everywhere, begin, end)),
        np.array(loud_curves).T,
        _pairs(_moments(columns[5:10], everywhere, begin, end)),
        _pairs(_moments(columns[11:25], columns[11:25] != 0, begin, voice_end)),
        _pairs(_moments(table.voiced_balance, voiced, begin, voice_end)),
        _moments(table.unvoiced_balance, ~voiced, begin, voice_end)[0],
        np.array(peaks)[None],
        np.array(segments).T,
        level,
    ]
    return np.ascontiguousarray(np.concatenate(rows).T, np.float32)
