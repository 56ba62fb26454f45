"""Gaze: looks aside and back, and the tiny jumps that living eyes make; both eyes together, jump and rest.

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
from .frames import Frames
from .phrases import Spans

FIXATION: Final = 1.6
"""Seconds, mean, until the eyes go elsewhere."""
GLANCE: Final = 0.7
"""Seconds, mean, of a look aside."""
ASIDE: Final = 0.22
"""How likely the eyes look aside instead of staying near; where nobody speaks, twice as likely."""
FAR: Final = (0.15, 0.06)
"""Sideways and up or down, standard deviation of a look aside."""
NEAR: Final = (0.022, 0.014)
MICRO: Final = (0.006, 0.004)
MICRO_SECONDS: Final = 0.75

_LEFT, _RIGHT = (
    [arkit.INDEX[f"eyeLook{way}{side}"] for way in ways]
    for side, ways in (("Left", ("Out", "In", "Up", "Down")), ("Right", ("In", "Out", "Up", "Down")))
)
"""Columns that turn each eye to the character's left, right, up and down."""

Looks = NDArray[np.float64]


def look_around(curves: Curves, frames: Frames, spoken: Spans, settings: Settings, key: str) -> None:
    """Add the look to where the eyes look already, in place: never in and out, or up and down, at once."""
    if not settings.gaze_strength:
        return
    moments = frames.moments()
    random = chance("gaze", settings.seed, key)
    begin, end = float(moments[0]), float(moments[-1])
    look = _jumping(moments, *_looks(random, begin, end, spoken)) + _jumping(moments, *_trembles(random, begin, end))
    for left, right, up, down in (_LEFT, _RIGHT):
        for (plus, minus), turn in zip(((left, right), (up, down)), look.T, strict=True):
            whole = curves[:, plus] - curves[:, minus] + np.float32(settings.gaze_strength) * turn.astype(np.float32)
            curves[:, plus], curves[:, minus] = np.maximum(whole, 0.0), np.maximum(-whole, 0.0)


def _looks(random: np.random.Generator, begin: float, end: float, spoken: Spans) -> tuple[Looks, Looks]:
    """When the eyes go elsewhere, and where to."""
    times, places = [begin], [random.normal(0.0, NEAR)]
    aside = False
    while times[-1] < end:
        at = times[-1] + random.gamma(2.0, (GLANCE if aside else FIXATION) / 2.0)
        speaking = bool(((spoken[:, 0] <= at) & (at < spoken[:, 1])).any())
        aside = not aside and random.uniform() < (ASIDE if speaking else 2 * ASIDE)
        times.append(at)
        places.append(random.normal(0.0, FAR if aside else NEAR))
    return np.array(times), np.array(places)


def _trembles(random: np.random.Generator, begin: float, end: float) -> tuple[Looks, Looks]:
    count = int((end - begin) / MICRO_SECONDS * 2) + 8
    times = begin + np.concatenate([[0.0], np.cumsum(0.15 + random.exponential(MICRO_SECONDS - 0.15, count))])
    return times, random.normal(0.0, MICRO, (count + 1, 2))


def _jumping(moments: NDArray[np.float64], times: Looks, places: Looks) -> Looks:
    """(frames, 2): resting at each place from its time on, after a jump that takes longer the further it goes."""
    index = np.clip(np.searchsorted(times, moments, side="right") - 1, 0, len(times) - 1)
    before = np.concatenate([places[:1], places[:-1]])
    seconds = 0.025 + 0.10 * np.hypot(*(places - before).T)
    x = np.clip((moments - times[index]) / seconds[index], 0.0, 1.0)[:, None]
    return np.asarray(before[index] + (places - before)[index] * x * x * (3.0 - 2.0 * x))
