# SPDX-License-Identifier: GPL-3.0-or-later
"""What turns with the head and what the eyes look at, in the sidebar."""

from __future__ import annotations

from typing import Any

import bpy

from .character import chosen_objects
from .sentences import say


class HeadPanel:
    bl_label = "Head and Eyes"
    bl_options = {"DEFAULT_CLOSED"}
    layout: Any

    def draw(self, context: bpy.types.Context) -> None:
        layout, objects = self.layout, chosen_objects(context)
        if not objects:
            say(layout, context, "Nothing is active; select a character's face", "INFO")
            return
        heads = [one.koemorph.head for one in objects]
        head = next((one for one in heads if one.target or one.look_at), heads[0])
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(head, "target")
        if head.target is not None and head.target.type == "ARMATURE":
            layout.prop_search(head, "bone", head.target.pose, "bones")
            layout.prop_search(head, "neck", head.target.pose, "bones")
            row = layout.row()
            row.enabled = bool(head.neck)
            row.prop(head, "neck_share", slider=True)
        if head.missing:
            say(layout, context, head.missing, "ERROR")
        elif head.target is None:
            say(layout, context, "The head does not turn until you choose what turns", "INFO")
        elif head.helper is None:
            say(layout, context, "It turns once a line is made or updated", "INFO")
        layout.prop(head, "look_at")
