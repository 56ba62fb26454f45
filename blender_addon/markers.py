# SPDX-License-Identifier: GPL-3.0-or-later
"""Words or phones of a line as markers on the timeline. Each of ours says whose it is; nobody else's is touched."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import bpy
from bpy.props import StringProperty

from koemorph.speech.track import Tracks
from koemorph.timing import round_half_up

from .line import Line, source_from_dict
from .source import scene_rate

PROPERTY = "koemorph"
"""Registered, since markers take no custom properties from Blender 5.2 on: the key of its line and what is marked."""
WORDS, PHONES = "WORDS", "PHONES"


def mark(scene: Any, line: Line, tracks: Tracks, what: str, shift: float = 0.0) -> int:
    """Put them where they begin, in the place of those that stand there for this line; how many there are now."""
    clear([scene], line, what)
    source, rate = source_from_dict(line.source), scene_rate(scene)
    entries = [(one.start, one.text) for one in tracks.words]
    if what == PHONES:
        entries = [(one.start, one.symbol) for one in tracks.phones]
    for start, text in entries:
        frame = round_half_up(source.frame_of(start, rate) + Fraction(shift))
        setattr(scene.timeline_markers.new(text, frame=frame), PROPERTY, _name(line, what))
    return len(entries)


def clear(scenes: Iterable[Any], line: Line, *kinds: str) -> int:
    """Take a line's markers away; how many there were."""
    names = [_name(line, what) for what in kinds or (WORDS, PHONES)]
    gone = 0
    for scene in scenes:
        for marker in [one for one in scene.timeline_markers if getattr(one, PROPERTY) in names]:
            scene.timeline_markers.remove(marker)
            gone += 1
    return gone


def renewed(before: Line, line: Line, tracks: Tracks, shift: float = 0.0) -> None:
    """A line was made again: what was marked of it is marked where that is now."""
    for scene in bpy.data.scenes:
        for what in marked(scene, before):
            clear([scene], before, what)
            mark(scene, line, tracks, what, shift)


def moved(line: Line, by: float) -> None:
    for scene in bpy.data.scenes:
        names = [_name(line, what) for what in (WORDS, PHONES)]
        for marker in scene.timeline_markers:
            if getattr(marker, PROPERTY) in names:
                marker.frame += round(by)


def marked(scene: Any, line: Line) -> list[str]:
    """Of a line, what has markers in a scene."""
    there = {getattr(one, PROPERTY) for one in scene.timeline_markers}
    return [what for what in (WORDS, PHONES) if _name(line, what) in there]


def _name(line: Line, what: str) -> str:
    return f"{line.key} {what}"


def register() -> None:
    setattr(bpy.types.TimelineMarker, PROPERTY, StringProperty(options={"HIDDEN"}))


def unregister() -> None:
    delattr(bpy.types.TimelineMarker, PROPERTY)
