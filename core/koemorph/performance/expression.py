"""Moods over the performance: each adds its shapes, fading over from key to key."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..moods import NEUTRAL, MoodKey, moods, parse_mood_keys
from ..settings import Settings
from ..take import Curves
from .frames import Frames


def add_moods(curves: Curves, frames: Frames, settings: Settings) -> None:
    """Add what the moods ask for, in place: fully to a shape at rest, less to one that is already far out."""
    added = np.zeros(curves.shape[1], dtype=np.float32)
    if not settings.mood_keys:
        for shape, amount in moods()[settings.mood].shapes.items():
            added[arkit.INDEX[shape]] = amount * settings.mood_intensity
        _lay_over(curves, np.ones(len(curves), dtype=np.float32), added)
        return
    keys = parse_mood_keys(settings.mood_keys)
    for name, weight in weights(keys, frames.moments(), settings.mood_ease).items():
        added[:] = 0.0
        for shape, amount in moods()[name].shapes.items():
            added[arkit.INDEX[shape]] = amount
        _lay_over(curves, weight, added)


def weights(keys: tuple[MoodKey, ...], moments: NDArray[np.float64], fade: float) -> dict[str, NDArray[np.float32]]:
    """How strong each mood is at each moment. A key is reached half-way at its time; one at 0 is there from the start.

    Before the first key the face is neutral.
    """
    found: dict[str, NDArray[np.float64]] = {}
    last = MoodKey(0.0, NEUTRAL, 0.0)
    for key in keys:
        middle = key.seconds if key.seconds > 0.0 else float(min(moments[0], 0.0)) - fade
        x = np.clip((moments - middle) / fade + 0.5, 0.0, 1.0) if fade > 0.0 else (moments >= middle).astype(np.float64)
        risen = x * x * (3.0 - 2.0 * x)
        for name, change in ((last.mood, -last.intensity), (key.mood, key.intensity)):
            found[name] = found.get(name, np.zeros(len(moments))) + change * risen
        last = key
    return {name: np.clip(weight, 0.0, 1.0).astype(np.float32) for name, weight in found.items() if weight.any()}


def _lay_over(curves: Curves, weight: NDArray[np.float32], added: NDArray[np.float32]) -> None:
    for column in np.flatnonzero(added):
        room = 1.0 - np.clip(curves[:, column], 0.0, 1.0)
        curves[:, column] += added[column] * weight * room
