# SPDX-License-Identifier: GPL-3.0-or-later
"""Phones and words of a line, kept with its Action: a list that Blender shows, undoes and saves by itself.

Moments are exact seconds of the recording, so that a line that is moved takes them along.
"""

import json
from functools import lru_cache
from typing import Any

import bpy
from bpy.props import CollectionProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from koemorph.errors import TakeError
from koemorph.speech.files import TRACK_FILE
from koemorph.speech.track import Phone, Tracks, Word, described, entry_from

from .line import Line

PROPERTY = "koemorph_tracks"
"""Of an Action: the tracks of each of its lines, called by the line's key."""


class PhoneRow(PropertyGroup):
    """One phone; its name is its symbol."""

    told: StringProperty(options={"HIDDEN"})
    """All of it, as JSON."""
    word: StringProperty(options={"HIDDEN"})
    """The word that begins with it."""

    @property
    def phone(self) -> Phone:
        return _read(Phone, self.told)[0]


class WordRow(PropertyGroup):
    """One word; its name is its text."""

    told: StringProperty(options={"HIDDEN"})


class LineTracks(PropertyGroup):
    """What is said in one line; its name is the line's key."""

    phones: CollectionProperty(type=PhoneRow)
    words: CollectionProperty(type=WordRow)
    row: IntProperty(name="Phone", options={"HIDDEN"})

    @property
    def chosen(self) -> Phone | None:
        return self.phones[self.row].phone if 0 <= self.row < len(self.phones) else None

    @property
    def tracks(self) -> Tracks:
        phones, words = (",".join(row.told for row in rows) for rows in (self.phones, self.words))
        return Tracks(_read(Phone, phones), _read(Word, words))


@lru_cache(maxsize=16)
def _read(kind: Any, told: str) -> Any:
    """All of a track, from entries in JSON; remembered, since a list is drawn and edited over and over."""
    entries = TRACK_FILE.json(f"[{told}]", "The phones of a line in this scene")
    try:
        return tuple(entry_from(kind, entry) for entry in entries)
    except (ValueError, TypeError, AttributeError) as err:
        raise TakeError(f"The scene holds a {kind.__name__.lower()} that is none; press Update.") from err


def write_down(action: Any, line: Line, tracks: Tracks, row: int = 0) -> None:
    """Keep what is said in a line; `row` is the phone that is chosen in the list."""
    held = getattr(action, PROPERTY)
    if held.get(line.key) is not None:
        return
    kept = held.add()
    kept.name = line.key
    begins = {word.start: word.text for word in tracks.words}
    for phone in tracks.phones:
        one = kept.phones.add()
        one.name, one.told, one.word = phone.symbol, _told(phone), begins.get(phone.start, "")
    for word in tracks.words:
        entry = kept.words.add()
        entry.name, entry.told = word.text, _told(word)
    kept.row = max(0, min(row, len(tracks.phones) - 1))


def _told(entry: Phone | Word) -> str:
    return json.dumps(described(entry), ensure_ascii=False)


def of(action: Any, line: Line) -> LineTracks | None:
    """None for lines of older versions."""
    return getattr(action, PROPERTY).get(line.key) if line.key else None


def edited(action: Any, line: Line) -> Tracks | None:
    """The tracks of a line that somebody edited, which it needs to be made again."""
    held = of(action, line) if line.edited else None
    return held.tracks if held is not None else None


def forget(action: Any, line: Line) -> None:
    held = getattr(action, PROPERTY)
    number = held.find(line.key) if line.key else -1
    if number >= 0:
        held.remove(number)


CLASSES = (PhoneRow, WordRow, LineTracks)


def register() -> None:
    setattr(bpy.types.Action, PROPERTY, CollectionProperty(type=LineTracks))


def unregister() -> None:
    delattr(bpy.types.Action, PROPERTY)
