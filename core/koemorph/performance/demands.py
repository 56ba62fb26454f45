"""What a phone track demands of the mouth at every frame: to close, to bite, to be round, to stay open.

Lips together and lip to teeth are plateaus with ramps. Rounding and tongue are dominance-blended: every phone pulls
while it sounds and around it, and a frame shows the mean of their targets, weighed by how much each insists.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..speech.articulation import Shape, resolve, table
from ..speech.symbols import SILENCE
from ..speech.track import Phone

REACH: Final = 0.65
"""Seconds from a phone beyond which it asks for nothing, with room for what sums of seconds are rounded by."""
_EARLY, _LATE, _SETTLING = 0.4, 0.1, 0.2
"""Seconds by which a mouth moves before and after what it says, and in which it begins and ends to; within REACH."""
_SIGMAS: Final = 3.2
_SHORT_PAUSE: Final = 0.30
"""Seconds: shorter pauses let the mouth only begin to rest."""
_RELAX: Final = 0.10
_PREPARE: Final = 0.12
_FIRST_LEAD: Final = 1.3
"""An utterance's first phones are prepared so much earlier."""
_SHORTEST_CLOSURE: Final = 0.034
"""Seconds: two frames at 60 fps; the lip seal holds it as long as the rate of the result needs."""
_CLOSING: Final = 0.080
_OPENING: Final = 0.065
_YIELD: Final = 1.2
"""The lips prepare for a closure over a ramp so much longer."""
_COLLISION: Final = 8
"""Power of the closing ramp: lips meet at speed and part at once, vowels stay open."""
_CONTACT: Final = 0.007
"""Seconds: lips touch before they are pressed together, and part after it."""
_BITING: Final = 0.060
_BITE_EDGE: Final = 0.08
_PARTING: Final = 0.060
VOWEL_GAP: Final = 0.075
SPOKEN_GAP: Final = 0.052
"""Gaps under which no vowel and no other open phone goes, in units of jawOpen."""
ANY_GAP: Final = -0.2
"""Where no phone asks for a gap, there may be any: this is less than lips can be pressed together."""
_ROUND: Final = ("pucker", "funnel", "tongue")

Curve = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Demands:
    """One value for each frame, 0 to 1; `gap` is the smallest gap between the lips that the phones allow."""

    close: Curve
    near: Curve
    """Lips on their way to or from a closure: like `close`, but earlier and softer."""
    bite: Curve
    pucker: Curve
    funnel: Curve
    tongue: Curve
    gap: Curve
    spoken: Curve
    """1 where a phone sounds, ramps around it."""
    moving: Curve
    """1 where a phone sounds and a little before and after: there a mouth moves already, and still."""
    told: Curve
    """1 where a script or a person says which phone sounds."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Parts:
    """Stretches of one shape each: phones, legs of diphthongs and affricates, pauses; seconds from the first frame."""

    start: Curve
    end: Curve
    held: Curve
    told: NDArray[np.bool_]
    shapes: list[Shape]

    def between(self, begin: float, end: float) -> _Parts:
        """Those that sound then, and one more before: a phone of seconds is prepared otherwise after a pause."""
        first = max(0, int(np.searchsorted(self.end, begin)) - 1)
        stop = int(np.searchsorted(self.start, end, side="right"))
        own = slice(first, stop)
        return _Parts(
            start=self.start[own], end=self.end[own], held=self.held[own], told=self.told[own], shapes=self.shapes[own]
        )


class Score:
    """The demands of a track, read for any stretch of frames; what is read does not depend on how it is cut."""

    def __init__(self, phones: Sequence[Phone], duration: float, fps: float) -> None:
        self.fps = fps
        self._parts = _parts(phones, duration)

    def read(self, first: int, stop: int) -> Demands:
        """Frames first to stop - 1."""
        time = np.arange(first, stop) / self.fps
        parts = self._parts.between(time[0] - REACH, time[-1] + REACH)
        shapes = parts.shapes
        closing = np.array([shape.close == 1 for shape in shapes], bool)
        level = np.array([shape.close for shape in shapes])
        speaking = np.array([shape.kind != "pause" for shape in shapes], bool)
        vowel = np.array([shape.vowel for shape in shapes], bool)
        opened = speaking & ~closing
        floor = np.where(vowel, VOWEL_GAP, SPOKEN_GAP)
        ones = np.ones(speaking.sum())
        pucker, funnel, tongue = _blend(parts, speaking, time)
        biting = np.array([shape.bite for shape in shapes])
        edge = _BITE_EDGE * (parts.held - parts.start)
        bites = biting > 0
        return Demands(
            close=_closures(parts, closing | (level > 0), level, time, 1.0, _COLLISION),
            near=_closures(parts, closing | (level > 0), level, time, _YIELD, 2),
            bite=_plateaus(
                (parts.start + edge)[bites], (parts.held - edge)[bites], biting[bites], time, _BITING, _BITING, 2
            ),
            pucker=pucker,
            funnel=funnel,
            tongue=tongue,
            gap=_plateaus(parts.start[opened], parts.end[opened], floor[opened] - ANY_GAP, time, _PARTING, _PARTING, 1)
            + ANY_GAP,
            spoken=_plateaus(parts.start[speaking], parts.end[speaking], ones, time, _CLOSING, _CLOSING, 1),
            moving=_plateaus(
                (parts.start - _EARLY)[speaking], (parts.end + _LATE)[speaking], ones, time, _SETTLING, _SETTLING, 1
            ),
            told=_plateaus(
                parts.start[parts.told], parts.end[parts.told], np.ones(parts.told.sum()), time, _CLOSING, _CLOSING, 1
            ),
        )


def around(phones: Sequence[Phone], begin: float, end: float) -> Sequence[Phone]:
    """Those that sound between two moments, in seconds, and one more on either side, so that pauses stay as long."""
    first = bisect_left(phones, begin, key=lambda phone: float(phone.end))
    stop = bisect_left(phones, end, key=lambda phone: float(phone.start))
    return phones[max(0, first - 1) : stop + 1]


def _parts(phones: Sequence[Phone], duration: float) -> _Parts:
    start: list[float] = []
    end: list[float] = []
    held: list[float] = []
    told: list[bool] = []
    shapes: list[Shape] = []

    def add(begin: float, stop: float, until: float, shape: Shape, known: bool = False) -> None:
        if stop > begin:
            told.append(known)
            start.append(begin)
            end.append(stop)
            held.append(until)
            shapes.append(shape)

    silent = resolve(SILENCE).parts[0][0]
    now = 0.0
    for phone in phones:
        begin, stop = float(phone.start), float(phone.end)
        release = stop if phone.release is None else float(phone.release)
        if begin > now + 0.02:
            add(now, begin, begin, silent)
        legs = resolve(phone.symbol).parts
        edges = begin + (stop - begin) * np.cumsum([0.0, *(share for _, share in legs)])
        if phone.release is not None and len(legs) > 1:
            edges[1] = release
        for i, (shape, _) in enumerate(legs):
            until = release if i == 0 else float(edges[i + 1])
            add(float(edges[i]), float(edges[i + 1]), until, shape, phone.source != "heard")
        now = max(now, stop)
    if duration > now + 0.02:
        add(now, duration, duration, silent)
    return _Parts(
        start=np.array(start), end=np.array(end), held=np.array(held), told=np.array(told, bool), shapes=shapes
    )


def _blend(parts: _Parts, speaking: NDArray[np.bool_], time: Curve) -> list[Curve]:
    """Dominance-weighted targets of the articulators in `_ROUND` at each frame."""
    known = table()
    columns = [known.articulators.index(name) for name in _ROUND]
    if not parts.shapes:
        return [np.zeros(len(time)) for _ in columns]
    target = np.stack([shape.target[columns] for shape in parts.shapes])
    dominance = np.stack([shape.dominance[columns] for shape in parts.shapes])
    span = parts.end - parts.start
    pause = ~speaking
    dominance[pause] *= np.clip(span[pause] / _SHORT_PAUSE, 0.05, 1.0)[:, None]
    first = parts.start + np.where(pause, np.minimum(_RELAX, 0.45 * span), 0.30 * span)
    last = parts.end - np.where(pause, np.minimum(_PREPARE, 0.45 * span), 0.32 * span)
    after_pause = np.concatenate([[False], pause[:-1] & (span[:-1] > _SHORT_PAUSE / 2)])
    early = np.where(after_pause & speaking, _FIRST_LEAD, 1.0)
    lead, lag = known.lead[columns], known.lag[columns]
    rows, at = _ragged(first - _SIGMAS * early * lead.max(), last + _SIGMAS * lag.max(), time)
    before = np.maximum(0.0, first[rows] - time[at]) / early[rows]
    after = np.maximum(0.0, time[at] - last[rows])
    blended = []
    for i in range(len(columns)):
        pull = dominance[rows, i] * np.exp(-0.5 * ((before / lead[i]) ** 2 + (after / lag[i]) ** 2))
        whole = np.bincount(at, pull, len(time)) + 1e-6
        blended.append(np.bincount(at, pull * target[rows, i], len(time)) / whole)
    return blended


def _closures(
    parts: _Parts, closing: NDArray[np.bool_], level: Curve, time: Curve, reach: float, power: float
) -> Curve:
    """Lips together from the start of each closure to its release, at least `_SHORTEST_CLOSURE` long."""
    begin, end, held = parts.start[closing], parts.end[closing], parts.held[closing]
    stop = held < end
    begin, until = begin + _CONTACT, held - np.where(stop, 0.0, _CONTACT)
    missing = np.maximum(0.0, _SHORTEST_CLOSURE - (until - begin))
    begin = begin - missing * np.where(stop, 0.6, 0.5)
    until = until + missing * np.where(stop, 0.4, 0.5)
    return _plateaus(begin, until, level[closing], time, reach * _CLOSING, reach * _OPENING, power)


def _plateaus(begin: Curve, end: Curve, level: Curve, time: Curve, rise: float, fall: float, power: float) -> Curve:
    """The highest of all plateaus at each frame, each with its ramps."""
    curve = np.zeros(len(time))
    rows, at = _ragged(begin - rise, end + fall, time)
    moment = time[at]
    height = np.minimum(1 - (begin[rows] - moment) / rise, 1 - (moment - end[rows]) / fall).clip(0, 1)
    np.maximum.at(curve, at, level[rows] * height**power)
    return curve


def _ragged(begin: Curve, end: Curve, time: Curve) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The row and the frame of all frames that lie in each row's stretch."""
    low, high = np.searchsorted(time, begin), np.searchsorted(time, end, side="right")
    sizes = np.maximum(0, high - low)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    return rows, np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(low, sizes)
