# SPDX-License-Identifier: GPL-3.0-or-later
"""Timeline markers that direct: mood:anger 0.8 for everybody, Anna jaw_strength:1.5 for one character alone.

A character is called by the name of any of its objects, of what those hang on, or of a collection that holds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

import bpy

from koemorph.errors import SettingsError
from koemorph.knobs import info_of
from koemorph.moods import moods
from koemorph.settings import Settings

MOOD = "mood"
KNOBS = {entry.name: info_of(entry) for entry in fields(Settings)}
NUMBERS = {name: shown for name, shown in KNOBS.items() if shown.kind == "number"}
_MARKER = re.compile(r"\s*(?:(.+?)[\s:]+)?(\w+)\s*:\s*([^:]+?)\s*")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A setting, and what it is from there on."""

    frame: int
    name: str
    value: str
    whom: str = ""
    """Whom it directs; empty is everybody."""

    def __str__(self) -> str:
        return f"{self.whom} {self.name}:{self.value}".lstrip()


def marks(scene: Any, objects: Iterable[Any] | None = None) -> list[Mark]:
    """In the order of time; at one frame what is said to one comes after what is said to all.

    Of a character's objects those that direct it. What only looks like a direction is said; other markers are the
    animator's own.
    """
    found = [mark for mark in map(_read, scene.timeline_markers) if mark]
    if objects is not None:
        own = names_of(objects)
        found = [mark for mark in found if not mark.whom or mark.whom.casefold() in own]
    return sorted(found, key=lambda mark: (mark.frame, bool(mark.whom)))


def names_of(objects: Iterable[Any]) -> set[str]:
    """All that a character is called, in small letters."""
    return {one.name.casefold() for each in objects for one in _around(each)}


def name_for(objects: Iterable[Any]) -> str:
    """What to call a character by: its armature, else its face."""
    held = list(objects)
    rigs = [one for one in held if one.type == "ARMATURE"]
    return (rigs or held)[0].name if held else ""


def _around(one: Any) -> Iterator[Any]:
    yield from one.users_collection
    if one.type == "MESH" and (rig := one.find_armature()):
        yield rig
    while one is not None:
        yield one
        one = one.parent


def _read(marker: Any) -> Mark | None:
    told = _MARKER.fullmatch(marker.name)
    if not told:
        return None
    whom, name, value = told[1] or "", told[2].lower(), told[3]
    if whom.lower() in (MOOD, *NUMBERS):  # mood:joy:1 says no character's name
        whom, name, value = "", whom.lower(), f"{told[2]}:{value}"
    named = [one.name for kind in (bpy.data.objects, bpy.data.collections) for one in kind]
    known = not whom or whom.casefold() in map(str.casefold, named)
    if name in (MOOD, *NUMBERS):
        if known:
            return Mark(frame=marker.frame, name=name, value=value, whom=whom)
        if _is_meant(name, value):
            near = next(iter(get_close_matches(whom, named, n=1)), "")
            raise SettingsError(
                f"The marker {marker.name} at {marker.frame} directs nobody, since no object or collection is called "
                f"{whom}; {f'is {near} meant' if near else 'name one of the character'}."
            )
    elif known and (nearest := get_close_matches(name, [MOOD, *NUMBERS], n=1, cutoff=0.8)):
        raise SettingsError(f"The marker {marker.name} at {marker.frame} directs nothing; is {nearest[0]} meant?")
    return None


def _is_meant(name: str, value: str) -> bool:
    """Whether it would direct somebody; scene 2 mood:dark is the animator's own note."""
    if name == MOOD:
        return value.lower().partition(" ")[0] in moods()
    try:
        float(value)
    except ValueError:
        return False
    return True
