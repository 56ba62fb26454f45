"""Phones become movements of the articulators: every phone pulls, by its dominance, while it sounds and around it.

Soft articulators (jaw, lower lip, rounding...) are dominance-blended: at each moment the targets of all phones are
averaged, weighted by how much each insists and how near it is. So a tongue sound leaves the lips to its neighbours,
rounding starts before its vowel, and an utterance's first sound is prepared in the silence before it.
Lips together and lip to teeth are hard constraints: they are met whatever the neighbours want.

All is computed on one fixed grid, so that every frame rate shows the same motion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.speech.articulation import Shape, resolve, table
from koemorph_models.speech.utterance import SILENCE, Phone

GRID: Final = 120
"""Grid points per second."""

_REACH: Final = 3.2  # standard deviations after which a pull is nothing
_FIRST_LEAD: Final = 1.3  # an utterance's first phones are prepared this much earlier
_SHORT_PAUSE: Final = 0.30  # s: shorter pauses let the mouth only begin to rest
_RELAX: Final = 0.10  # s that a pause needs to reach rest, and before it ends to leave it
_PREPARE: Final = 0.12
_SHORTEST_CLOSURE: Final = 0.050  # s: with its ramps two frames at 30 fps
_CLOSING: Final = 0.080  # s
_OPENING: Final = 0.065  # s
_CONTACT: Final = 0.007  # s: lips touch before they are pressed together and part after it
_COLLISION: Final = 8  # power of the closing ramp: lips meet at speed and part at once, vowels stay open
_YIELDING: Final = 2  # power of the ramp, longer too, with which the lips prepare for it
_BITING: Final = 0.060  # s
_PRIMARY: Final = 0.12
_SECONDARY: Final = 0.06

Curve = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of one shape: a phone, or a leg of a diphthong or affricate."""

    shape: Shape
    start: float
    end: float
    stress: int
    held: float
    """Until when the closure of a stop is held (s)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Gestures:
    """Articulators over the grid: `soft` (points, articulators), the hard constraints, and where vowels sound."""

    soft: NDArray[np.float64]
    close: Curve
    near: Curve
    """Lips on their way to or from a closure: like `close`, but earlier and softer."""
    bite: Curve
    puff: Curve
    vowel: Curve
    speech: Curve


def parts_of(phones: Sequence[Phone], duration: float) -> list[Part]:
    """Phones cut into parts, with pauses wherever nothing sounds."""
    parts: list[Part] = []
    now = 0.0
    silent = resolve(SILENCE).parts[0][0]
    for phone in phones:
        if phone.end <= phone.start:
            continue
        if phone.start > now + 0.02:
            parts.append(Part(shape=silent, start=now, end=phone.start, stress=0, held=phone.start))
        shares = resolve(phone.symbol).parts
        edges = phone.start + (phone.end - phone.start) * np.cumsum([0.0, *(share for _, share in shares)])
        if phone.release is not None and len(shares) > 1:
            edges[1] = phone.release
        for i, (shape, _) in enumerate(shares):
            held = phone.release if phone.release is not None and i == 0 else float(edges[i + 1])
            if edges[i + 1] > edges[i]:
                parts.append(
                    Part(shape=shape, start=float(edges[i]), end=float(edges[i + 1]), stress=phone.stress, held=held)
                )
        now = max(now, phone.end)
    if duration > now + 0.02:
        parts.append(Part(shape=silent, start=now, end=duration, stress=0, held=duration))
    return parts


def gestures(parts: Sequence[Part], points: int, loudness: Curve, anticipation: float = 1.0) -> Gestures:
    """Movements over `points` grid points. `loudness` (0 to about 1, on the grid) opens the jaw of loud vowels."""
    known = table()
    start, end = np.array([p.start for p in parts]), np.array([p.end for p in parts])
    pause = np.array([p.shape.kind == "pause" for p in parts])
    vowel = np.array([p.shape.vowel for p in parts])
    target = np.stack([p.shape.target for p in parts])
    dominance = np.stack([p.shape.dominance for p in parts])
    span = end - start

    jaw = known.articulators.index("jaw")
    emphasis = np.array([(0.0, _SECONDARY, _PRIMARY)[p.stress] for p in parts])
    target[:, jaw] *= np.where(vowel, 0.35 + 0.80 * _mean(loudness, start, end) + emphasis, 1.0)
    dominance[pause] *= np.clip(span[pause] / _SHORT_PAUSE, 0.05, 1.0)[:, None]

    first = start + np.where(pause, np.minimum(_RELAX, 0.45 * span), 0.30 * span)
    last = end - np.where(pause, np.minimum(_PREPARE, 0.45 * span), 0.32 * span)
    after_pause = np.concatenate([[True], pause[:-1] & (span[:-1] > _SHORT_PAUSE / 2)])
    early = anticipation * np.where(after_pause & ~pause, _FIRST_LEAD, 1.0)
    soft, share = _blend(target, dominance, first, last, early, points, vowel, ~pause)
    return Gestures(
        soft=soft,
        close=_closures(parts, points, 1.0, _COLLISION),
        near=_closures(parts, points, 1.2, _YIELDING),
        bite=_contacts(parts, points, "bite"),
        puff=_contacts(parts, points, "puff"),
        vowel=share[0],
        speech=share[1],
    )


def _blend(
    target: NDArray[np.float64],
    dominance: NDArray[np.float64],
    first: Curve,
    last: Curve,
    early: Curve,
    points: int,
    *groups: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], list[Curve]]:
    """Dominance-weighted targets over the grid, and how much of the jaw's dominance each group of parts has."""
    known = table()
    begin = np.ceil((first - _REACH * early * known.lead.max()) * GRID).astype(int).clip(0, points)
    stop = (np.floor((last + _REACH * known.lag.max()) * GRID).astype(int) + 1).clip(begin, points)
    rows, at = _ragged(begin, stop)
    before = np.maximum(0.0, first[rows] - at / GRID) / early[rows]
    after = np.maximum(0.0, at / GRID - last[rows])
    soft = np.zeros((points, len(known.articulators)))
    shares: list[Curve] = []
    for i, (lead, lag) in enumerate(zip(known.lead, known.lag, strict=True)):
        pull = dominance[rows, i] * np.exp(-0.5 * ((before / lead) ** 2 + (after / lag) ** 2))
        whole = np.bincount(at, pull, points) + 1e-6
        soft[:, i] = np.bincount(at, pull * target[rows, i], points) / whole
        if i == known.articulators.index("jaw"):
            shares = [np.bincount(at, pull * group[rows], points) / whole for group in groups]
    return soft, shares


def _closures(parts: Sequence[Part], points: int, reach: float, power: float) -> Curve:
    """Lips together from the start of each closure to its release, at least `_SHORTEST_CLOSURE` long."""
    closing = [i for i, part in enumerate(parts) if part.shape.close]
    begin = np.array([parts[i].start for i in closing])
    end = np.array([parts[i].held for i in closing])
    stop = np.array([parts[i].held < parts[i].end for i in closing], bool)
    begin, end = begin + _CONTACT, end - np.where(stop, 0.0, _CONTACT)
    missing = np.maximum(0.0, _SHORTEST_CLOSURE - (end - begin))
    begin = begin - missing * np.where(stop, 0.6, 0.5)
    end = end + missing * np.where(stop, 0.4, 0.5)
    level = np.array([parts[i].shape.close for i in closing])
    return _plateaus(begin, end, level, points, reach * _CLOSING, reach * _OPENING, power)


def _contacts(parts: Sequence[Part], points: int, name: str) -> Curve:
    """A plateau over the middle of each part that has this constraint."""
    found = [part for part in parts if getattr(part.shape, name)]
    begin = np.array([part.start + 0.08 * (part.end - part.start) for part in found])
    end = np.array([part.held - 0.08 * (part.held - part.start) for part in found])
    return _plateaus(begin, end, np.array([getattr(p.shape, name) for p in found]), points, _BITING, _BITING, 2)


def _plateaus(begin: Curve, end: Curve, level: Curve, points: int, rise: float, fall: float, power: float) -> Curve:
    curve = np.zeros(points)
    if not len(begin):
        return curve
    low = np.ceil((begin - rise) * GRID).astype(int).clip(0, points)
    high = (np.floor((end + fall) * GRID).astype(int) + 1).clip(low, points)
    rows, at = _ragged(low, high)
    time = at / GRID
    near = np.minimum(1 - (begin[rows] - time) / rise, 1 - (time - end[rows]) / fall).clip(0, 1)
    np.maximum.at(curve, at, level[rows] * near**power)
    return curve


def _ragged(begin: NDArray[np.int_], stop: NDArray[np.int_]) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Row and grid point of all points begin <= point < stop of all rows."""
    sizes = stop - begin
    rows = np.repeat(np.arange(len(sizes)), sizes)
    return rows, np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(begin, sizes)


def _mean(curve: Curve, start: Curve, end: Curve) -> Curve:
    """The mean of a grid curve over each interval."""
    total = np.concatenate([[0.0], np.cumsum(curve)])
    low = np.clip((start * GRID).astype(int), 0, len(curve) - 1)
    high = np.clip(np.ceil(end * GRID).astype(int), low + 1, len(curve))
    return (total[high] - total[low]) / (high - low)
