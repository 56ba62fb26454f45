# SPDX-License-Identifier: GPL-3.0-or-later
"""The phones of the line at the current frame, in the sidebar: a list, and the edits of the chosen one."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import UIList

from koemorph.errors import KoeMorphError

from .operators.markers import ClearMarkers, MarkLine
from .operators.phones import (
    DropPhone,
    GoToPhone,
    InsertPhone,
    MovePhone,
    ResetPhones,
    SetPhone,
    current,
    frame_of,
)
from .sentences import say, say_why

SOURCES = {"heard": "SPEAKER", "script": "TEXT", "edited": "GREASEPENCIL"}
"""Icons of who says so."""
SURE = ((0.8, "STRIP_COLOR_05"), (0.5, "STRIP_COLOR_03"), (0.0, "STRIP_COLOR_02"))
"""Icons by the least confidence: calm blue is sure, orange is a guess."""


class PhonesPanel:
    bl_label = "Phones"
    bl_options = {"DEFAULT_CLOSED"}
    layout: Any

    def draw(self, context: bpy.types.Context) -> None:
        layout, there = self.layout, current(context)
        if there is None:
            say(layout, context, InsertPhone.reason(context), "INFO")
            return
        found, held = there
        for sentence in found.line.told:
            say(layout, context, sentence, "INFO")
        layout.template_list("KOEMORPH_UL_phones", "", held, "phones", held, "row", rows=8)
        row = layout.row(align=True)
        row.prop(context.scene.koemorph, "phone", text="")
        row.operator(SetPhone.bl_idname, text="Set", icon="CHECKMARK")
        row.operator(InsertPhone.bl_idname, text="Insert", icon="ADD")
        row.operator(DropPhone.bl_idname, text="", icon="REMOVE")
        for side, label in (("START", "Start"), ("END", "End")):
            _draw_boundary(layout.row(align=True), side, label)
        layout.operator(ResetPhones.bl_idname, icon="LOOP_BACK")
        why = next((reason for kind in (SetPhone, ResetPhones) if (reason := kind.reason(context))), "")
        say(layout, context, why, "INFO", room=1)
        row = layout.row(align=True)
        for what in ("WORDS", "PHONES"):
            row.operator(MarkLine.bl_idname, text=f"Mark {what.capitalize()}", icon="MARKER_HLT").what = what
        row.operator(ClearMarkers.bl_idname, text="", icon="X")
        say_why(layout, context, MarkLine, ClearMarkers)


def _draw_boundary(row: Any, side: str, label: str) -> None:
    row.label(text=label)
    for by, icon in ((-1, "TRIA_LEFT"), (1, "TRIA_RIGHT")):
        moved = row.operator(MovePhone.bl_idname, text=f"{by:+d}", icon=icon)
        moved.side, moved.by, moved.playhead, moved.alone = side, by, False, False
    moved = row.operator(MovePhone.bl_idname, text="To Playhead", icon="TIME")
    moved.side, moved.by, moved.playhead, moved.alone = side, 0, True, False


class PhoneList(UIList):
    bl_idname = "KOEMORPH_UL_phones"

    def draw_item(
        self, context: Any, layout: Any, data: Any, item: Any, icon: int, active_data: Any, active: str, index: int = 0
    ) -> None:
        there = current(context)
        try:
            phone = item.phone
        except KoeMorphError:
            layout.label(text="?", icon="ERROR")
            return
        if there is None:
            return
        begin, end = (frame_of(context, there[0], moment) for moment in (phone.start, phone.end))
        row = layout.row(align=True)
        sounds = begin <= context.scene.frame_current_final < end
        row.operator(GoToPhone.bl_idname, text="", icon="PLAY" if sounds else "DOT", emboss=False).row = index
        row.label(text=phone.symbol, translate=False)
        row.label(text=item.word, translate=False)
        row.label(text=f"{begin:.1f} - {end:.1f}", translate=False)
        row.label(text="", icon=SOURCES[phone.source])
        row.label(text="", icon=next(name for least, name in SURE if phone.confidence >= least))


CLASSES = (PhoneList,)
