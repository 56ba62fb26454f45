"""Phones drive the lips: what p b m f v, rounding and tongue do follows the phone track, how much stays the network's.

The network's own closures are taken back first: where its lips nearly meet while somebody speaks, they go on from
what they did before to what they do after. On that, the track closes them at its p, b and m, brings the lower lip to
the teeth at f and v, rounds, and keeps every other phone open. Jaw, speed, sides and all else are left as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit, lips
from ..speech.track import Phone
from ..take import Curves
from ..timing import FrameRate
from .demands import ANY_GAP, REACH, SPOKEN_GAP, Demands, Score, around
from .frames import blocks

NEARLY: Final = 0.062
"""Gap under which the network's lips are on their way to meet."""
HEARD, TOLD = 0.3, 0.85
"""How far rounding follows a track that was heard, as the network heard it, too, and one that somebody has told."""
MARGIN: Final = 0.06
"""How much more than just touching a lower lip at the teeth is turned in, and how much less any other."""
_USUAL_FOLLOWING: Final = 0.35
_OPEN_JAW: Final = 0.03
_LARGEST_FOLLOWING: Final = 0.75
_PARTED: Final = lips.CLOSED_GAP + 0.004
"""The gap that is left in an open phone beside a closure."""
_PUCKER, _FUNNEL, _TONGUE = 0.34, 0.62, 0.01
"""What articulators that do all they can are in shapes."""
_ROUNDEST: Final = _PUCKER + 0.6 * _FUNNEL
"""No lips are heard to be rounder than that."""
_BY_FUNNEL: Final = 0.80
"""Funnel for missing rounding; a pucker makes the rest of it, and all where lips meet, which a funnel would part."""
_BITTEN: Final = 0.6
"""The share of a funnel that goes where the lower lip is at the teeth."""
_WIDENING: Final = {name: weight for name, weight in lips.ROUNDING.items() if weight < 0}
_PRESSED: Final = {
    "mouthPress": 0.06,
    "mouthRollUpper": 0.03,
    "mouthRollLower": 0.12,
    "mouthShrugLower": 0.20,
    "mouthShrugUpper": 0.14,
}
"""What lips that meet do besides, at least."""

Array = NDArray[np.float64]


def _both(name: str) -> list[int]:
    return list(arkit.indices(tuple(arkit.sides(name))))


_JAW, _CLOSE = arkit.indices(("jawOpen", "mouthClose"))
_LOWER, _UPPER, _SMILES = _both("mouthLowerDown"), _both("mouthUpperUp"), [*_both("mouthSmile"), *_both("mouthStretch")]
_LIP, _FUNNELLED, _PUCKERED, _OUT = arkit.indices(("mouthRollLower", "mouthFunnel", "mouthPucker", "tongueOut"))
_MEETING: Final = [_FUNNELLED, *_LOWER, *_UPPER, *(column for name in _PRESSED for column in _both(name))]
"""What changes where lips meet, besides mouthClose."""


def follow(
    curves: Curves,
    phones: Sequence[Phone],
    rate: FrameRate,
    strength: float = 1.0,
    *,
    rounding: NDArray[np.float32] | None = None,
    first: int = 0,
    count: int | None = None,
) -> None:
    """Let curves (T, 52) in Apple's order follow a track, in place; its seconds count from frame 0.

    `rounding` (T,) is what is heard of it (`speech.rounding`), which counts where nobody has told the phones.

    A track without phones leaves them alone: nobody speaks, or nobody knows what. Of a line of `count` frames the
    curves may be those from `first` on alone, if they end where `nearly` is false: they become what they are in all.
    """
    if not phones or not strength:
        return
    fps, line = float(rate.fps), len(curves) if count is None else count
    phones = around(phones, first / fps - REACH, (first + len(curves)) / fps + REACH)
    score = Score(phones, line / fps, fps)
    stretches = [(own.start, own.stop) for own in blocks(len(curves))]
    meeting = nearly(curves)
    for begin, stop in stretches:
        meeting[begin:stop] &= score.read(first + begin, first + stop).spoken >= 1.0
    before = {column: curves[:, column].copy() for column in (_CLOSE, *_MEETING)} if strength < 1.0 else {}
    _part(curves, meeting)
    for begin, stop in stretches:
        rows = curves[begin:stop]
        was = rows.copy() if strength < 1.0 else rows
        demands = score.read(first + begin, first + stop)
        _round(rows, demands, None if rounding is None else rounding[begin:stop])
        _bite(rows, demands)
        _open(rows, demands.gap, demands.bite)
        _close(rows, demands)
        _open(
            rows,
            np.where((demands.close < 1.0) & (demands.gap > SPOKEN_GAP - MARGIN / 10), _PARTED, ANY_GAP),
            demands.bite,
        )
        if strength < 1.0:
            for column, values in before.items():
                was[:, column] = values[begin:stop]
            rows += np.float32(1.0 - strength) * (was - rows)


def nearly(curves: Curves) -> NDArray[np.bool_]:
    """(T,): where the network's lips meet, or are on their way to."""
    gap = lips.weighted(curves, arkit.SHAPES, lips.OPENING) - lips.weighted(curves, arkit.SHAPES, lips.COVERING)
    return np.asarray(gap < NEARLY)


def _part(curves: Curves, meeting: NDArray[np.bool_]) -> None:
    """Where lips meet, go on between what they do on both sides, in place."""
    if not meeting.any() or meeting.all():
        return
    there, elsewhere = np.flatnonzero(meeting), np.flatnonzero(~meeting)
    for column in _MEETING:
        curves[there, column] = np.interp(there, elsewhere, curves[elsewhere, column])
    jaw, close = curves[:, _JAW], curves[:, _CLOSE]
    following = np.where(jaw > _OPEN_JAW, close / np.maximum(jaw, _OPEN_JAW), _USUAL_FOLLOWING)
    following = np.minimum(following, _LARGEST_FOLLOWING)
    curves[there, _CLOSE] = jaw[there] * np.interp(there, elsewhere, following[elsewhere])


def _round(rows: Curves, demands: Demands, heard: NDArray[np.float32] | None) -> None:
    share = (HEARD + (TOLD - HEARD) * demands.told) * demands.spoken
    rows[:, _OUT] += share * (_TONGUE * demands.tongue - rows[:, _OUT])
    if heard is not None:
        kept = (1.0 - demands.near) * (1.0 - _BITTEN * demands.bite)
        forward = rows[:, _PUCKERED] + lips.ROUNDING["mouthFunnel"] * kept * rows[:, _FUNNELLED]
        aside = lips.weighted(rows, arkit.SHAPES, _WIDENING)
        change = np.clip(heard - aside, 0.0, _ROUNDEST) - forward
        change *= (1.0 - demands.told) * demands.moving
        more, less = np.maximum(change, 0.0), 1.0 + np.minimum(change, 0.0) / np.maximum(forward, 1e-6)
        by_funnel = _BY_FUNNEL * more
        rows[:, _PUCKERED] = rows[:, _PUCKERED] * less + more - lips.ROUNDING["mouthFunnel"] * kept * by_funnel
        rows[:, _FUNNELLED] = rows[:, _FUNNELLED] * less + by_funnel
        share = TOLD * demands.told * demands.spoken
    for column, wanted in ((_PUCKERED, _PUCKER * demands.pucker), (_FUNNELLED, _FUNNEL * demands.funnel)):
        rows[:, column] += share * (wanted - rows[:, column])
    narrow = np.clip(demands.pucker + 0.6 * demands.funnel, 0.0, 1.0) * share
    rows[:, _SMILES] *= (1.0 - narrow)[:, None].astype(np.float32)


def _bite(rows: Curves, demands: Demands) -> None:
    bite = demands.bite
    rows[:, _LOWER] *= (1.0 - 0.9 * bite)[:, None].astype(np.float32)
    rows[:, _FUNNELLED] *= 1.0 - _BITTEN * bite
    rows[:, _both("mouthPress")] *= (1.0 - bite)[:, None].astype(np.float32)
    turned = lips.weighted(rows, arkit.SHAPES, lips.BITING)
    rows[:, _LIP] += bite * np.maximum(0.0, lips.BITE + MARGIN - turned)
    most = lips.BITE - MARGIN + bite
    over = np.maximum(0.0, turned - most) * demands.spoken
    rows[:, _LIP] -= np.minimum(rows[:, _LIP], over)


def _open(rows: Curves, least: Array, bite: Array) -> None:
    """No gap goes under the `least`: first the lips follow the jaw less, then they are drawn apart."""
    gap = lips.weighted(rows, arkit.SHAPES, lips.OPENING) - lips.weighted(rows, arkit.SHAPES, lips.COVERING)
    lack = np.maximum(0.0, least - gap)
    undone = np.minimum(lack, np.maximum(0.0, rows[:, _CLOSE]))
    rows[:, _CLOSE] -= undone
    lower = lips.OPENING["mouthLowerDown"] * (1.0 - bite)
    apart = (lack - undone) / (lower + lips.OPENING["mouthUpperUp"])
    rows[:, _LOWER] += (apart * (1.0 - bite))[:, None].astype(np.float32)
    rows[:, _UPPER] += apart[:, None].astype(np.float32)


def _close(rows: Curves, demands: Demands) -> None:
    softly = (1.0 - demands.near).astype(np.float32)
    for column in (_FUNNELLED, *_LOWER, *_UPPER):
        rows[:, column] *= softly
    rows[:, _CLOSE] += demands.close * (rows[:, _JAW] - rows[:, _CLOSE])
    for name, least in _PRESSED.items():
        for column in _both(name):
            rows[:, column] = np.maximum(rows[:, column], least * demands.near)
