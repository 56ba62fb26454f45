"""Directions: settings that change in the course of a line, as text: `0:01 jaw_strength 1; 0:02 jaw_strength 1.5`.

At a moment stand numbers, which go straight from one moment to the next. Over a stretch stand any settings, and a
script: `0:03-0:04.5 seed 7, mood anger, script "Go away"` makes that part of the line anew with them and blends it in
inside of the stretch, over `ease` seconds at its ends; outside of it nothing changes. Later stretches cover earlier.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from .errors import SettingsError
from .knobs import Value
from .speech.script import ENGLISH, Script
from .timing import parse_seconds

EASE: Final = 0.2
"""Seconds over which a stretch is blended in and out, if it is long enough."""
MOST: Final = 1000
"""Directions of one line."""
_NEVER: Final = ("directions", "emotion", "pre_roll", "post_roll")
"""What belongs to a line as a whole."""
_BESIDE: Final = ("ease", "script", "language")
"""What a stretch may say beside settings."""
_HOW: Final = "write for example 0:01 jaw_strength 0.5; 0:03-0:04.5 seed 7, mood anger"
_TEXT: Final = r'"(?:[^"\\]|\\.)*"'
_ENTRY: Final = re.compile(rf'(?:{_TEXT}|[^";\n])+')
_PART: Final = re.compile(rf'(?:{_TEXT}|[^",])+')


@dataclass(frozen=True)
class Direction:
    """At `begin` (seconds of the line), or from there to `end`: these settings."""

    begin: Fraction
    end: Fraction | None
    values: Mapping[str, Value]
    ease: float = EASE
    script: Script | None = None

    def shifted(self, seconds: Fraction) -> Direction:
        """So much later."""
        return replace(self, begin=self.begin + seconds, end=None if self.end is None else self.end + seconds)


def parse_directions(text: str) -> tuple[Direction, ...]:
    """Whether the settings may be so is for `Settings` to say."""
    if '"' in _ENTRY.sub("", text):
        raise SettingsError(f"A quoted text in these directions does not end; {_HOW}.")
    directions = tuple(_direction(entry.strip()) for entry in _ENTRY.findall(text) if entry.strip())
    if len(directions) > MOST:
        raise SettingsError(f"There are {len(directions)} directions; a line takes {MOST}.")
    return directions


def write_directions(directions: Iterable[Direction]) -> str:
    """The text that `parse_directions` reads back."""
    return "; ".join(_written(one) for one in directions)


def _direction(entry: str) -> Direction:
    when, _, told = entry.partition(" ")
    first, dash, last = when.partition("-")
    begin, end = parse_seconds(first), parse_seconds(last) if dash else None
    if end is not None and end <= begin:
        raise SettingsError(f"The stretch {when} is empty; it must end after it begins.")
    values = dict(_value(part.strip(), entry) for part in _PART.findall(told))
    if not values:
        raise SettingsError(f"{entry[:60]!r} changes nothing; {_HOW}.")
    beside = {name: values.pop(name) for name in _BESIDE if name in values}
    if never := next((name for name in _NEVER if name in values), None):
        raise SettingsError(f"{never} cannot change in the course of a line.")
    if end is None and beside:
        raise SettingsError(f"{next(iter(beside))} is for a stretch of time, such as 0:03-0:04.5.")
    ease = beside.get("ease", EASE)
    if isinstance(ease, str) or not 0.0 <= ease <= 10.0:
        raise SettingsError(f"A stretch cannot ease over {ease!r}; it takes 0 to 10 seconds.")
    script = Script.of(str(beside.get("script", "")), str(beside.get("language", ENGLISH)))
    return Direction(begin, end, MappingProxyType(values), float(ease), script)


def _value(part: str, entry: str) -> tuple[str, Value]:
    name, _, told = part.partition(" ")
    told = told.strip()
    if not name or not told:
        raise SettingsError(f"{entry[:60]!r} is no direction; {_HOW}.")
    try:
        value = json.loads(told)
    except ValueError:
        value = told
    if not isinstance(value, (str, int, float)):
        raise SettingsError(f"{name} cannot be {told[:40]}; {_HOW}.")
    return name, value


def _written(one: Direction) -> str:
    parts: dict[str, Any] = dict(one.values)
    if one.end is not None and one.ease != EASE:
        parts["ease"] = one.ease
    if one.script is not None:
        parts |= one.script.to_dict() | {"script": one.script.text}
        del parts["text"]
    when = _seconds(one.begin) + ("" if one.end is None else f"-{_seconds(one.end)}")
    return f"{when} " + ", ".join(f"{name} {_shown(value)}" for name, value in parts.items())


def _shown(value: Value) -> str:
    plain = isinstance(value, str) and re.fullmatch(r"[a-z][a-z-]*", value) and value not in ("true", "false", "null")
    return value if plain and isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _seconds(moment: Fraction) -> str:
    moment = max(moment, Fraction(0))
    if moment * 1000 == int(moment * 1000):
        return f"{float(moment):.3f}".rstrip("0").rstrip(".")
    return str(moment)
