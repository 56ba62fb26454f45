"""The smoothest curve through given keys that comes nearest to all frames: slopes by least squares, in one pass.

With handles at a third, the value inside a segment is linear in the slopes of its two keys. The best slopes of a whole
curve solve a tridiagonal system, which is solved for all curves together by cyclic reduction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .keys import Interpolation, Numbers, hermite
from .lane import Anchors, Flags, Lane, Places, corridor

_PULL = 1e-6
"""How strongly a slope that no frame decides is drawn to the average of its neighbours' chords."""
_NEGLIGIBLE = 1e-12


@dataclass(frozen=True, eq=False, kw_only=True)
class Fit:
    """Curves through keys at `keys`: their slopes, and the error at each frame in units of what is allowed there."""

    keys: Places
    slopes: Numbers
    errors: Numbers


class Fitter:
    """Fits one lane again and again through different keys."""

    def __init__(self, lane: Lane, anchors: Anchors, interpolation: Interpolation) -> None:
        self.lane = lane
        self._first, self._last = lane.first, lane.last
        self._bezier = interpolation == "bezier"
        self._level = (anchors.extremes & ~(self._first | self._last)) | anchors.flat
        self._low, self._high = corridor(lane, anchors.extremes)
        self._places = np.arange(len(lane.values))

    def fit(self, keyed: Flags) -> Fit:
        keys = np.flatnonzero(keyed)
        segment = np.cumsum(keyed) - 1
        values = self.lane.values[keys]
        after = np.append(values[1:], values[-1])
        closing = self._last[keys]
        length = np.where(closing, 1.0, np.append(np.diff(keys), 1)).astype(np.float64)
        u = (self._places - keys[segment]) / length[segment]
        step = np.where(closing, 0.0, after - values)
        if self._bezier:
            rise, leave, arrive = hermite(u)
            leave *= length[segment]
            arrive *= length[segment]
            drawn = values[segment] + step[segment] * rise
            slopes = self._slopes(keys, length, step, leave, arrive, self.lane.values - drawn)
            drawn += slopes[segment] * leave + np.append(slopes[1:], 0.0)[segment] * arrive
        else:
            slopes = np.zeros(len(keys))
            drawn = values[segment] + step[segment] * u
        return Fit(keys=keys, slopes=slopes, errors=np.abs(drawn - self.lane.values) / self.lane.tolerance)

    def _slopes(
        self, keys: Places, length: Numbers, step: Numbers, leave: Numbers, arrive: Numbers, rest: Numbers
    ) -> Numbers:
        """Least squares over the frames of each segment; flat at extremes; handles inside the corridor."""
        opening, closing = self._first[keys], self._last[keys]

        def total(products: Numbers) -> Numbers:
            return np.where(closing, 0.0, np.add.reduceat(products, keys))

        def earlier(numbers: Numbers) -> Numbers:
            return np.where(opening, 0.0, np.concatenate([[0.0], numbers[:-1]]))

        chord = step / length
        pull = _PULL * length**3
        usual = (chord + earlier(chord)) / np.where(opening | closing, 1.0, 2.0)
        coupling = total(leave * arrive)
        middle = total(leave * leave) + earlier(total(arrive * arrive)) + pull
        right = total(leave * rest) + earlier(total(arrive * rest)) + pull * usual
        level = self._level[keys]
        middle[level], right[level] = 1.0, 0.0
        above, below = np.where(level, 0.0, coupling), np.where(level, 0.0, earlier(coupling))
        slopes = tridiagonal(below, middle, above, right)
        up, down = self._high[keys] - self.lane.values[keys], self.lane.values[keys] - self._low[keys]
        out = np.where(closing, np.inf, length)
        into = np.where(opening, np.inf, earlier(length))
        steepest = np.minimum(3.0 * up / out, 3.0 * down / into)
        deepest = -np.minimum(3.0 * down / out, 3.0 * up / into)
        return np.where(level, 0.0, np.clip(slopes, deepest, steepest))


def tridiagonal(below: Numbers, middle: Numbers, above: Numbers, right: Numbers) -> Numbers:
    """Solve below[i] x[i-1] + middle[i] x[i] + above[i] x[i+1] = right[i]: each round doubles the distance coupled."""
    distance = 1
    while distance < len(middle) and max(np.abs(below / middle).max(), np.abs(above / middle).max()) > _NEGLIGIBLE:
        back = np.zeros_like(middle)
        ahead = np.zeros_like(middle)
        back[distance:] = -below[distance:] / middle[:-distance]
        ahead[:-distance] = -above[:-distance] / middle[distance:]
        next_below, next_above = np.zeros_like(below), np.zeros_like(above)
        next_middle, next_right = middle.copy(), right.copy()
        next_middle[distance:] += back[distance:] * above[:-distance]
        next_middle[:-distance] += ahead[:-distance] * below[distance:]
        next_right[distance:] += back[distance:] * right[:-distance]
        next_right[:-distance] += ahead[:-distance] * right[distance:]
        next_below[distance:] = back[distance:] * below[:-distance]
        next_above[:-distance] = ahead[:-distance] * above[distance:]
        below, middle, above, right = next_below, next_middle, next_above, next_right
        distance *= 2
    return right / middle
