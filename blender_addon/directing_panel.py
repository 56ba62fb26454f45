# SPDX-License-Identifier: GPL-3.0-or-later
"""What directs a performance over time: the timeline's markers and keys, and parts of the line made anew."""

from __future__ import annotations

from typing import Any

import bpy

from koemorph.errors import KoeMorphError

from . import directing
from .operators.base import progress
from .operators.parts import DropPart, MarkMood, PartHere, RetakePart
from .parts import AS_IT_IS, frames_of, parts_of, told
from .preview import preview
from .retake import current_line
from .sentences import say
from .source import scene_rate

_SHOWN = 8


class DirectingPanel:
    bl_label = "Directing"
    bl_options = {"DEFAULT_CLOSED"}
    layout: Any

    def draw(self, context: bpy.types.Context) -> None:
        _draw_timeline(self.layout, context)
        _draw_part(self.layout, context)


def _draw_timeline(layout: Any, context: bpy.types.Context) -> None:
    layout.operator(MarkMood.bl_idname, icon="MARKER")
    try:
        directions = list(directing.told(context.scene))
    except KoeMorphError as err:
        if str(err) not in (progress.last_error, preview.error):
            say(layout, context, str(err), "ERROR")
        return
    if not directions:
        say(
            layout,
            context,
            "Markers such as mood:anger 0.8, jaw_strength:1.5 or, for one character, Anna mood:joy, and keys on the "
            "sliders above direct lines when they are made or updated",
            "INFO",
        )
    column = layout.column(align=True)
    for text in directions[:_SHOWN]:
        column.label(text=text, translate=False)
    if len(directions) > _SHOWN:
        column.label(text=f"+{len(directions) - _SHOWN}", translate=False)


def _draw_part(layout: Any, context: bpy.types.Context) -> None:
    box, part, found = layout.box(), context.scene.koemorph.part, current_line(context)
    for name in ("first", "last"):
        row = box.row(align=True)
        row.prop(part, name)
        row.operator(PartHere.bl_idname, text="", icon="TIME").end = name
    box.prop(part, "seed")
    row = box.row(align=True)
    row.prop(part, "mood", text="")
    if part.mood != AS_IT_IS:
        row.prop(part, "mood_intensity")
    box.prop(part, "script")
    if part.script:
        box.prop(part, "language")
    box.prop(part, "with_sliders")
    box.prop(part, "ease")
    box.operator(RetakePart.bl_idname, icon="FILE_REFRESH")
    if why := RetakePart.reason(context):
        say(box, context, why, "INFO")
    if found is None:
        return
    for number, made in enumerate(parts_of(found.line)):
        first, last = frames_of(found, made, scene_rate(context.scene))
        row = box.row(align=True)
        row.label(text=f"{first} - {last}  {told(made)}", translate=False)
        row.operator(DropPart.bl_idname, text="", icon="X").number = number
