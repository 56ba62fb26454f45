"""Blinks: about as often as of people talking, most at the ends of phrases; lids close faster than they open.

A blink closes in 75 to 100 ms, stays closed for one frame of film and opens in 150 to 250 ms. Now and then there is a
half one, and rarely a second one right behind. Left and right lids move almost, but not quite, together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..settings import Settings
from ..take import Curves
from .chance import chance
from .frames import Frames
from .phrases import Spans

CLOSED: Final = 0.045
"""Seconds that lids stay closed: at 24 fps at least one frame shows it."""
SOONEST: Final = 0.5
"""Seconds between two blinks that are not a double blink."""
AT_PAUSES: Final = 0.7
"""How likely a blink waits for, or comes early at, the end of a phrase near it."""
_NEAR: Final = 0.35
"""Which end is near: within this share of the mean time between blinks."""
_DOUBLE, _HALF = 0.06, 0.10
_REGULAR: Final = 2.5
"""The intervals' gamma shape: 1 would be pure chance, more is more regular."""
_TIGHTENED: Final = 0.08
"""How much the lower lid tightens in a full blink."""
_THERE_ALREADY, _APART = 0.5, 0.8
"""No blink is added within so many seconds of lids that are closed so far already."""

_LIDS = arkit.indices(arkit.sides("eyeBlink"))
_SQUINTS, _WIDES = arkit.indices(arkit.sides("eyeSquint")), arkit.indices(arkit.sides("eyeWide"))


@dataclass(frozen=True, kw_only=True)
class Blink:
    """Times in seconds of the line: when the lids begin to close, and how long they close and open."""

    begin: float
    closing: float
    opening: float
    depth: float
    later: float
    """Seconds by which the right lid follows the left one."""

    def lid(self, moments: NDArray[np.float64], later: float = 0.0) -> NDArray[np.float64]:
        """How far the lid is closed, 0 to `depth`: down in an S, up fast and then ever slower."""
        time = moments - self.begin - later
        down = np.clip(time / self.closing, 0.0, 1.0)
        up = np.clip((time - self.closing - CLOSED) / self.opening, 0.0, 1.0)
        return self.depth * down * down * (3.0 - 2.0 * down) * (1.0 - up) ** 2 * (1.0 + 2.0 * up)

    @property
    def end(self) -> float:
        return self.begin + self.closing + CLOSED + self.opening + abs(self.later)


def blink(curves: Curves, frames: Frames, spoken: Spans, settings: Settings, key: str) -> None:
    """Open or lower the lids as asked, then let them blink, in place."""
    _open_lids(curves, settings.eyelid_open_offset)
    if not settings.blink_rate:
        return
    moments = frames.moments()
    closed = moments[curves[:, _LIDS].mean(axis=1) > _THERE_ALREADY]
    for one in blinks(spoken, float(moments[0]), float(moments[-1]), settings, key):
        if len(closed) and np.abs(closed - one.begin).min() < _APART:
            continue
        own = slice(*np.searchsorted(moments, (one.begin - abs(one.later), one.end)))
        for side, (lid, squint, wide) in enumerate(zip(_LIDS, _SQUINTS, _WIDES, strict=True)):
            down = (settings.blink_strength * one.lid(moments[own], side * one.later)).astype(np.float32)
            curves[own, lid] = np.maximum(curves[own, lid], down)
            shut = np.clip(down, 0.0, 1.0)
            curves[own, wide] *= 1.0 - shut
            curves[own, squint] += _TIGHTENED * shut * (1.0 - np.clip(curves[own, squint], 0.0, 1.0))


def blinks(spoken: Spans, begin: float, end: float, settings: Settings, key: str) -> list[Blink]:
    """The blinks of a line. A change of rate moves them closer together or apart, without new dice."""
    random = chance("blinks", settings.seed, key)
    mean = 60.0 / settings.blink_rate
    stops = spoken[:, 1]
    found: list[Blink] = []
    drawn = begin + mean * random.uniform(0.15, 0.9)
    while True:
        wait, waits, aside, kind, depth = random.gamma(_REGULAR, 1 / _REGULAR), *random.uniform(size=4)
        closing, opening, later = random.uniform(0.075, 0.1), random.uniform(0.15, 0.25), random.normal(0.0, 0.003)
        at = drawn
        if waits < AT_PAUSES and len(stops):
            stop = float(stops[np.argmin(np.abs(stops - drawn))])
            at = stop + 0.2 * (aside - 0.8) if abs(stop - drawn) < _NEAR * mean else drawn
        if found and at < found[-1].end + SOONEST:
            at = max(drawn, found[-1].end + SOONEST)
        if at > end:
            return found
        half = kind > 1.0 - _HALF
        full = Blink(
            begin=float(at),
            closing=closing,
            opening=opening,
            depth=0.35 + 0.3 * depth if half else 0.93 + 0.07 * depth,
            later=later,
        )
        found.append(full)
        if kind < _DOUBLE:
            found.append(
                Blink(
                    begin=full.end + 0.02 + 0.1 * aside,
                    closing=closing,
                    opening=opening,
                    depth=0.7 + 0.25 * depth,
                    later=later,
                )
            )
        drawn = max(drawn, at) + mean * wait


def _open_lids(curves: Curves, offset: float) -> None:
    for column in _WIDES if offset > 0.0 else _LIDS if offset < 0.0 else ():
        curves[:, column] += np.float32(abs(offset)) * (1.0 - np.clip(curves[:, column], 0.0, 1.0))
