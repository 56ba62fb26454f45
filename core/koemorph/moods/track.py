"""A mood track: which mood a line is in, from when on, and how strongly; heard in the voice or set by hand.

Written as text it is what `--mood-keys` takes: `0:00 joy 0.5; 0:04.2 anger 0.8`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, Literal

from ..errors import SettingsError
from ..timing import parse_seconds
from .table import NEUTRAL, moods

Source = Literal["detected", "edited"]
LONGEST: Final = 100_000
"""Keys of a track: a change every second for a day."""


@dataclass(frozen=True, kw_only=True)
class MoodKey:
    """From this moment of the line (seconds) on, this mood at this intensity, 0 to 1.

    Where it was heard, how excited and how pleased the voice is (-1 to 1) come with it.
    """

    seconds: float
    mood: str
    intensity: float
    arousal: float | None = None
    valence: float | None = None


@dataclass(frozen=True)
class MoodTrack:
    """Keys in the order of time; each holds until the next. Before the first the face is neutral."""

    keys: tuple[MoodKey, ...]
    source: Source

    def shifted(self, seconds: Fraction) -> MoodTrack:
        """Everything so much later."""
        if not seconds:
            return self
        keys = tuple(replace(key, seconds=key.seconds + float(seconds)) for key in self.keys)
        return replace(self, keys=keys)

    def __str__(self) -> str:
        return "; ".join(
            f"{_clock(key.seconds)} {key.mood}" + ("" if key.mood == NEUTRAL else f" {key.intensity:.2f}")
            for key in self.keys
        )

    def to_json(self) -> dict[str, Any]:
        """Rounded to the thousandth: more is not heard, and files stay readable."""
        numbers = ("seconds", "intensity", "arousal", "valence")
        keys = [
            {"mood": key.mood}
            | {name: round(value, 3) for name in numbers if (value := getattr(key, name)) is not None}
            for key in self.keys
        ]
        return {"source": self.source, "keys": keys}

    @classmethod
    def from_json(cls, data: Any) -> MoodTrack:
        """Raises ValueError, which says what is wrong, on anything that is no track."""
        source, keys = data["source"], data["keys"]
        if source not in ("detected", "edited") or not isinstance(keys, list) or len(keys) > LONGEST:
            raise ValueError("its mood track is none")
        return cls(_in_order(tuple(_stored(entry) for entry in keys)), source)


def parse_mood_keys(text: str) -> tuple[MoodKey, ...]:
    """Read `0:00 joy 0.5; 0:04.2 anger 0.8`: a moment, a mood and an intensity (1 if left out), in order of time."""
    keys = tuple(_key(entry) for entry in text.replace("\n", ";").split(";") if entry.strip())
    try:
        return _in_order(keys)
    except ValueError as err:
        raise SettingsError(f"Mood keys must go forward in time; {err}.") from None


def _in_order(keys: tuple[MoodKey, ...]) -> tuple[MoodKey, ...]:
    for before, after in pairwise(keys):
        if after.seconds <= before.seconds:
            raise ValueError(f"{after.mood} comes too early")
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
    return MoodKey(seconds=float(parse_seconds(words[0])), mood=words[1], intensity=intensity)


def _stored(entry: Mapping[str, Any]) -> MoodKey:
    numbers = {name: entry.get(name) for name in ("seconds", "intensity", "arousal", "valence")}
    for name, value in numbers.items():
        given = value is not None or name in ("seconds", "intensity")
        if given and (isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e9):
            raise ValueError(f"a mood's {name} is no number")
    if entry["mood"] not in moods():
        raise ValueError(f"it names a mood {str(entry['mood'])[:40]!r}, which there is not")
    if not 0.0 <= float(entry["intensity"]) <= 1.0:
        raise ValueError("a mood's intensity lies outside of 0 to 1")
    return MoodKey(mood=str(entry["mood"]), **numbers)  # type: ignore[arg-type]


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(max(seconds, 0.0) * 1000), 60_000)
    return f"{minutes}:{rest / 1000:06.3f}".rstrip("0").rstrip(".")
