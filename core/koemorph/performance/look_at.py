"""A place to look at: eyes rest on it, each turned by itself so that they meet there; the head helps where it is far.

A place is in metres from the middle between the eyes of a head at rest: to the character's left, up and ahead. What
the eyes and the head do already goes on around it. A host asks `look_at` with a place for each frame; elsewhere the
settings say where (`koemorph.places`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..errors import TakeError
from ..places import parse_places
from ..settings import Settings
from ..take import Curves, Take
from ..timing import FrameRate
from .frames import Frames
from .gaze import turn_eyes
from .head import FULL_LOOK
from .smoothing import kernel, smooth

EYES_APART: Final = 0.063
"""Metres between the pupils of an adult."""
EYES_ALONE: Final = float(np.radians(18.0))
"""How far eyes turn before the head comes along."""
HEAD_SHARE: Final = 0.7
"""How much of what is further the head turns."""
FURTHEST: Final = float(np.radians(80.0))
"""What lies behind is looked at as far as this."""
HEAD_SECONDS: Final = 0.12
"""The head comes and goes so much more slowly than the eyes."""
JUMP_SECONDS: Final = 0.12
"""From one place to the next."""

Floats = NDArray[np.floating]


def look_at(take: Take, places: Floats, *, eyes_apart: float = EYES_APART) -> Take:
    """The take with its eyes on a place (3,), or on one for each frame (frames, 3).

    Any unit will do if `eyes_apart` is in it too. The head comes along where the take has its turns.
    """
    try:
        each = np.broadcast_to(np.asarray(places, np.float64), (take.frame_count, 3))
    except ValueError:
        raise TakeError(
            f"A place to look at has three numbers, once or for each of {take.frame_count} frames."
        ) from None
    if not np.isfinite(each).all():
        raise TakeError("A place to look at has numbers that are none.")
    known = (*arkit.SHAPES, *arkit.HEAD_TURNS)
    own = [name for name in take.names if name in known]
    curves = np.zeros((take.frame_count, len(known)), np.float32)
    curves[:, [known.index(name) for name in own]] = take.values[:, [take.names.index(name) for name in own]]
    face, head = curves[:, : len(arkit.SHAPES)], curves[:, len(arkit.SHAPES) :]
    moves = set(arkit.HEAD_TURNS) <= set(take.names)
    turn_towards(face, head if moves else None, each, take.rate, eyes_apart)
    new = [name for i, name in enumerate(known) if name not in take.names and curves[:, i].any()]
    values = np.concatenate([take.values, np.zeros((take.frame_count, len(new)), np.float32)], axis=1)
    names = (*take.names, *new)
    for name in (*own, *new):
        values[:, names.index(name)] = curves[:, known.index(name)]
    return replace(take, names=names, values=values)


def look_at_places(curves: Curves, head: Curves, frames: Frames, settings: Settings) -> None:
    """Look at what the settings say, in place; `head` (frames, 3) or (frames, 0)."""
    keys = parse_places(settings.look_at)
    if keys:
        places = np.array([(key.left, key.up, key.ahead) for key in keys])
        at = np.searchsorted([key.seconds for key in keys[1:]], frames.moments(), side="right")
        turn_towards(curves, head if head.size else None, places[at], frames.rate, jumps=True)


def turn_towards(
    face: Curves,
    head: Curves | None,
    places: Floats,
    rate: FrameRate,
    eyes_apart: float = EYES_APART,
    *,
    jumps: bool = False,
) -> None:
    """Turn eyes (frames, 52), and the head (frames, 3) where it moves, to a place for each frame, in place.

    Where places leap, the eyes go over in the time of a `jump`.
    """
    eyes = [_directions(places, side * eyes_apart / 2) for side in (1.0, -1.0)]
    if jumps:
        eyes = [_spread(eye, rate, JUMP_SECONDS / 4) for eye in eyes]
    if head is not None:
        middle = (eyes[0] + eyes[1]) / 2
        far = np.maximum(np.hypot(*middle.T), 1e-9)
        helped = HEAD_SHARE * np.maximum(1.0 - EYES_ALONE / far, 0.0)[:, None] * middle
        turned = _spread(helped, rate, HEAD_SECONDS)
        head[:, 0] += turned[:, 0].astype(np.float32)
        head[:, 1] -= turned[:, 1].astype(np.float32)
        eyes = [eye - turned for eye in eyes]
    turn_eyes(face, *(eye / FULL_LOOK for eye in eyes))
    looks = arkit.indices(tuple(name for name in arkit.EYES if name.startswith("eyeLook")))
    face[:, looks] = np.minimum(face[:, looks], 1.0)


def _directions(places: Floats, eye: float) -> Floats:
    """(frames, 2) radians to the left and up from an eye so far to the left of the middle."""
    left, up, ahead = (places - (eye, 0.0, 0.0)).T
    turns = np.stack([np.arctan2(left, ahead), np.arctan2(up, np.hypot(left, ahead))], axis=1)
    return np.asarray(np.clip(turns, -FURTHEST, FURTHEST))


def _spread(turns: Floats, rate: FrameRate, seconds: float) -> Floats:
    weights = kernel(seconds, rate, causal=False)
    return np.stack([smooth(turn.astype(np.float32), weights, causal=False) for turn in turns.T], axis=1)
