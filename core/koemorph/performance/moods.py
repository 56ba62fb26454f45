"""Moods on the face: each adds its shapes and takes what contradicts it, fading over from key to key.

At every moment the weights of all moods together are at most one mood's, so that moods give way to one another and
never pile up. On the mouth they give way to speech: rounded lips are not drawn into a smile, open ones never closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit, lips
from ..moods import NEUTRAL, MoodKey, MoodTrack, moods, parse_mood_keys
from ..settings import Settings
from ..take import Curves
from .contacts import MARGIN
from .frames import Frames, blocks
from .seal import gap_between
from .strength import takes_part

USUAL_EASE: Final = 0.5
"""The `mood_ease` at which moods come and go at the pace of their table."""
ROUNDING: Final = {"mouthPucker": 1.0, "mouthFunnel": 0.6}
DRAWN: Final = ("mouthSmile", "mouthDimple", "mouthStretch", "mouthFrown")
"""What draws the corners, and how little of it is left where lips are fully rounded."""
LEFT_WHEN_ROUNDED: Final = 0.35
_DRAWN: Final = frozenset(side for name in DRAWN for side in arkit.sides(name))
OPEN: Final = lips.CLOSED_GAP + 0.006
"""A gap that lips which were open keep."""
_COVERING: Final = frozenset(side for name in lips.COVERING for side in arkit.sides(name))
STEEPNESS: Final = 4.0
"""How many times as far as it was a lip may be from the teeth that was near them."""
_PRESS: Final = list(arkit.indices(arkit.sides("mouthPress")))
_ROLL: Final = arkit.INDEX["mouthRollLower"]
_TABLE: Final = (("shapes", 0.0), ("keeps", 1.0))


def mood_track(settings: Settings, heard: MoodTrack | None) -> MoodTrack | None:
    """The moods that a line is shown in, in seconds from its beginning: set by hand where they are, else as heard."""
    if settings.mood_keys:
        return MoodTrack(parse_mood_keys(settings.mood_keys), "edited")
    if settings.mood != NEUTRAL:
        return MoodTrack((MoodKey(seconds=0.0, mood=settings.mood, intensity=settings.mood_intensity),), "edited")
    return heard if settings.mood_from_voice == "on" else None


def show_moods(curves: Curves, frames: Frames, heard: MoodTrack | None, settings: Settings) -> None:
    """Show the moods that were heard or are set, in place."""
    track = mood_track(settings, heard)
    if track is None or not settings.mood_strength:
        return
    moments, begin = frames.moments(), float(frames.whole.part(0, 1).moments()[0])
    for own in blocks(len(curves)):
        names, shown = weights(track.keys, moments[own], settings.mood_ease, begin)
        strength = np.float32(settings.mood_strength * np.sqrt(takes_part(settings)))
        _show(curves[own], names, shown * strength)


def _show(curves: Curves, names: list[str], shown: NDArray[np.float32]) -> None:
    """Moods (moods, frames) as strong as that, in place."""
    held = np.minimum(shown, 1.0)
    free, bitten = _free_of_rounding(curves), lips.weighted(curves, arkit.SHAPES, lips.BITING)
    gap = gap_between(curves) if any(moods()[name].shapes.keys() & _COVERING for name in names) else None
    for column, shape in enumerate(arkit.SHAPES):
        adds, keeps = ([getattr(moods()[name], what).get(shape, none) for name in names] for what, none in _TABLE)
        if any(share < 1.0 for share in keeps):
            curves[:, column] *= 1.0 - _together([1.0 - share for share in keeps], held)
        if any(adds):
            added = np.minimum(_together(adds, shown), 1.0)
            room = 1.0 - np.clip(curves[:, column], 0.0, 1.0)
            curves[:, column] += added * room * (free if shape in _DRAWN else 1.0)
    _keep_bite(curves, bitten)
    if gap is not None:
        _keep_open(curves, gap)


def weights(
    keys: tuple[MoodKey, ...], moments: NDArray[np.float64], ease: float, begin: float | None = None
) -> tuple[list[str], NDArray[np.float32]]:
    """The moods of some keys, and (moods, frames) how strong each is: together never more than one alone.

    A key is reached half-way at its time; one at 0 is there from the start and stays as it is. The others come and go
    as their mood does, with its apex, at the pace of `ease`; where that is 0 they change at once and stay.
    The moments may be a part of a line that has its first frame at `begin`.
    """
    pace, begin = ease / USUAL_EASE, float(moments[0]) if begin is None else begin
    names = sorted({key.mood for key in keys if key.mood != NEUTRAL})
    shown = np.zeros((len(names), len(moments)), np.float32)
    last, peak = NEUTRAL, 0.0
    changes = []
    for key in keys:
        seconds = pace * (moods()[last].offset if key.mood == NEUTRAL else moods()[key.mood].onset)
        middle = key.seconds if key.seconds > 0.0 else min(begin, 0.0) - seconds
        peak = peak if key.mood == last else middle + seconds / 2 if key.seconds > 0.0 and pace else np.inf
        changes.append((key, middle, seconds, peak))
        last = key.mood
    ends = [middle + seconds / 2 for _, middle, seconds, _ in changes[1:]]
    for (key, middle, seconds, peak), end in zip(changes, [*ends, np.inf], strict=True):
        if middle - seconds / 2 > moments[-1] or max(end, middle) <= moments[0]:
            continue
        own = slice(*np.searchsorted(moments, (middle - seconds / 2, max(end, middle))))
        risen = _eased(moments[own] - middle + seconds / 2, seconds)
        shown[:, own] *= 1.0 - risen
        if key.mood != NEUTRAL:
            mood = moods()[key.mood]
            sunk = (1.0 - mood.settles) * _eased(moments[own] - peak - pace * mood.apex, pace * mood.offset)
            shown[names.index(key.mood), own] += key.intensity * risen * (1.0 - sunk)
    return names, shown


def _together(shares: Sequence[float], shown: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames,): what the moods (moods, frames) do together; unlike a product of matrices the same in every part."""
    total = np.zeros(shown.shape[1], np.float32)
    for share, mood in zip(shares, shown, strict=True):
        if share:
            total += np.float32(share) * mood
    return total


def _eased(since: NDArray[np.float64], seconds: float) -> NDArray[np.float32]:
    """From 0 to 1 in an S over so many seconds."""
    x = np.clip(since / seconds, 0.0, 1.0) if seconds > 0.0 else (since >= 0.0).astype(np.float64)
    return (x * x * (3.0 - 2.0 * x)).astype(np.float32)


def _free_of_rounding(curves: Curves) -> NDArray[np.float32]:
    """(frames,): how much of a drawn mouth corner rounded lips allow."""
    rounded = lips.weighted(curves, arkit.SHAPES, ROUNDING)
    return np.asarray(1.0 - (1.0 - LEFT_WHEN_ROUNDED) * np.clip(rounded, 0.0, 1.0), dtype=np.float32)


def _keep_open(curves: Curves, before: NDArray[np.float32]) -> None:
    """Take back what covers a gap that was open `before` (frames,), in place: a pushed-up chin closes no vowel."""
    wanted = np.minimum(before, OPEN)
    shut = np.flatnonzero((before > lips.CLOSED_GAP) & (gap_between(curves) < wanted))
    if len(shut):
        cover = lips.weighted(curves[shut], arkit.SHAPES, lips.COVERING)
        share = np.clip(1.0 - (wanted[shut] - gap_between(curves[shut])) / np.maximum(cover, 1e-6), 0.0, 1.0)
        for column in arkit.indices(tuple(_COVERING)):
            curves[shut, column] *= share


def _keep_bite(curves: Curves, before: NDArray[np.float32]) -> None:
    """Lower lips at the teeth `before` (frames,) stay there, in place, and no others come to them."""
    bitten = lips.weighted(curves, arkit.SHAPES, lips.BITING)
    least = np.minimum(before, lips.BITE - STEEPNESS * (lips.BITE - before))
    lack = np.maximum(np.minimum(least, lips.BITE + MARGIN) - bitten, 0.0)
    pressing = -lips.BITING["mouthPress"]
    pressed = lips.weighted(curves, arkit.SHAPES, {"mouthPress": pressing})
    let_go = np.minimum(lack, pressed)
    curves[:, _PRESS] *= (1.0 - let_go / np.maximum(pressed, 1e-6))[:, None]
    over = np.maximum(bitten - np.maximum(before, lips.BITE - MARGIN), 0.0)
    curves[:, _ROLL] += lack - let_go - np.minimum(over, curves[:, _ROLL])
