# SPDX-License-Identifier: GPL-3.0-or-later
"""A line made again where it is: with other settings, from where its sound is today, or from a new recording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy

from koemorph.errors import KoeMorphError
from koemorph.settings import Settings

from . import compat, keys
from .character import Character, chosen_objects
from .destination import ACTIVE, NLA, Place
from .key_line import KeyRequest
from .line import Found, Line, forget, line_at, lines_on, source_from_dict
from .source import Source, found_strip, from_speaker, from_strip, scene_rate

NO_LINE = "The active object has no line that was made by KoeMorph"


def current_line(context: Any) -> Found | None:
    """The line of the active object at the current frame."""
    one = context.object
    blocks = [one.data.shape_keys] if one and one.type == "MESH" and one.data.shape_keys else []
    blocks += [one] if one else []
    found = (line_at(block, context.scene.frame_current) for block in blocks)
    return next((line for line in found if line is not None), None)


def refound(line: Line, context: Any) -> Source:
    """Where the line's sound is today: its strip or Speaker may have been moved or trimmed since."""
    source = source_from_dict(line.source)
    if source.kind == "STRIP":
        return from_strip(found_strip(context, source.holder), compat.sequencer_scene(context), source.channel)
    if source.kind == "SPEAKER":
        return from_speaker(bpy.data.objects.get(source.holder), source.channel)
    return source


def retake(context: Any, found: Found | None, settings: Settings, recording: Path | None = None) -> KeyRequest:
    """The order that makes a line again in its place, with these settings and the panel's style of keys."""
    if found is None:
        raise KoeMorphError(f"{NO_LINE}.")
    panel, source = context.scene.koemorph, refound(found.line, context)
    if recording is not None:
        source = replace(source, kind="FILE", holder="", path=recording, begin=None, end=None)
    line = replace(found.line, settings=settings.to_dict(), style=panel.style, tolerance=panel.tolerance)
    return in_place(context, found, line, source, [one.name for one in chosen_objects(context)])


def in_place(context: Any, found: Found, wanted: Line, source: Source, objects: Iterable[str]) -> KeyRequest:
    """The order for a line as wanted, where the found one is."""
    request = KeyRequest(
        source=source,
        objects=tuple(objects),
        settings=Settings.from_dict(wanted.settings),
        rate=scene_rate(context.scene),
        keying=wanted.keying,
        naming=wanted.naming,
        where=ACTIVE if found.strip is None else NLA,
        blend="REPLACE",
        places=lambda character: _places_of(character, found.line),
    )
    request.character()
    return request


def _places_of(character: Character, line: Line) -> list[Place]:
    """Where the line is, emptied."""
    found: list[Place] = []
    for owner in character.owners:
        at = next((one for one in lines_on(owner.block) if one.line == line), None)
        if at is None:
            continue
        bag = compat.bag_of(at.action, compat.active_slot(at.strip or owner.block.animation_data))
        if bag is not None:
            keys.clear(bag, list(line.channels), line.span)
            found.append(Place(owner, at.action, bag, at.strip))
    for action in {place.action for place in found}:
        forget(action, line)
    if not found:
        raise KoeMorphError(f"{line.name} is no longer on {character.name}; press Animate Face.")
    return found
