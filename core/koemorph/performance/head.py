"""The head: it nods where the voice stresses, tilts at a question, takes a new pose with each phrase, drifts while
speaking, and is still in silence.

Turns are in radians about the axes of our head (Y up, the face towards +Z, the character's left at +X), right-handed:
yaw is positive to the character's left, pitch positive down, roll positive towards the character's right shoulder.
Live Link Face records the same. Sizes are those of people talking to somebody: some degrees.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..settings import Settings
from ..take import Curves
from ..timing import FrameRate
from .chance import chance
from .frames import Frames, blocks
from .phrases import Spans

POSE: Final = (0.050, 0.026, 0.028)
"""Standard deviation of the pose that a phrase is spoken in, for each turn at strength 1."""
DRIFT: Final = (0.018, 0.011, 0.010)
"""Standard deviation of the drift while speaking."""
DRIFTING: Final = (0.11, 0.19, 0.31, 0.47)
"""Hertz of the waves that the drift is made of."""
NOD: Final = 0.075
"""The deepest nod, of the strongest stress."""
NOD_LATE: Final = 0.05
"""Seconds by which a nod's deepest point follows the brows' highest one: it falls on the vowel."""
ASKING: Final = (-0.03, 0.11)
"""Pitch and roll at the end of a question: the chin comes up a little, the head goes to one side."""
TURNING: Final = 0.9
"""Seconds from one phrase's pose to the next, begun a little before it."""
STILL: Final = 0.5
"""Seconds over which drift comes and goes with speech."""
FULL_LOOK: Final = float(np.radians(30.0))
"""How far an eye turns at 1 of its look shape."""

Floats = NDArray[np.float64]


def move_head(
    head: Curves,
    frames: Frames,
    spoken: Spans,
    stress: NDArray[np.float32],
    settings: Settings,
    key: str,
    asked: NDArray[np.float32] | None = None,
) -> None:
    """Add the turns (frames, 3) to those that are there, in place.

    `stress` (frames,) is how far it nods, 0 to 1, and `asked` (frames,) how much a moment belongs to a question.
    """
    if not settings.head_strength:
        return
    moments = frames.moments()
    random = chance("head", settings.seed, key)
    poses, waves, sides = _poses(random, spoken), _waves(random), None
    if asked is not None and asked.any():
        sides = _sides(chance("tilts", settings.seed, key), asked)
    for own in blocks(len(moments)):
        at = moments[own]
        turns = _posed(at, *poses) + _drift(at, waves) * _speaking(at, spoken)[:, None]
        turns[:, 1] += NOD * stress[own]
        if asked is not None and sides is not None:
            turns[:, 1:] += asked[own, None] * np.array(ASKING) * sides[own]
        head[own] += np.float32(settings.head_strength) * turns.astype(np.float32)


def nods(stress: NDArray[np.float32], rate: FrameRate) -> NDArray[np.float32]:
    """How far the head nods, 0 to 1, for how far the brows rise: a little later."""
    late = min(round(NOD_LATE * float(rate.fps)), len(stress))
    return np.concatenate([np.zeros(late, np.float32), stress[: len(stress) - late]])


def in_looks(head: Curves) -> Curves:
    """Turns (frames, 3) as looks (frames, 2) to the left and up, in units of the look shapes."""
    return np.asarray(np.stack([head[:, 0], -head[:, 1]], axis=1) / np.float32(FULL_LOOK))


def _poses(random: np.random.Generator, spoken: Spans) -> tuple[Floats, Floats, Floats]:
    """When the head leaves a pose (phrases,), that pose and the next one (phrases, 3): one for each phrase."""
    places = random.normal(0.0, POSE, (len(spoken), 3))
    begins = spoken[:, 0] - 0.3 * TURNING
    gone = [_eased(float(seconds) / TURNING) for seconds in np.diff(begins)]
    before = np.zeros_like(places)
    for number, share in enumerate(gone):
        before[number + 1] = before[number] + (places[number] - before[number]) * share
    return begins, before, places


def _posed(moments: Floats, begins: Floats, before: Floats, places: Floats) -> Floats:
    """(frames, 3): resting in a pose, and going over to the next where a phrase begins."""
    turns = np.zeros((len(moments), 3))
    first = int(np.searchsorted(moments, begins[0])) if len(begins) else len(moments)
    last = np.searchsorted(begins, moments[first:], side="right") - 1
    share = _eased((moments[first:] - begins[last]) / TURNING)
    turns[first:] = before[last] + (places - before)[last] * np.asarray(share)[:, None]
    return turns


def _sides(random: np.random.Generator, asked: NDArray[np.float32]) -> Floats:
    """(frames, 2): for each question a side that the head goes to; the chin always comes up."""
    number = np.cumsum(np.diff(asked > 0.0, prepend=False) & (asked > 0.0))
    return np.stack([np.ones(len(asked)), random.choice([-1.0, 1.0], number[-1] + 1)[number]], axis=1)


def _waves(random: np.random.Generator) -> list[tuple[int, float, float, float]]:
    """Slow waves whose lengths share no measure: the turn that each moves, how far, its speed and its phase."""
    waves = []
    for hertz in DRIFTING:
        for turn, size in enumerate(DRIFT):
            phase, pace = random.uniform(0.0, 2 * np.pi), random.uniform(0.85, 1.15)
            waves.append((turn, size * np.sqrt(2 / len(DRIFTING)), 2 * np.pi * hertz * pace, phase))
    return waves


def _drift(moments: Floats, waves: Iterable[tuple[int, float, float, float]]) -> Floats:
    """(frames, 3): all of the waves together."""
    turns = np.zeros((len(moments), 3))
    for turn, size, speed, phase in waves:
        turns[:, turn] += size * np.sin(speed * moments + phase)
    return turns


def _speaking(moments: Floats, spoken: Spans) -> Floats:
    """(frames,) 0 to 1: inside of a phrase, coming and going slowly."""
    share = np.zeros(len(moments))
    near = (spoken[:, 0] - STILL <= moments[-1]) & (spoken[:, 1] + STILL >= moments[0])
    for begin, end in spoken[near].tolist():
        own = slice(*np.searchsorted(moments, (begin - STILL, end + STILL)))
        inside = np.minimum(moments[own] - begin + STILL, end + STILL - moments[own])
        share[own] = np.maximum(share[own], _eased(inside / STILL))
    return share


def _eased(x: Floats | float) -> Floats:
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x))
