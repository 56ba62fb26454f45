"""All curves of a take laid end to end in one row, so that numpy works on every shape at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .keys import Numbers

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

_STILL = 0.02
"""A step from frame to frame of less than this share of the tolerance does not move."""
_STILL_FRAMES = 4
"""A stretch that stays still for so many steps is held flat."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Lane:
    """`values` of one curve after the other, each `length` frames, with the error allowed at each frame."""

    values: Numbers
    tolerance: Numbers
    length: int

    @property
    def first(self) -> Flags:
        """Where a curve begins."""
        flags = np.zeros(len(self.values), dtype=bool)
        flags[:: self.length] = True
        return flags

    @property
    def last(self) -> Flags:
        """Where a curve ends."""
        flags = np.zeros(len(self.values), dtype=bool)
        flags[self.length - 1 :: self.length] = True
        return flags


@dataclass(frozen=True, eq=False, kw_only=True)
class Anchors:
    """The frames that must be keys, whatever the fit says."""

    extremes: Flags
    """Ends of curves, and peaks and dips that stand out."""
    flat: Flags
    """Both ends of each stretch that holds still."""
    exact: Flags
    """Both ends of each stretch that must stay as it is."""

    @property
    def all(self) -> Flags:
        return np.asarray(self.extremes | self.flat | self.exact)


def anchors(lane: Lane, tolerance: float, significance: float, exact: Flags) -> Anchors:
    """`exact` marks the frames that must stay as they are; extremes stand out by more than `significance`."""
    return Anchors(
        extremes=_extremes(lane, significance), flat=_still(lane, _STILL * tolerance), exact=_ends(lane, exact)
    )


def _extremes(lane: Lane, significance: float) -> Flags:
    """Turning points, the least ones cancelled in pairs until each differs from its neighbours by the significance."""
    first, ends = lane.first, lane.first | lane.last
    steps = np.diff(lane.values)
    steps[first[1:]] = 0.0
    moving = np.flatnonzero(steps)
    curve = moving // lane.length
    turning = (np.sign(steps[moving[1:]]) != np.sign(steps[moving[:-1]])) & (curve[1:] == curve[:-1])
    found: Flags = ends.copy()
    found[moving[:-1][turning] + 1] = True
    while True:
        places = np.flatnonzero(found)
        swings = np.abs(np.diff(lane.values[places]))
        swings[first[places[1:]]] = np.inf
        around = np.concatenate([[np.inf], swings, [np.inf]])
        least = np.flatnonzero((swings < significance) & (swings <= around[:-2]) & (swings < around[2:]))
        gone = np.concatenate([places[least], places[least + 1]])
        gone = gone[~ends[gone]]
        if not gone.size:
            return found
        found[gone] = False


def _still(lane: Lane, step: float) -> Flags:
    still = np.abs(np.diff(lane.values, append=np.inf)) <= step
    still[lane.last] = False
    begin, end = _stretches(still)
    held = end - begin >= _STILL_FRAMES
    flags = np.zeros(len(lane.values), dtype=bool)
    flags[begin[held]] = True
    flags[end[held]] = True
    return flags


def _ends(lane: Lane, marked: Flags) -> Flags:
    before = np.concatenate([[False], marked[:-1]]) & ~lane.first
    after = np.concatenate([marked[1:], [False]]) & ~lane.last
    return np.asarray(marked & ~(before & after))


def _stretches(flags: Flags) -> tuple[Places, Places]:
    """First and one past last place of each run of set flags."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return edges[::2], edges[1::2]


def corridor(lane: Lane, extremes: Flags) -> tuple[Numbers, Numbers]:
    """The lowest and highest value a curve may take at each place: between the extremes on either side of it.

    At an extreme itself that leaves one value, so the curve is flat there and never passes it.
    """
    places = np.flatnonzero(extremes)
    values = lane.values[places]
    following = np.append(values[1:], values[-1])
    run = np.searchsorted(places, np.arange(len(lane.values)), side="right") - 1
    run[lane.last] -= 1 if lane.length > 1 else 0
    low, high = np.minimum(values, following)[run], np.maximum(values, following)[run]
    return np.minimum(low, lane.values), np.maximum(high, lane.values)
