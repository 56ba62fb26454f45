# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a line again, in its place: with other settings, after its strip was moved, or from a new recording."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.props import BoolProperty, StringProperty
from bpy.types import Operator

from koemorph.settings import Settings

from ..character import chosen_objects
from ..directing import told
from ..key_line import KeyRequest
from ..parts import without_parts
from ..preview import preview
from ..properties import show_keying, show_settings
from ..retake import NO_LINE, chosen_line, current_line, in_place, refound, retake
from .base import ReasonedPoll
from .of_line import ForCurrentLine


class Update(ForCurrentLine, Operator):
    """Make the line at the current frame again, in its place, with the settings shown"""

    bl_idname = "koemorph.update"
    bl_label = "Update Line"
    bl_options = {"REGISTER", "UNDO"}

    line: StringProperty(name="Line", description="Which line", options={"HIDDEN", "SKIP_SAVE"})
    stored_settings: BoolProperty(
        name="Stored Settings", description="Use the settings that the line was made with", default=False
    )
    recording: StringProperty(
        name="Recording",
        description="Another recording in place of the line's own; empty keeps it",
        subtype="FILE_PATH",
    )

    def requested(self, context: bpy.types.Context) -> KeyRequest:
        found = chosen_line(context, self.line)
        stored = found is not None and self.stored_settings
        settings = Settings.from_dict(found.line.settings) if found and stored else None
        return retake(context, found, settings, Path(bpy.path.abspath(self.recording)) if self.recording else None)


class ClearChanges(ForCurrentLine, Operator):
    """Make the line at the current frame again as it was made, without what was changed about its keys by hand"""

    bl_idname = "koemorph.clear_changes"
    bl_label = "Clear Changes"
    bl_options = {"REGISTER", "UNDO"}

    def requested(self, context: bpy.types.Context) -> KeyRequest:
        found = self.found(context)
        objects = [one.name for one in chosen_objects(context)]
        return in_place(context, found, found.line, refound(found.line, context), objects, keep=False)


class LoadSettings(ReasonedPoll, Operator):
    """Show the settings that the line at the current frame was made with"""

    bl_idname = "koemorph.load_settings"
    bl_label = "Settings of This Line"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        return "" if current_line(context) else NO_LINE

    def execute(self, context: bpy.types.Context) -> set[str]:
        found = current_line(context)
        if found is None:
            return {"CANCELLED"}
        panel, line = context.scene.koemorph, found.line
        settings = without_parts(line.settings, line)
        if any(told(context.scene, chosen_objects(context))):  # what the timeline said is not the sliders'
            settings = {name: value for name, value in settings.items() if name not in ("directions", "mood_keys")}
        show_settings(panel.settings, settings)
        show_keying(panel, line.keying)
        panel.script.show(line)
        return {"FINISHED"}


class LivePreview(ReasonedPoll, Operator):
    """Show the current frame with the settings while they are changed; keys stay as they are until Update"""

    bl_idname = "koemorph.live_preview"
    bl_label = "Live Preview"

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        return "" if preview.on or current_line(context) else NO_LINE

    def execute(self, context: bpy.types.Context) -> set[str]:
        if preview.on:
            preview.stop()
        else:
            preview.start()
        return {"FINISHED"}


CLASSES = (Update, ClearChanges, LoadSettings, LivePreview)
