"""Where a face looks, as text: one place, or some with their moments: `0.4 0.1 1.5`, `0:00 0 0 1; 0:02.5 -0.6 0 1.2`.

Metres from the middle between the eyes of a head at rest: to the character's left, up and ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import Final

from .errors import SettingsError
from .timing import parse_seconds

NEAREST, FURTHEST = 0.05, 1e4
"""Metres."""
_HOW: Final = "write metres to the left, up and ahead: 0.4 0.1 1.5, or with moments: 0:00 0 0 1; 0:02.5 -0.6 0 1.2"


@dataclass(frozen=True, kw_only=True)
class Place:
    """From this moment of the line (seconds) on."""

    seconds: float
    left: float
    up: float
    ahead: float


def parse_places(text: str) -> tuple[Place, ...]:
    """Read `0.4 0.1 1.5` or `0:00 0 0 1; 0:02.5 -0.6 0 1.2`, in order of time."""
    entries = [entry.split() for entry in text.replace("\n", ";").split(";") if entry.strip()]
    keys = tuple(_place(words, alone=len(entries) == 1) for words in entries)
    if any(after.seconds <= before.seconds for before, after in pairwise(keys)):
        raise SettingsError("Places to look at must go forward in time.")
    return keys


def _place(words: list[str], *, alone: bool) -> Place:
    said = " ".join(words)[:60]
    if len(words) != 4 and not (alone and len(words) == 3):
        raise SettingsError(f"{said!r} is no place to look at; {_HOW}.")
    seconds = float(parse_seconds(words[0])) if len(words) == 4 else 0.0
    try:
        left, up, ahead = (float(word) for word in words[-3:])
    except ValueError:
        raise SettingsError(f"{said!r} is no place to look at; left, up and ahead are numbers of metres.") from None
    if not NEAREST <= hypot(left, up, ahead) <= FURTHEST:
        raise SettingsError(f"{said!r} cannot be looked at; it must be 5 cm to 10 km away.")
    return Place(seconds=seconds, left=left, up=up, ahead=ahead)
