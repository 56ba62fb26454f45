# SPDX-License-Identifier: GPL-3.0-or-later
"""The KoeMorph tab, in the sidebars of the 3D viewport and of the Dope Sheet."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface
from bpy.types import Panel

from koemorph.errors import KoeMorphError

from . import destination
from .destination import ACTIVE, NLA
from .directing_panel import DirectingPanel
from .head_panel import HeadPanel
from .keys import Span
from .line_panel import LinesPanel, draw_line
from .mapping_panel import MappingPanel
from .operators.animate import Animate, Cancel
from .operators.base import progress
from .operators.export import ExportTake
from .operators.first_line import AnimateRecording, TryIt
from .operators.imports import ImportTake
from .operators.presets import AddPreset, PresetMenu
from .operators.sample_face import AddSampleFace
from .operators.shot_list import KeyShotList
from .operators.window import OpenWindow
from .owner import Character
from .phones_panel import PhonesPanel
from .properties import GROUPS, keying_of
from .sentences import say, say_why
from .source import chosen_source
from .source_panel import draw_source, draw_target
from .window import window

SPACES = ("VIEW_3D", "DOPESHEET_EDITOR")
FIRST = ("temperature", "lower_face_smoothing", "upper_face_smoothing")
"""Shown above all other settings."""


class Drawn:
    layout: Any


class Main(Drawn):
    bl_label = "KoeMorph"

    def draw(self, context: bpy.types.Context) -> None:
        layout, panel = self.layout, context.scene.koemorph
        layout.use_property_split = True
        layout.use_property_decorate = False
        draw_source(layout, context, panel)
        character = draw_target(layout, context, panel)
        _draw_keys(layout, context, panel, character)
        _draw_buttons(layout, context)


class SettingsPanel(Drawn):
    bl_label = "Settings"

    def draw(self, context: bpy.types.Context) -> None:
        layout, shown = self.layout, context.scene.koemorph.settings
        row = layout.row(align=True)
        row.menu(PresetMenu.bl_idname, text="Presets")
        row.operator(AddPreset.bl_idname, text="", icon="ADD")
        row.operator(AddPreset.bl_idname, text="", icon="REMOVE").remove_active = True
        for name in FIRST:
            layout.prop(shown, name)


class GroupPanel(Drawn):
    bl_options = {"DEFAULT_CLOSED"}
    names: tuple[str, ...] = ()

    def draw(self, context: bpy.types.Context) -> None:
        for name in self.names:
            self.layout.prop(context.scene.koemorph.settings, name)


class FilesPanel(Drawn):
    bl_label = "Files"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.operator(ImportTake.bl_idname, icon="IMPORT")
        column.operator(ExportTake.bl_idname, icon="EXPORT")
        say_why(column, context, ImportTake, ExportTake)
        column.separator()
        column.prop(context.scene.koemorph, "shot_list")
        column.operator(KeyShotList.bl_idname, icon="PRESET")
        column.separator()
        column.operator(AddSampleFace.bl_idname, icon="MONKEY")


def _draw_keys(layout: Any, context: bpy.types.Context, panel: Any, character: Character | None) -> None:
    layout.prop(panel, "where")
    if panel.where == NLA:
        layout.prop(panel, "blend")
    layout.prop(panel, "style")
    if keying_of(panel).how.reduced:
        layout.prop(panel, "tolerance")
    if character is None or panel.where != ACTIVE:
        return
    try:
        destination.check(character.owners, panel.where)
        begin = float(chosen_source(context).first_frame)
    except KoeMorphError:
        return  # the button below says why
    count = destination.replaced_keys(character.owners, ACTIVE, Span(begin, float("inf")))
    if count:
        text = pgettext_iface("{count} keys from frame {begin} on: those inside of the line are replaced")
        say(layout, context, text.format(begin=f"{begin:g}", count=count), "INFO")


def _draw_buttons(layout: Any, context: bpy.types.Context) -> None:
    column, why = layout.column(align=True), ""
    if progress.rendering is not None:
        rendering = progress.rendering
        row = column.row(align=True)
        row.progress(factor=rendering.fraction, text=pgettext_iface(rendering.stage.capitalize()))
        row.operator(Cancel.bl_idname, text="", icon="CANCEL")
    else:
        shown = context.scene.koemorph
        first = shown.source == "FILE" and not shown.audio
        kind = AnimateRecording if first and context.object else Animate
        big = column.row()
        big.scale_y = 1.5
        big.operator(kind.bl_idname, icon="PLAY")
        if why := kind.reason(context):
            say(column, context, why, "INFO")
        if first and why:
            column.operator(TryIt.bl_idname, icon="MONKEY")
    column.operator(OpenWindow.bl_idname, icon="WINDOW")
    if not_opened := OpenWindow.reason(context):
        say(column, context, not_opened, "INFO")
    for error in dict.fromkeys((progress.last_error, window.error)):
        if error and error != why:
            say(layout, context, error, "ERROR")
    draw_line(layout, context, {why, progress.last_error, window.error})


def _placed(kind: type, name: str, space: str, parent: str = "", **more: Any) -> type[Panel]:
    """The panel class of that name in one space's sidebar."""
    placed: dict[str, Any] = {
        "bl_idname": f"KOEMORPH_PT_{name}_{space.lower()}",
        "bl_space_type": space,
        "bl_region_type": "UI",
        "bl_category": "KoeMorph",
        **more,
    }
    if parent:
        placed["bl_parent_id"] = f"KOEMORPH_PT_{parent}_{space.lower()}"
    return type(f"{kind.__name__}{name.title()}{space.title()}", (kind, Panel), placed)


def _panels(space: str) -> list[type[Panel]]:
    groups = {group: tuple(name for name in names if name not in FIRST) for group, names in GROUPS.items()}
    return [
        _placed(Main, "main", space),
        _placed(SettingsPanel, "settings", space, "main"),
        *(
            _placed(GroupPanel, group.lower(), space, "settings", bl_label=group, names=names)
            for group, names in groups.items()
            if names
        ),
        _placed(PhonesPanel, "phones", space, "main"),
        _placed(LinesPanel, "lines", space, "main"),
        _placed(DirectingPanel, "directing", space, "main"),
        _placed(HeadPanel, "head_and_eyes", space, "main"),
        _placed(MappingPanel, "mapping", space, "main"),
        _placed(FilesPanel, "files", space, "main"),
    ]


CLASSES = tuple(panel for space in SPACES for panel in _panels(space))
