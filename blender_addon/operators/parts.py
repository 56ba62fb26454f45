# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a part of a line anew, and mark moods on the timeline."""

from __future__ import annotations

from dataclasses import replace

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty
from bpy.types import Operator

from ..character import chosen_objects
from ..key_line import KeyRequest
from ..marks import MOOD, Mark, name_for
from ..parts import MOODS, added, chosen_part, dropped
from ..properties import settings_of
from ..retake import retake_parts
from ..source import scene_rate
from .base import ReasonedPoll
from .of_line import ForCurrentLine


class RetakePart(ForCurrentLine, Operator):
    """Make these frames of the line anew and blend them in; all others stay as they are"""

    bl_idname = "koemorph.retake_part"
    bl_label = "Retake Part"

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if why := super().reason(context):
            return why
        part = context.scene.koemorph.part
        return "" if part.first < part.last else "Set the frames that the part begins and ends at"

    def requested(self, context: bpy.types.Context) -> KeyRequest:
        found, shown = self.found(context), context.scene.koemorph
        part = chosen_part(shown.part, found, settings_of(shown.settings), scene_rate(context.scene))
        return retake_parts(context, found, added(found.line, part))


class DropPart(ForCurrentLine, Operator):
    """Take the part away again, so that the line is there as it was made"""

    bl_idname = "koemorph.drop_part"
    bl_label = "Drop Part"

    number: IntProperty(name="Number", description="Which part, counted from 0", options={"SKIP_SAVE"})

    def requested(self, context: bpy.types.Context) -> KeyRequest:
        found = self.found(context)
        return retake_parts(context, found, dropped(found.line, self.number))


class PartHere(ReasonedPoll, Operator):
    """The part begins or ends at the current frame"""

    bl_idname = "koemorph.part_here"
    bl_label = "Set to Current Frame"
    bl_options = {"REGISTER", "UNDO"}

    end: EnumProperty(
        name="End",
        description="Which end of the part",
        items=[("first", "From", "Where it begins"), ("last", "To", "Where it ends")],
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        setattr(context.scene.koemorph.part, self.end, context.scene.frame_current)
        return {"FINISHED"}


class MarkMood(ReasonedPoll, Operator):
    """Add a timeline marker at the current frame: from there on lines are in this mood when they are made or updated"""

    bl_idname = "koemorph.mark_mood"
    bl_label = "Mark Mood"
    bl_options = {"REGISTER", "UNDO"}

    mood: EnumProperty(name="Mood", description="The mood from there on", items=MOODS)
    intensity: FloatProperty(name="Intensity", description="How strong the mood is", default=0.8, min=0.0, max=1.0)
    alone: BoolProperty(name="This Character Alone", description="Nobody else in the scene is in this mood then")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return set(context.window_manager.invoke_props_dialog(self))

    def execute(self, context: bpy.types.Context) -> set[str]:
        markers, frame = context.scene.timeline_markers, context.scene.frame_current
        whom = name_for(chosen_objects(context)) if self.alone else ""
        mark = Mark(frame=frame, name=MOOD, value=f"{self.mood} {self.intensity:.2g}", whom=whom)
        begin = str(replace(mark, value=""))
        for old in [one for one in markers if one.frame == frame and one.name.startswith(begin)]:
            markers.remove(old)
        markers.new(str(mark), frame=frame)
        return {"FINISHED"}


CLASSES = (RetakePart, DropPart, PartHere, MarkMood)
