# SPDX-License-Identifier: GPL-3.0-or-later
"""A line made again where it is: with other settings, from where its sound is today, or from a new recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy

from koemorph.errors import KoeMorphError
from koemorph.recording import Recording
from koemorph.settings import Settings
from koemorph.speech.script import Script
from koemorph.timing import FrameRate

from . import changes, compat, tracks
from .changes import Changes
from .character import chosen_objects
from .destination import ACTIVE, NLA, Place, place_beside, refuse_locked
from .directing import settings_shown
from .key_line import KeyRequest
from .line import Found, Line, line_at, lines_on, source_from_dict
from .line_list import line_called
from .owner import Character
from .parts import at_source, parts_of, with_parts, without_parts
from .properties import keying_of
from .script import script_beside
from .source import Source, found_strip, from_speaker, from_strip, scene_rate

NO_LINE = "The active object has no line that was made by KoeMorph"


def current_line(context: Any) -> Found | None:
    """The line of the active object at the current frame."""
    one = context.object
    blocks = [one.data.shape_keys] if one and one.type == "MESH" and one.data.shape_keys else []
    blocks += [one] if one else []
    found = (line_at(block, context.scene.frame_current) for block in blocks)
    return next((line for line in found if line is not None), None)


def chosen_line(context: Any, key: str) -> Found | None:
    """The line that a button calls, or else the current one."""
    return line_called(chosen_objects(context), key).places[0][1] if key else current_line(context)


def refound(line: Line, context: Any) -> Source:
    """Where the line's sound is today: its strip or Speaker may have been moved or trimmed since."""
    source = source_from_dict(line.source)
    channel = source.recording.channel
    if source.kind == "STRIP":
        return from_strip(
            found_strip(context, source.holder), compat.sequencer_scene(context), source.recording.channel
        )
    if source.kind == "SPEAKER":
        return from_speaker(bpy.data.objects.get(source.holder), channel)
    return source


def retake(
    context: Any, found: Found | None, settings: Settings | None = None, recording: Path | None = None
) -> KeyRequest:
    """What makes a line again in its place, with these settings or those of panel and timeline, and its own parts.

    In the panel's style of keys, and with what a person has changed about them.
    """
    if found is None:
        raise KoeMorphError(f"{NO_LINE}.")
    panel, source = context.scene.koemorph, refound(found.line, context)
    if recording is not None:
        heard = Recording(recording, channel=source.recording.channel)
        source = replace(source, recording=heard, kind="FILE", holder="")
    told, objects = at_source(found.line, source), chosen_objects(context)
    settings = with_parts(settings or settings_shown(context, source, objects), parts_of(told))
    line = replace(told, settings=settings.to_dict(), style=panel.style, tolerance=keying_of(panel).tolerance)
    request = in_place(context, found, line, source, [one.name for one in objects])
    if recording is not None and found.line.edited:
        note = "The phones that were edited are those of the former recording; this one is heard anew."
        return replace(request, edited=None, notes=(*request.notes, note))
    return request


def retake_parts(context: Any, found: Found, line: Line) -> KeyRequest:
    """What makes a line again as it was made, with other parts."""
    source = refound(line, context)
    before = Settings.from_dict(without_parts(found.line.settings, found.line))
    wanted = at_source(replace(line, settings=with_parts(before, parts_of(line)).to_dict()), source)
    return in_place(context, found, wanted, source, [one.name for one in chosen_objects(context)])


def in_place(
    context: Any, found: Found, wanted: Line, source: Source, objects: Iterable[str], *, keep: bool = True
) -> KeyRequest:
    """What makes a line as wanted, where the found one is."""
    rate = scene_rate(context.scene)
    script, notes = _script(wanted, source)
    request = KeyRequest(
        source=source,
        objects=tuple(objects),
        settings=Settings.from_dict(wanted.settings),
        rate=rate,
        keying=wanted.keying,
        naming=wanted.naming,
        where=ACTIVE if found.strip is None else NLA,
        blend="REPLACE",
        parts=wanted.parts,
        script=script,
        beside=wanted.beside,
        edited=tracks.edited(found.action, found.line) if wanted.edited else None,
        notes=(*notes, *_outgrown(found.line, source)),
        shift=found.shift,
        moved=float(_moved(source_from_dict(found.line.source), source, rate)),
        places=lambda character: _places_of(character, found.line, keep=keep, make=True),
    )
    _places_of(request.character(), found.line, keep=False)
    return request


def _script(line: Line, source: Source) -> tuple[Script | None, tuple[str, ...]]:
    """A line's own; one beside the recording is read again, and another recording has another."""
    own = Script.from_dict(line.script) if line.script else None
    if not line.beside:
        return own, ()
    script, _ = script_beside(source, own.language if own else "")
    return (script, ()) if script else (own, ())


def _outgrown(line: Line, now: Source) -> Iterator[str]:
    """Edited phones count alone, so that what is heard of a sound in addition has none."""
    was, heard = source_from_dict(line.source).recording, now.recording
    earlier = (heard.begin or Fraction(0)) < (was.begin or Fraction(0))
    later = was.end is not None and (heard.end is None or heard.end > was.end)
    if line.edited and was.path == heard.path and (earlier or later):
        yield "More is heard of the sound than when its phones were edited; insert those that are new, or reset all."


def _moved(was: Source, now: Source, rate: FrameRate) -> Fraction:
    """Frames by which the recording has moved, from its own beginning on, so that a trim moves nothing."""
    if was.recording.path != now.recording.path:
        return now.first_frame - was.first_frame
    return now.frame_of(Fraction(0), rate) - was.frame_of(Fraction(0), rate)


def _places_of(character: Character, line: Line, *, keep: bool, make: bool = False) -> list[Place]:
    """Where the line is, with what was changed about it. `make`: a place for what it is not keyed on yet."""
    found: list[Place] = []
    for owner in character.owners:
        at = next((one for one in lines_on(owner.block) if one.line == line), None)
        if at is None:
            continue
        bag = compat.bag_of(at.action, compat.active_slot(at.strip or owner.block.animation_data))
        if bag is not None:
            refuse_locked(at.action, bag, owner.paths)
            slot = compat.handle(compat.slot_of(bag))
            changed = changes.found(at.action, bag, line, slot) if keep else Changes()
            found.append(Place(owner=owner, action=at.action, bag=bag, strip=at.strip, previous=line, changes=changed))
    if not found:
        raise KoeMorphError(f"{line.name} is no longer on {character.name}; press Animate Face.")
    if make:
        have = {place.owner.block for place in found}
        new = [owner for owner in character.owners if owner.joins and owner.block not in have]
        found += [place_beside(owner, found[0]) for owner in new]
    return found
