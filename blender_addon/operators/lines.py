# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done with each line of the list: play, mute, solo, move, remove. To make one again, see `update`."""

from __future__ import annotations

import math
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt
from bpy.props import IntProperty, StringProperty
from bpy.types import Operator

from ..character import chosen_objects
from ..line_list import Placed, as_strips, line_called, lines_of_objects, move_by, mute_all_but, remove
from ..sound_track import move_sound
from .base import guarded


class ForLine:
    """A button of one line."""

    bl_options = {"REGISTER", "UNDO"}

    report: Any

    line: StringProperty(name="Line", description="Which line", options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        def work() -> bool:
            self.do(context, line_called(chosen_objects(context), self.line))
            return True

        return {"FINISHED"} if guarded(self, work) else {"CANCELLED"}

    def do(self, context: bpy.types.Context, placed: Placed) -> None:
        raise NotImplementedError

    def stripped(self, context: bpy.types.Context, placed: Placed, lines: list[Placed]) -> Placed:
        """The line, once all of these are strips of the NLA."""
        if all(len(one.strips) == len(one.places) for one in lines):
            return placed
        as_strips(lines)
        self.report({"INFO"}, pgettext_rpt("The Action's lines are strips of the NLA now, so that each can be muted."))
        return line_called(chosen_objects(context), self.line)


class PlayLine(ForLine, Operator):
    """Go to the line and play from there; once more stops"""

    bl_idname = "koemorph.line_play"
    bl_label = "Play Line"

    def do(self, context: bpy.types.Context, placed: Placed) -> None:
        playing = context.screen is not None and context.screen.is_animation_playing
        if not playing:
            context.scene.frame_set(math.floor(placed.span.first))
        if context.screen is not None and not bpy.app.background:
            bpy.ops.screen.animation_play()


class MuteLine(ForLine, Operator):
    """Switch the line off or on; lines that share an Action become strips of the NLA first"""

    bl_idname = "koemorph.line_mute"
    bl_label = "Mute Line"

    def do(self, context: bpy.types.Context, placed: Placed) -> None:
        placed = self.stripped(context, placed, [placed])
        mute = not all(strip.mute for strip in placed.strips)
        for strip in placed.strips:
            strip.mute = mute


class SoloLine(ForLine, Operator):
    """Switch all other lines off, once more switches them on; lines that share an Action become strips first"""

    bl_idname = "koemorph.line_solo"
    bl_label = "Solo Line"

    def do(self, context: bpy.types.Context, placed: Placed) -> None:
        objects = chosen_objects(context)
        placed = self.stripped(context, placed, lines_of_objects(objects))
        mute_all_but(placed, lines_of_objects(objects))


class MoveLine(ForLine, Operator):
    """Move the line's keys as they are, and its sound in the sequencer with them"""

    bl_idname = "koemorph.line_move"
    bl_label = "Move Line"

    by: IntProperty(name="Frames", description="How far; backwards if it is less than 0", options={"SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> Any:
        return context.window_manager.invoke_props_dialog(self)

    def do(self, context: bpy.types.Context, placed: Placed) -> None:
        move_by(placed, self.by)
        move_sound(placed.line, self.by)


class RemoveLine(ForLine, Operator):
    """Remove the line's keys and strips; everything else stays"""

    bl_idname = "koemorph.line_remove"
    bl_label = "Remove Line"

    def do(self, context: bpy.types.Context, placed: Placed) -> None:
        remove(placed)


CLASSES = (PlayLine, MuteLine, SoloLine, MoveLine, RemoveLine)
