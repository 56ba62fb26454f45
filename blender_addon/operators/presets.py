# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets of the settings: those of the core, and people's own in Blender's preset system."""

from dataclasses import fields

import bpy
from bl_operators.presets import AddPresetBase
from bpy.app.translations import pgettext_tip
from bpy.props import StringProperty
from bpy.types import Menu, Operator

from koemorph.presets import find_preset, shipped
from koemorph.settings import Settings

from ..labels import description, title
from ..properties import show_settings
from .base import guarded

FOLDER = "koemorph"


class UsePreset(Operator):
    """Set all settings as the preset has them"""

    bl_idname = "koemorph.use_preset"
    bl_label = "Use Preset"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    name: StringProperty(name="Name", options={"SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: "UsePreset") -> str:
        return pgettext_tip(description(find_preset(properties.name).about))

    def execute(self, context: bpy.types.Context) -> set[str]:
        settings = guarded(self, lambda: find_preset(self.name).over(Settings()))
        if settings is None:
            return {"CANCELLED"}
        show_settings(context.scene.koemorph.settings, settings.to_dict())
        return {"FINISHED"}


class PresetMenu(Menu):
    bl_idname = "KOEMORPH_MT_presets"
    bl_label = "Presets"
    preset_subdir = FOLDER
    preset_operator = "script.execute_preset"

    def draw(self, context: bpy.types.Context) -> None:
        for preset in shipped():
            self.layout.operator(UsePreset.bl_idname, text=title(preset.name)).name = preset.name
        self.layout.separator()
        Menu.draw_preset(self, context)


class AddPreset(AddPresetBase, Operator):
    """Keep the settings as a preset, or remove one"""

    bl_idname = "koemorph.preset_add"
    bl_label = "Add Preset"
    preset_menu = PresetMenu.bl_idname
    preset_subdir = FOLDER
    preset_defines = ["settings = bpy.context.scene.koemorph.settings"]
    preset_values = [f"settings.{entry.name}" for entry in fields(Settings)]


CLASSES = (UsePreset, PresetMenu, AddPreset)
