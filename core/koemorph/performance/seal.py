"""The lip seal: lips that met in the incoming curves meet in the result, whatever came between.

Smoothing, strength, moods and low frame rates part lips that met for a few hundredths of a second. So the closures
are found in the incoming curves, before any step, and the gap between the lips is brought back to what it was there
and then. Never is one created: away from a closure the gap may shrink towards what it was, but never to closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit, lips
from ..settings import Settings
from ..take import Curves
from ..timing import FrameRate
from .frames import Frames, blocks
from .phrases import Spans, runs

MARGIN: Final = 0.004
"""A sealed gap is at least so much under the gap that counts as closed, an unsealed one so much above it."""
RAMP: Final = 0.05
"""Seconds before and after a closure over which the gap goes over to what it was."""
LONGEST: Final = 0.4
"""Seconds: lips together for longer are at rest, and only what is pressed at its ends belongs to speech."""
EDGE: Final = 0.15
PRESSED: Final = 0.006
"""How much smaller than at rest the gap is where the lips are pressed together."""
_LARGEST_SHARE: Final = 0.25
"""How much of the open time between two closures the hold may take from each side."""
_EXACT: Final = 1e-6

Array = NDArray[np.float64]

_CLOSE, _JAW, _FUNNEL = arkit.indices(("mouthClose", "jawOpen", "mouthFunnel"))
_PARTING = [
    _FUNNEL,
    *arkit.indices(tuple(s for name in ("mouthLowerDown", "mouthUpperUp") for s in arkit.sides(name))),
]


@dataclass(frozen=True, eq=False)
class Closures:
    """When the lips met, seconds from the first frame, and the gap between them at every frame of `rate`."""

    spans: Spans
    gap: NDArray[np.float32]
    rate: FrameRate


def gap_between(curves: Curves) -> NDArray[np.float32]:
    """(T,): how far the lips are apart in curves (T, 52)."""
    return _opening(curves) - _cover(curves)


def closures(gap: NDArray[np.float32], rate: FrameRate) -> Closures:
    """Where the lips meet for speech, by the gap between them."""
    fps = float(rate.fps)
    spans = []
    for first, stop in runs(gap <= lips.CLOSED_GAP).tolist():
        if stop - first <= LONGEST * fps:
            spans.append((_crossing(gap, first, -1), _crossing(gap, stop - 1, 1)))
            continue
        pressed = first + np.flatnonzero(gap[first:stop] < np.median(gap[first:stop]) - PRESSED)
        beginning, ending = pressed[pressed < first + EDGE * fps], pressed[pressed >= stop - EDGE * fps]
        if len(beginning) and first > 0:
            spans.append((_crossing(gap, first, -1), float(beginning[-1])))
        if len(ending) and stop < len(gap):
            spans.append((float(ending[0]), _crossing(gap, stop - 1, 1)))
    return Closures(np.array(spans).reshape(-1, 2) / fps, gap, rate)


def held(met: Closures, frames: Frames, settings: Settings) -> Spans:
    """When the lips are to be together in the result: long enough, and on at least one of its frames."""
    if not settings.lip_seal or not len(met.spans):
        return np.empty((0, 2))
    middles = met.spans.mean(axis=1)
    return _on_frames(_held(met.spans, settings.lip_seal_hold), middles, frames.whole.moments_read())


def seal(curves: Curves, frames: Frames, met: Closures, spans: Spans, settings: Settings) -> None:
    """Bring the lips together again where they met, in place; `spans` are when they are `held` together."""
    if not len(spans):
        return
    read = frames.moments_read()
    for own in blocks(len(curves)):
        distance = _distance(read[own], spans)
        near = np.flatnonzero(distance < RAMP)
        if len(near):
            some = own.start + near
            was = _between(met.gap, read[some] * float(met.rate.fps))
            rows = curves[some]
            _restore(rows, was, distance[near], settings.lip_seal)
            curves[some] = rows


def _between(gap: NDArray[np.float32], places: Array) -> Array:
    """The gap at places between its frames, which rise; held beyond the ends."""
    first = min(max(int(places[0]), 0), len(gap) - 1)
    stop = min(max(int(places[-1]) + 2, first + 1), len(gap))
    return np.interp(places, np.arange(first, stop), gap[first:stop])


def _restore(rows: Curves, was: Array, away: Array, strength: float) -> None:
    """Bring the gap of some frames, `away` seconds from a closure, back to what it `was`, in place."""
    wanted = np.where(away <= 0.0, np.minimum(was, lips.CLOSED_GAP - MARGIN), np.maximum(was, lips.CLOSED_GAP + MARGIN))
    opening, cover = _opening(rows), _cover(rows)
    share = 1.0 - (wanted + cover) / np.maximum(opening, _EXACT)
    share = np.clip(np.where(opening > _EXACT, share, 0.0), 0.0, 1.0)
    x = np.clip(1.0 - away / RAMP, 0.0, 1.0)
    draw_together(rows, strength * share * x * x * (3.0 - 2.0 * x))


def draw_together(curves: Curves, share: NDArray[np.floating]) -> None:
    """Take away a share (T,) of what parts the lips, in place: 1 leaves nothing."""
    part = share.astype(np.float32)
    curves[:, _CLOSE] += part * (curves[:, _JAW] - curves[:, _CLOSE])
    for column in _PARTING:
        curves[:, column] *= 1.0 - part


def _opening(curves: Curves) -> NDArray[np.float32]:
    return lips.weighted(curves, arkit.SHAPES, lips.OPENING)


def _cover(curves: Curves) -> NDArray[np.float32]:
    return lips.weighted(curves, arkit.SHAPES, lips.COVERING)


def _crossing(gap: NDArray[np.float32], frame: int, way: int) -> float:
    """Where between `frame`, the last closed one on its way, and its open neighbour the lips part."""
    open_frame = frame + way
    if not 0 <= open_frame < len(gap):
        return float(frame)
    inside, outside = float(gap[frame]), float(gap[open_frame])
    return frame + way * (lips.CLOSED_GAP - inside) / (outside - inside)


def _held(spans: Spans, hold: float) -> Spans:
    """Spans at least `hold` long, as far as the open time between them allows."""
    missing = np.maximum(0.0, hold - (spans[:, 1] - spans[:, 0])) / 2
    open_time = np.maximum(0.0, spans[1:, 0] - spans[:-1, 1]) * _LARGEST_SHARE
    room = np.concatenate([[np.inf], open_time, [np.inf]])
    return np.stack([spans[:, 0] - np.minimum(missing, room[:-1]), spans[:, 1] + np.minimum(missing, room[1:])], axis=1)


def _on_frames(spans: Spans, middles: Array, read: Array) -> Spans:
    """Spans that fall between two frames, widened to the one that is nearer to where the lips met."""
    after = np.searchsorted(read, spans[:, 0] - _EXACT)
    between = (after > 0) & (after < len(read))
    later = read[np.minimum(after, len(read) - 1)]
    earlier = read[np.maximum(after - 1, 0)]
    nearer = np.where(middles - earlier <= later - middles, earlier, later)
    empty = between & (later > spans[:, 1] + _EXACT)
    begin = np.where(empty, np.minimum(spans[:, 0], nearer), spans[:, 0])
    end = np.where(empty, np.maximum(spans[:, 1], nearer), spans[:, 1])
    return np.stack([begin, end], axis=1)


def _distance(moments: Array, spans: Spans) -> Array:
    """Seconds from each moment to the nearest span; 0 inside."""
    index = np.searchsorted(spans[:, 0], moments + _EXACT, side="right")
    since = np.where(index > 0, moments - spans[np.maximum(index - 1, 0), 1], np.inf)
    until = np.where(index < len(spans), spans[np.minimum(index, len(spans) - 1), 0] - moments, np.inf)
    return np.where(since <= _EXACT, 0.0, np.minimum(since, until))
