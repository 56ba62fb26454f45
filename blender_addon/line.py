# SPDX-License-Identifier: GPL-3.0-or-later
"""What an Action remembers of each line keyed into it, so that the line can be made again with other settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import bpy

from koemorph.errors import KoeMorphError
from koemorph.hosts.kept import kept
from koemorph.keying import Keying
from koemorph.recording import Recording

from . import compat
from .keys import Span
from .source import Source

PROPERTY = "koemorph"
"""The Action's custom property: a JSON list of lines."""


@dataclass(frozen=True, kw_only=True)
class Line:
    name: str
    source: dict[str, Any]
    settings: dict[str, Any]
    first: float
    last: float
    style: str = "EVERY"
    tolerance: float = 0.01
    naming: str = ""
    channels: tuple[tuple[str, int], ...] = field(default=())
    """Path and index of each curve that the line owns."""
    slots: tuple[int, ...] = field(default=())
    """The handles of the slots that hold them, where Actions have slots."""
    key: str = ""
    """What its written keys are found by, see `changes`; lines of older versions have none."""
    changed: tuple[str, ...] = field(default=())
    """Targets that have changes by hand, which are made again with it."""
    parts: str = ""
    """Directions of parts that were made anew, see `parts`."""
    script: dict[str, str] | None = None
    """What is said in it, by somebody who wrote that down; see `Script`."""
    beside: bool = False
    """Whether the script lies beside the recording, to be read again with it."""
    told: tuple[str, ...] = field(default=())
    """What came of the script, as sentences."""
    edited: bool = False
    """Whether somebody edited its phones; see `tracks`."""

    @property
    def keying(self) -> Keying:
        """Scenes hold the style in capitals, and older ones the tolerance in single precision."""
        return Keying(style=self.style.lower(), tolerance=float(f"{self.tolerance:.6g}"))

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)


def lines_of(action: Any) -> tuple[Line, ...]:
    stored = action.get(PROPERTY, "[]")
    return _lines(stored) if isinstance(stored, str) else ()


@lru_cache(maxsize=64)
def _lines(text: str) -> tuple[Line, ...]:
    """A sidebar asks at every redraw, and for every row of its lists."""
    try:
        stored = kept(text, f"An Action's {PROPERTY}")
    except KoeMorphError:
        return ()
    return tuple(line for one in stored if (line := _line(one)) is not None) if isinstance(stored, list) else ()


def _line(told: Any) -> Line | None:
    """What is there may be from another version, or from anybody: what this one does not know is left out."""
    try:
        one = Line(**{name: value for name, value in told.items() if name in Line.__dataclass_fields__})
        return replace(
            one,
            channels=tuple((path, index) for path, index in one.channels),
            slots=tuple(map(int, one.slots)),
            changed=tuple(one.changed),
            told=tuple(one.told),
        )
    except (TypeError, ValueError, AttributeError):
        return None


def remember(action: Any, line: Line) -> list[Line]:
    """Lines all of whose slots and frames the new one covers are forgotten; returns them."""

    def covered(one: Line) -> bool:
        return set(one.slots) <= set(line.slots) and one.first >= line.first and one.last <= line.last

    there = lines_of(action)
    action[PROPERTY] = json.dumps([asdict(one) for one in (*(one for one in there if not covered(one)), line)])
    return [one for one in there if covered(one) and one != line]


def forget(action: Any, line: Line) -> None:
    action[PROPERTY] = json.dumps([asdict(one) for one in lines_of(action) if one != line])


def source_as_dict(source: Source) -> dict[str, Any]:
    """Paths below the scene's file are kept relative to it, so that a project can be moved."""
    heard, path = source.recording, str(source.recording.path)
    if bpy.data.filepath:
        relative = bpy.path.relpath(path)
        path = path if relative.startswith("//..") else relative
    return {
        "path": path,
        "first_frame": str(source.first_frame),
        "begin": None if heard.begin is None else str(heard.begin),
        "end": None if heard.end is None else str(heard.end),
        "channel": heard.channel or None,
        "kind": source.kind,
        "holder": source.holder,
    }


def source_from_dict(stored: dict[str, Any]) -> Source:
    begin, end = (None if stored[name] is None else Fraction(stored[name]) for name in ("begin", "end"))
    heard = Recording(Path(bpy.path.abspath(stored["path"])), begin=begin, end=end, channel=stored["channel"] or "")
    return Source(heard, Fraction(stored["first_frame"]), stored["kind"], stored["holder"])


@dataclass(frozen=True)
class Found:
    """A line where it plays: the Action, the NLA strip if it plays in one, and by how many frames that moves it."""

    action: Any
    strip: Any | None
    line: Line
    shift: float
    seen: bool = True
    """Whether its strip or track is muted, or another one on solo."""

    @property
    def span(self) -> Span:
        """Where it plays in the scene: its strip may show less of it."""
        first, last = self.line.first + self.shift, self.line.last + self.shift
        if self.strip is None:
            return Span(first, last)
        return Span(max(first, self.strip.frame_start), min(last, self.strip.frame_end))


def lines_on(owner: Any) -> Iterator[Found]:
    """All lines that a data-block's Action and NLA strips play for it; what covers others comes first."""
    data = owner.animation_data
    if data is None:
        return
    solo = any(track.is_solo for track in data.nla_tracks)
    holders = [(data, None, 0.0, not solo)] if data.action else []
    for track in reversed(data.nla_tracks):
        for strip in track.strips:
            if strip.action:
                seen = not (track.mute or strip.mute or (solo and not track.is_solo))
                holders.append((strip, strip, strip.frame_start - strip.action_frame_start, seen))
    for holder, strip, shift, seen in holders:
        handle = compat.handle(compat.active_slot(holder))
        for line in lines_of(holder.action):
            if (not line.slots or handle in line.slots) and (strip is None or _plays(strip, line)):
                yield Found(holder.action, strip, line, shift, seen)


def line_at(owner: Any, frame: float) -> Found | None:
    """The line that one sees on a data-block at a frame, else the nearest one; a muted one only where there is none."""

    def distance(found: Found) -> tuple[bool, float]:
        return not found.seen, max(found.span.first - frame, frame - found.span.last, 0.0)

    return min(lines_on(owner), key=distance, default=None)


def previous_strips(owner: Any, line: Line) -> list[tuple[Any, Any]]:
    """NLA tracks and strips of a data-block that play an earlier take of the same recording at the same place."""
    data = owner.animation_data
    return [
        (track, strip)
        for track in (data.nla_tracks if data else ())
        for strip in track.strips
        if strip.action
        and any(
            one.source == line.source and one.first == line.first and _plays(strip, one)
            for one in lines_of(strip.action)
        )
    ]


def span_of(line: Line, shift: float = 0.0) -> Span:
    """What a strip of the NLA plays of a line: never nothing."""
    return Span(line.first + shift, max(line.last, line.first + 1.0) + shift)


def _plays(strip: Any, line: Line) -> bool:
    """Several strips may play one Action, each its own lines of it."""
    span = span_of(line)
    return strip.action_frame_start < span.last and strip.action_frame_end > span.first
