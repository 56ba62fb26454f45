# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's links in the sidebar: what drives what, how far each target goes, what else can be driven."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface
from bpy.types import UIList

from koemorph.rig import Channel

from .mapping import target_row
from .operators.bones import SetFull, SetRest
from .operators.mapping import AddLink, ClearMapping, LoadMapping, MatchMapping, RemoveLink, SaveMapping
from .operators.outputs import AddControls, DrawMouth, LinkPoses
from .sentences import say, say_why

UNITS = {"rotate": "degrees", "move": "scene units", "scale": "share"}


class MappingPanel:
    bl_label = "Mapping"
    bl_options = {"DEFAULT_CLOSED"}
    layout: Any

    def draw(self, context: bpy.types.Context) -> None:
        layout, one = self.layout, context.object
        if one is None:
            say(layout, context, "Nothing is active; select a character's face", "INFO")
            return
        own = one.koemorph
        layout.prop(context.scene.koemorph, "naming")
        row = layout.row(align=True)
        row.operator(MatchMapping.bl_idname)
        row.operator(ClearMapping.bl_idname)
        say_why(layout, context, MatchMapping, ClearMapping)
        row = layout.row()
        row.template_list("KOEMORPH_UL_links", "", own, "rows", own, "row", rows=6)
        column = row.column(align=True)
        column.operator(AddLink.bl_idname, text="", icon="ADD")
        column.operator(RemoveLink.bl_idname, text="", icon="REMOVE")
        if 0 <= own.row < len(own.rows):
            column = layout.column()
            column.use_property_split = True
            column.use_property_decorate = False
            for name in ("source", "target", "gain", "offset", "inverted", "picks"):
                column.prop(own.rows[own.row], name)
        _draw_target(layout, context)
        _draw_bones(layout, context)
        row = layout.row(align=True)
        row.operator(LoadMapping.bl_idname, text="Load")
        row.operator(SaveMapping.bl_idname, text="Save")
        for kind, icon in ((LinkPoses, "ASSET_MANAGER"), (DrawMouth, "GREASEPENCIL"), (AddControls, "EMPTY_AXIS")):
            layout.operator(kind.bl_idname, icon=icon)
            say_why(layout, context, kind)


class LinkList(UIList):
    bl_idname = "KOEMORPH_UL_links"

    def draw_item(
        self, context: Any, layout: Any, data: Any, item: Any, icon: int, active_data: Any, active_property: str
    ) -> None:
        row = layout.split(factor=0.45)
        row.label(text=item.source or "-", translate=False)
        row.prop(item, "target", text="", emboss=False)


def _draw_target(layout: Any, context: bpy.types.Context) -> None:
    """How far the chosen link's target goes, whatever drives it, in the target's own unit."""
    told = target_row(context.object)
    if told is None:
        return
    box = layout.box()
    channel = Channel.of(told.name)
    unit = f" ({pgettext_iface(UNITS[channel.kind])})" if channel else ""
    box.label(text=told.name + unit, translate=False)
    box.prop(told, "test", slider=True)
    column = box.column()
    column.use_property_split = True
    column.use_property_decorate = False
    column.prop(told, "gain")
    column.prop(told, "rest")
    for name in ("minimum", "maximum"):
        row = column.row(heading=name.capitalize(), align=True)
        row.prop(told, f"has_{name}", text="")
        limit = row.row()
        limit.enabled = getattr(told, f"has_{name}")
        limit.prop(told, name, text="")


def _draw_bones(layout: Any, context: bpy.types.Context) -> None:
    if context.object.type != "ARMATURE":
        return
    row = layout.row(align=True)
    row.operator(SetRest.bl_idname)
    row.operator(SetFull.bl_idname)
    say_why(layout, context, SetRest, SetFull)


CLASSES = (LinkList,)
