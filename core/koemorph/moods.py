"""Moods that can be laid over a performance: which shapes each adds, and how a list of them over time is written.

The shapes stand in `moods.json`, at an intensity of 1; a name without a side moves both sides.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from .arkit import sides
from .errors import SettingsError
from .timing import parse_seconds

NEUTRAL: Final = "neutral"


@dataclass(frozen=True)
class Mood:
    name: str
    about: str
    shapes: dict[str, float]
    """How much of each of the 52 shapes it adds at an intensity of 1."""


@dataclass(frozen=True)
class MoodKey:
    """From this moment of the line (seconds) on, this mood at this intensity, 0 to 1."""

    seconds: float
    mood: str
    intensity: float


@cache
def moods() -> dict[str, Mood]:
    table = json.loads(files(__package__).joinpath("moods.json").read_text("utf-8"))
    return {
        name: Mood(name, entry["about"], {s: amount for shape, amount in entry["shapes"].items() for s in sides(shape)})
        for name, entry in table.items()
    }


def parse_mood_keys(text: str) -> tuple[MoodKey, ...]:
    """Read `0:00 joy 0.5; 0:04.2 anger 0.8`: a moment, a mood and an intensity (1 if left out), in order of time."""
    keys = tuple(_key(entry) for entry in text.replace("\n", ";").split(";") if entry.strip())
    for before, after in pairwise(keys):
        if after.seconds <= before.seconds:
            raise SettingsError(f"Mood keys must go forward in time; {after.mood} comes too early.")
    return keys


def _key(entry: str) -> MoodKey:
    words = entry.split()
    if not 2 <= len(words) <= 3:
        raise SettingsError(f"{entry.strip()!r} is not a mood key; write a time, a mood and how much: 0:04.2 joy 0.5.")
    if words[1] not in moods():
        raise SettingsError(f"There is no mood called {words[1]!r}; there are {', '.join(moods())}.")
    try:
        intensity = float(words[2]) if len(words) == 3 else 1.0
    except ValueError:
        intensity = -1.0
    if not 0.0 <= intensity <= 1.0:
        raise SettingsError(f"{words[1]} cannot have an intensity of {words[2]!r}; it goes from 0 to 1.")
    return MoodKey(float(parse_seconds(words[0])), words[1], intensity)
