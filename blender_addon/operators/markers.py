# SPDX-License-Identifier: GPL-3.0-or-later
"""Words or phones of the line at the current frame as markers on the timeline, on request."""

from __future__ import annotations

import bpy
from bpy.props import EnumProperty
from bpy.types import Operator

from koemorph.errors import TakeError

from .. import markers
from ..retake import NO_LINE, current_line
from .base import ReasonedPoll, guarded
from .phones import NO_PHONES, current


class MarkLine(ReasonedPoll, Operator):
    """Mark on the timeline where words or phones of the line begin. Markers follow the line when it is made again"""

    bl_idname = "koemorph.mark_line"
    bl_label = "Mark Line"
    bl_options = {"REGISTER", "UNDO"}

    what: EnumProperty(
        name="Marked",
        description="What is marked",
        items=[
            (markers.WORDS, "Words", "The words of its script"),
            (markers.PHONES, "Phones", "Each phone by its symbol"),
        ],
    )

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if current_line(context) is None:
            return NO_LINE
        return "" if current(context) else NO_PHONES

    def execute(self, context: bpy.types.Context) -> set[str]:
        count = guarded(self, lambda: self._marked(context))
        if count is None:
            return {"CANCELLED"}
        self.report({"INFO"}, f"{count} markers.")
        return {"FINISHED"}

    def _marked(self, context: bpy.types.Context) -> int:
        there = current(context)
        if there is None:
            raise TakeError(f"{self.reason(context)}.")
        found, held = there
        if self.what == markers.WORDS and not held.words:
            raise TakeError("The line has no words, since it has no script; give it one, or mark its phones.")
        return markers.mark(context.scene, found.line, held.tracks, self.what, found.shift)


class ClearMarkers(ReasonedPoll, Operator):
    """Take the line's markers off the timeline; all others stay"""

    bl_idname = "koemorph.clear_markers"
    bl_label = "Clear Markers"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        found = current_line(context)
        if found is None:
            return NO_LINE
        return "" if markers.marked(context.scene, found.line) else "The line has no markers"

    def execute(self, context: bpy.types.Context) -> set[str]:
        found = current_line(context)
        assert found is not None
        markers.clear(bpy.data.scenes, found.line)
        return {"FINISHED"}


CLASSES = (MarkLine, ClearMarkers)
