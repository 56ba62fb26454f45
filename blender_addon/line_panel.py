# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that are keyed already, in the sidebar: the one at the current frame, and the list of all."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface

from koemorph.errors import KoeMorphError
from koemorph.trust.words import listed

from .character import chosen_objects
from .following import follower, is_trimmed, moved_by
from .line_list import Placed, lines_of_objects, name_of
from .operators.follow import FollowSounds
from .operators.lines import MoveLine, MuteLine, PlayLine, RemoveLine, SoloLine
from .operators.script import UseScript
from .operators.update import ClearChanges, LivePreview, LoadSettings, Update
from .preview import preview
from .retake import NO_LINE, current_line, refound
from .sentences import say


def draw_line(layout: Any, context: bpy.types.Context, said: set[str]) -> None:
    """What was said above is not said again."""
    found = current_line(context)
    if found is None:
        return
    line = found.line
    box = layout.box()
    span = found.span
    box.label(text=f"{line.name}  {span.first:g} - {span.last:g}", icon="FILE_SOUND", translate=False)
    try:
        source = refound(line, context)
        moved, trimmed = moved_by(line, source), is_trimmed(line, source)
        if trimmed:
            say(box, context, "Something else is heard of its sound now")
        elif moved:
            say(box, context, pgettext_iface("Its sound has moved by {frames} frames").format(frames=f"{moved:+g}"))
        if moved or trimmed:
            box.operator(FollowSounds.bl_idname, icon="UV_SYNC_SELECT")
        if source.kind != "FILE":
            box.prop(context.scene.koemorph, "follow")
        if follower.error not in ("", *said):
            say(box, context, follower.error, "ERROR")
    except KoeMorphError as err:
        if str(err) not in said:
            say(box, context, str(err), "ERROR")
    unkeyed = "What you see is not keyed yet; press Update" if preview.shown else ""
    error = "" if preview.error in said else preview.error
    say(box, context, error or unkeyed, "INFO", room=2)
    if line.changed:
        say(box, context, pgettext_iface("Changed by hand: {names}").format(names=listed(line.changed)))
    for sentence in line.told:
        say(box, context, sentence, "TEXT")
    row = box.row(align=True)
    row.operator(Update.bl_idname, text="Update", icon="FILE_REFRESH")
    row.operator(LivePreview.bl_idname, text="", icon="HIDE_OFF", depress=preview.on)
    row.operator(LoadSettings.bl_idname, text="", icon="COPYDOWN")
    row.operator(UseScript.bl_idname, text="", icon="TEXT")
    row.operator(ClearChanges.bl_idname, text="", icon="LOOP_BACK")


class LinesPanel:
    layout: Any
    bl_label = "Lines"

    def draw(self, context: bpy.types.Context) -> None:
        lines = lines_of_objects(chosen_objects(context))
        if not lines:
            say(self.layout, context, f"{NO_LINE}.", "INFO")
        for placed in lines:
            _draw_listed(self.layout, placed)


def _draw_listed(layout: Any, placed: Placed) -> None:
    """One line: its name, mood and frames, and what can be done with it."""
    key, row = name_of(placed.line), layout.row(align=True)
    row.operator(PlayLine.bl_idname, text="", icon="PLAY").line = key
    span = placed.span
    about = f" ({placed.about})" if placed.about else ""
    row.label(text=f"{placed.line.name}{about}  {span.first:g} - {span.last:g}", translate=False)
    row.operator(MuteLine.bl_idname, text="", icon="CHECKBOX_DEHLT" if placed.muted else "CHECKBOX_HLT").line = key
    row.operator(SoloLine.bl_idname, text="", icon="SOLO_OFF").line = key
    row.operator(MoveLine.bl_idname, text="", icon="ARROW_LEFTRIGHT").line = key
    row.operator(Update.bl_idname, text="", icon="FILE_REFRESH").line = key
    row.operator(RemoveLine.bl_idname, text="", icon="TRASH").line = key
