# SPDX-License-Identifier: GPL-3.0-or-later
"""What is listened to, what is said in it and whom it is keyed on: the upper part of the KoeMorph tab."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface

from koemorph.errors import KoeMorphError

from . import compat
from .character import character_of, chosen_objects
from .operators.recording import ChooseRecording
from .owner import Character
from .sentences import say

_LISTED = 6


def _choices(layout: Any, panel: Any, name: str) -> None:
    """Side by side over the whole width, so that each can be read."""
    row = layout.row(align=True)
    row.use_property_split = False
    row.prop(panel, name, expand=True)


def draw_source(layout: Any, context: bpy.types.Context, panel: Any) -> None:
    _choices(layout, panel, "source")
    if panel.source == "FILE":
        row = layout.row(align=True)
        row.prop(panel, "audio")
        row.operator(ChooseRecording.bl_idname, text="", icon="FILEBROWSER")
        layout.prop(panel, "start_frame")
        layout.prop(panel, "with_sound")
    elif panel.source == "STRIP":
        editor = compat.sequencer_scene(context).sequence_editor
        if editor is None:
            say(layout, context, "The sequencer has no strips; add the recording there", "INFO")
        else:
            layout.prop_search(panel, "strip", editor, compat.STRIPS, icon="SEQUENCE")
    else:
        layout.prop(panel, "speaker")
    layout.prop(panel, "channel")
    _draw_script(layout, context, panel.script)


def _draw_script(layout: Any, context: bpy.types.Context, script: Any) -> None:
    row = layout.row(align=True)
    row.prop(script, "kind", text="")
    row.prop(script, "text" if script.kind == "TYPED" else "block", text="")
    layout.prop(script, "language")
    layout.prop(script, "beside")


def draw_target(layout: Any, context: bpy.types.Context, panel: Any) -> Character | None:
    _choices(layout, panel, "scope")
    objects = chosen_objects(context)
    try:
        character = character_of(objects, panel.naming)
    except KoeMorphError:
        return None  # the button below says why
    cover = character.coverage
    missing = [*cover.missing, *cover.empty, *cover.ambiguous]
    heard, asked = cover.visemes
    text = pgettext_iface("{have} of {all} shapes on {names}").format(
        have=len(cover.matched) - heard,
        all=cover.wanted - asked,
        names=", ".join(owner.described for owner in character.owners),
    )
    visemes = pgettext_iface("{have} of {all} visemes").format(have=heard, all=asked) + ", " if asked else ""
    say(layout, context, visemes + text, "ERROR" if missing else "CHECKMARK")
    if cover.approximated:
        say(layout, context, pgettext_iface("{count} by the nearest there is").format(count=len(cover.approximated)))
    if missing:
        more = f" +{len(missing) - _LISTED}" if len(missing) > _LISTED else ""
        say(layout, context, pgettext_iface("Missing: {names}").format(names=", ".join(missing[:_LISTED]) + more))
    for note in character.notes:
        say(layout, context, note, "INFO")
    return character
