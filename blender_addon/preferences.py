# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for all files of this Blender: which Python works, with which model, on how many threads."""

from typing import Any

import bpy
from bpy.props import IntProperty, StringProperty
from bpy.types import AddonPreferences


class KoeMorphPreferences(AddonPreferences):
    bl_idname = __package__

    python: StringProperty(
        name="Python",
        description="Another Python that KoeMorph is installed for; empty is Blender's own",
        subtype="FILE_PATH",
    )
    model: StringProperty(
        name="Model",
        description="Empty is the usual model; light is the smaller and faster one that came along; or a folder",
        subtype="DIR_PATH",
    )
    threads: IntProperty(
        name="Threads", description="Processor threads that the worker may use", default=2, min=1, soft_max=16
    )

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.use_property_split = True
        for name in ("python", "model", "threads"):
            column.prop(self, name)
        column.operator("koemorph.check")
        column.operator("koemorph.copy_log")


def preferences() -> Any:
    """The extension's, or plain defaults where it runs without being enabled (from a checkout, in the background)."""
    addon = bpy.context.preferences.addons.get(__package__)
    return addon.preferences if addon is not None else _Defaults


class _Defaults:
    python, model, threads = "", "", 2


CLASSES = (KoeMorphPreferences,)
