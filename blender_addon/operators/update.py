# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a line again, in its place: with other settings, after its strip was moved, or from a new recording."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty
from bpy.types import Operator

from koemorph.errors import KoeMorphError
from koemorph.settings import Settings

from .. import compat, keys
from ..character import Character, chosen_objects
from ..destination import ACTIVE, NLA, Place
from ..line import Found, Line, forget, line_at, lines_on, source_from_dict
from ..press import Order
from ..properties import settings_of, show_settings
from ..source import Source, found_strip, from_speaker, from_strip, scene_rate
from .base import LineOperator


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


class Update(LineOperator, Operator):
    """Make the line at the current frame again, in its place, with the settings shown"""

    bl_idname = "koemorph.update"
    bl_label = "Update Line"
    bl_options = {"REGISTER", "UNDO"}

    stored_settings: BoolProperty(
        name="Stored Settings", description="Use the settings that the line was made with", default=False
    )
    recording: StringProperty(
        name="Recording",
        description="Another recording in place of the line's own; empty keeps it",
        subtype="FILE_PATH",
    )

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if why := super().reason(context):
            return why
        return "" if current_line(context) else "The active object has no line that was made by KoeMorph"

    def ordered(self, context: bpy.types.Context) -> Order:
        found = current_line(context)
        if found is None:
            raise KoeMorphError("The active object has no line that was made by KoeMorph.")
        line = found.line
        source = refound(line, context)
        if self.recording:
            source = replace(source, kind="FILE", path=Path(bpy.path.abspath(self.recording)), begin=None, end=None)
        panel = context.scene.koemorph
        settings = Settings.from_dict(line.settings) if self.stored_settings else settings_of(panel.settings)
        rate = scene_rate(context.scene)
        names = tuple(one.name for one in chosen_objects(context))
        where = ACTIVE if found.strip is None else NLA
        placed = Order(
            source, names, settings, rate, line.naming, where, panel.blend, panel.style, panel.tolerance,
            places=lambda character: _places_of(character, line),
        )  # fmt: skip
        placed.character()
        return placed


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


class LoadSettings(Operator):
    """Show the settings that the line at the current frame was made with"""

    bl_idname = "koemorph.load_settings"
    bl_label = "Settings of This Line"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return current_line(context) is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        found = current_line(context)
        if found is None:
            return {"CANCELLED"}
        panel, line = context.scene.koemorph, found.line
        show_settings(panel.settings, line.settings)
        panel.style, panel.tolerance = line.style, line.tolerance
        return {"FINISHED"}


CLASSES = (Update, LoadSettings)
