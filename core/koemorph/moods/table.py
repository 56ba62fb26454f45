"""What each mood does to the 52 shapes: `table.json`, with the reason beside each number.

A mood adds to some shapes and takes what contradicts it from others, so that it replaces instead of piling up: of a
shape that it names under `keeps` only that share of what was there is left. A name without a side means both sides.
The shapes are those of adults who show the mood openly (action units after Ekman and Friesen); speech goes on below.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from ..arkit import sides

NEUTRAL: Final = "neutral"


@dataclass(frozen=True, kw_only=True)
class Mood:
    """At an intensity of 1; times in seconds."""

    name: str
    about: str
    onset: float
    """From nothing to all of it."""
    apex: float
    """How long all of it is held."""
    offset: float
    """From the apex down to what it settles at, and from there to nothing."""
    settles: float
    """The share that stays after the apex for as long as the mood lasts."""
    shapes: dict[str, float]
    """How much of each of the 52 shapes it adds."""
    keeps: dict[str, float]
    """The share of what was there before that is left; 1 where nothing is said."""


@cache
def moods() -> dict[str, Mood]:
    table: dict[str, dict[str, Any]] = json.loads(files(__package__).joinpath("table.json").read_text("utf-8"))
    times = ("onset", "apex", "offset", "settles")
    return {
        name: Mood(
            name=name,
            about=entry["about"],
            shapes=_of_both_sides(entry["adds"]),
            keeps=_of_both_sides(entry["keeps"]),
            **{time: float(entry[time]) for time in times},
        )
        for name, entry in table.items()
    }


def _of_both_sides(entries: dict[str, list[Any]]) -> dict[str, float]:
    return {side: float(amount) for shape, (amount, _why) in entries.items() for side in sides(shape)}
