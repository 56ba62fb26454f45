# SPDX-License-Identifier: GPL-3.0-or-later
"""The KoeMorph tab, in the sidebars of the 3D viewport and of the Dope Sheet."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface
from bpy.types import Panel

from koemorph.errors import KoeMorphError
from koemorph.trust.words import listed

from . import compat, destination
from .character import Character, character_of, chosen_objects
from .destination import ACTIVE, NLA
from .directing_panel import DirectingPanel
from .following import follower, is_trimmed, moved_by
from .keys import Span
from .line_list import Placed, lines_of_objects, name_of
from .mapping_panel import MappingPanel
from .operators.animate import Animate, Cancel
from .operators.base import progress
from .operators.export import ExportTake
from .operators.first_line import AnimateRecording, TryIt
from .operators.follow import FollowSounds
from .operators.imports import ImportTake
from .operators.lines import MoveLine, MuteLine, PlayLine, RemoveLine, SoloLine
from .operators.presets import AddPreset, PresetMenu
from .operators.recording import ChooseRecording
from .operators.sample_face import AddSampleFace
from .operators.shot_list import KeyShotList
from .operators.update import ClearChanges, LivePreview, LoadSettings, Update
from .operators.window import OpenWindow
from .preview import preview
from .properties import GROUPS, keying_of
from .retake import NO_LINE, current_line, refound
from .sentences import say
from .source import chosen_source
from .window import window

SPACES = ("VIEW_3D", "DOPESHEET_EDITOR")
FIRST = ("temperature", "lower_face_smoothing", "upper_face_smoothing")
"""Shown above all other settings."""
_LISTED = 6


class Drawn:
    layout: Any


class Main(Drawn):
    bl_label = "KoeMorph"

    def draw(self, context: bpy.types.Context) -> None:
        layout, panel = self.layout, context.scene.koemorph
        layout.use_property_split = True
        layout.use_property_decorate = False
        _draw_source(layout, context, panel)
        character = _draw_target(layout, context, panel)
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


class LinesPanel(Drawn):
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


class FilesPanel(Drawn):
    bl_label = "Files"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.operator(ImportTake.bl_idname, icon="IMPORT")
        column.operator(ExportTake.bl_idname, icon="EXPORT")
        column.separator()
        column.prop(context.scene.koemorph, "shot_list")
        column.operator(KeyShotList.bl_idname, icon="PRESET")
        column.separator()
        column.operator(AddSampleFace.bl_idname, icon="MONKEY")


def _choices(layout: Any, panel: Any, name: str) -> None:
    """Side by side over the whole width, so that each can be read."""
    row = layout.row(align=True)
    row.use_property_split = False
    row.prop(panel, name, expand=True)


def _draw_source(layout: Any, context: bpy.types.Context, panel: Any) -> None:
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


def _draw_target(layout: Any, context: bpy.types.Context, panel: Any) -> Character | None:
    _choices(layout, panel, "scope")
    objects = chosen_objects(context)
    try:
        character = character_of(objects, panel.naming)
    except KoeMorphError:
        return None  # the button below says why
    cover = character.coverage
    missing = [*cover.missing, *cover.empty, *cover.ambiguous]
    text = pgettext_iface("{have} of {all} shapes on {names}").format(
        have=len(cover.matched), all=cover.wanted, names=", ".join(owner.described for owner in character.owners)
    )
    say(layout, context, text, "ERROR" if missing else "CHECKMARK")
    if missing:
        more = f" +{len(missing) - _LISTED}" if len(missing) > _LISTED else ""
        say(layout, context, pgettext_iface("Missing: {names}").format(names=", ".join(missing[:_LISTED]) + more))
    for note in character.notes:
        say(layout, context, note, "INFO")
    return character


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
        if first and not _has_shapes(context.object):
            column.operator(TryIt.bl_idname, icon="MONKEY")
    column.operator(OpenWindow.bl_idname, icon="WINDOW")
    if not_opened := OpenWindow.reason(context):
        say(column, context, not_opened, "INFO")
    for error in dict.fromkeys((progress.last_error, window.error)):
        if error and error != why:
            say(layout, context, error, "ERROR")
    _draw_line(layout, context)


def _has_shapes(one: Any) -> bool:
    return one is not None and (one.type != "MESH" or one.data.shape_keys is not None)


def _draw_line(layout: Any, context: bpy.types.Context) -> None:
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
        if follower.error:
            say(box, context, follower.error, "ERROR")
    except KoeMorphError as err:
        say(box, context, str(err), "ERROR")
    unkeyed = "What you see is not keyed yet; press Update" if preview.shown else ""
    say(box, context, preview.error or unkeyed, "INFO", room=2)
    if line.changed:
        say(box, context, pgettext_iface("Changed by hand: {names}").format(names=listed(line.changed)))
    row = box.row(align=True)
    row.operator(Update.bl_idname, text="Update", icon="FILE_REFRESH")
    row.operator(LivePreview.bl_idname, text="", icon="HIDE_OFF", depress=preview.on)
    row.operator(LoadSettings.bl_idname, text="", icon="COPYDOWN")
    row.operator(ClearChanges.bl_idname, text="", icon="LOOP_BACK")


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
        _placed(LinesPanel, "lines", space, "main"),
        _placed(DirectingPanel, "directing", space, "main"),
        _placed(MappingPanel, "mapping", space, "main"),
        _placed(FilesPanel, "files", space, "main"),
    ]


CLASSES = tuple(panel for space in SPACES for panel in _panels(space))
