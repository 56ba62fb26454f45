"""Gaze: away while a phrase is being begun, back at its end, and the tiny jumps that living eyes make; lids go along.

People who speak look away for a third to a half of the time, mostly while they plan, and look at the other one again
when they are about to finish; who listens looks away less. Both eyes jump together and rest between the jumps.

A look is in units of the look shapes, of which 1 is some 30 degrees: to the character's left and up are positive.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..settings import Settings
from ..take import Curves
from .chance import chance
from .frames import Frames, blocks
from .phrases import Spans

FIXATION: Final = 1.5
"""Seconds, mean, until eyes that look at somebody go elsewhere."""
GLANCE: Final = 0.9
"""Seconds, mean, of a look aside."""
ASIDE: Final = 0.45
"""How likely the eyes then look aside instead of staying near; of who does not speak, a third of it."""
AT_BEGINNINGS, AT_ENDS = 0.7, 0.9
"""How likely the eyes go away as a phrase begins, and come back before it ends."""
FAR: Final = (0.30, 0.13)
"""Sideways and up or down, mean size of a look aside."""
NEAR: Final = (0.030, 0.018)
"""Standard deviation of looks from eye to eye and mouth."""
MICRO: Final = (0.006, 0.004)
MICRO_SECONDS: Final = 0.75
LOWERED, RAISED = 0.45, 0.30
"""How far lids follow a whole look down and up."""

_LEFT, _RIGHT = (
    [arkit.INDEX[f"eyeLook{way}{side}"] for way in ways]
    for side, ways in (("Left", ("Out", "In", "Up", "Down")), ("Right", ("In", "Out", "Up", "Down")))
)
"""Columns that turn each eye to the character's left, right, up and down."""
_LIDS, _WIDES = arkit.indices(arkit.sides("eyeBlink")), arkit.indices(arkit.sides("eyeWide"))

Looks = NDArray[np.float64]


def look_around(
    curves: Curves, frames: Frames, spoken: Spans, settings: Settings, key: str, turned: Curves | None = None
) -> None:
    """Add the look to where the eyes look already, in place: never in and out, or up and down, at once.

    `turned` (frames, 2) is how far the head turns to the left and up, in the same units: eyes that rest on somebody
    turn as far the other way.
    """
    moments, strength = frames.moments(), settings.gaze_strength
    if not len(moments) or not (strength or (turned is not None and turned.any())):
        return
    jumps = []
    if strength:
        begin, end = float(moments[0]), float(moments[-1])
        jumps = [
            _looks(chance("gaze", settings.seed, key), begin, end, spoken),
            _trembles(settings.seed, key, begin, end),
        ]
    for own in blocks(len(moments)):
        look = np.zeros((len(moments[own]), 2))
        for times, places in jumps:
            look += _jumping(moments[own], times, places)
        look *= strength
        if turned is not None:
            look -= turned[own]
        turn_eyes(curves[own], look, look)


def turn_eyes(curves: Curves, left_eye: NDArray[np.floating], right_eye: NDArray[np.floating]) -> None:
    """Add a look (frames, 2) of each eye to where it looks already, and take the lids along, in place."""
    for look, (left, right, up, down) in ((left_eye, _LEFT), (right_eye, _RIGHT)):
        for (plus, minus), turn in zip(((left, right), (up, down)), look.T.astype(np.float32), strict=True):
            whole = curves[:, plus] - curves[:, minus] + turn
            curves[:, plus], curves[:, minus] = np.maximum(whole, 0.0), np.maximum(-whole, 0.0)
    _follow(curves, left_eye[:, 1].astype(np.float32))


def _follow(curves: Curves, up: NDArray[np.float32]) -> None:
    """Lids sink with a look down and rise with one up; a blink stays one."""
    for columns, share, turn in ((_LIDS, LOWERED, -up), (_WIDES, RAISED, up)):
        moved = np.float32(share) * np.maximum(turn, 0.0)
        for column in columns:
            curves[:, column] += moved * (1.0 - np.clip(curves[:, column], 0.0, 1.0))


def _looks(random: np.random.Generator, begin: float, end: float, spoken: Spans) -> tuple[Looks, Looks]:
    """When the eyes go elsewhere, and where to."""
    turns = _turns(random, spoken)
    times, places, aside = [begin], [random.normal(0.0, NEAR)], False
    waiting = 0
    while times[-1] < end:
        at = times[-1] + random.gamma(2.5, (GLANCE if aside else FIXATION) / 2.5)
        while waiting < len(turns) and turns[waiting][0] <= times[-1]:
            waiting += 1
        if waiting < len(turns) and turns[waiting][0] <= at:
            at, aside = turns[waiting]
        else:
            speaking = bool(((spoken[:, 0] <= at) & (at < spoken[:, 1])).any())
            aside = not aside and random.uniform() < (ASIDE if speaking else ASIDE / 3)
        times.append(at)
        places.append(_aside(random) if aside else random.normal(0.0, NEAR))
    return np.array(times), np.array(places)


def _turns(random: np.random.Generator, spoken: Spans) -> list[tuple[float, bool]]:
    """The moments at which phrases send the eyes away (true) and bring them back."""
    found: list[tuple[float, bool]] = []
    for first, last in spoken.tolist():
        away, back, before, early = random.uniform(size=4)
        if away < AT_BEGINNINGS and last - first > 0.8:
            found.append((first - 0.35 * before, True))
        if back < AT_ENDS:
            found.append((last - 0.15 - 0.35 * early, False))
    return sorted(found)


def _aside(random: np.random.Generator) -> Looks:
    """A place that can be seen to be elsewhere, to either side, more often down than up."""
    side, down = random.choice([-1.0, 1.0]), random.choice([-1.0, 1.0], p=(0.6, 0.4))
    sizes = np.abs(random.normal(1.0, 0.3, 2)) * FAR
    return np.array([side, down]) * sizes


def _trembles(seed: int, key: str, begin: float, end: float) -> tuple[Looks, Looks]:
    """A longer line begins with the trembles of a shorter one."""
    count = int((end - begin) / MICRO_SECONDS * 2) + 8
    waits = chance("tremble times", seed, key).exponential(MICRO_SECONDS - 0.15, count)
    times = begin + np.concatenate([[0.0], np.cumsum(0.15 + waits)])
    return times, chance("trembles", seed, key).normal(0.0, MICRO, (count + 1, 2))


def _jumping(moments: NDArray[np.float64], times: Looks, places: Looks) -> Looks:
    """(frames, 2): resting at each place from its time on, after a jump that takes longer the further it goes."""
    index = np.clip(np.searchsorted(times, moments, side="right") - 1, 0, len(times) - 1)
    before = np.concatenate([places[:1], places[:-1]])
    seconds = 0.025 + 0.10 * np.hypot(*(places - before).T)
    x = np.clip((moments - times[index]) / seconds[index], 0.0, 1.0)[:, None]
    return np.asarray(before[index] + (places - before)[index] * x * x * (3.0 - 2.0 * x))
