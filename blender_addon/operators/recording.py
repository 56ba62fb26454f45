# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the recording among files that can be one."""

from __future__ import annotations

import bpy
from bpy.props import StringProperty
from bpy.types import Operator
from bpy_extras.io_utils import ImportHelper

_ENDINGS = bpy.path.extensions_audio | bpy.path.extensions_movie
"""Sounds, and films that have one."""


class ChooseRecording(Operator, ImportHelper):
    """Choose a sound file, or a film with sound"""

    bl_idname = "koemorph.choose_recording"
    bl_label = "Choose Recording"
    bl_options = {"REGISTER", "UNDO"}

    filter_glob: StringProperty(default=";".join(f"*{ending}" for ending in sorted(_ENDINGS)), options={"HIDDEN"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        relative = bpy.data.filepath and context.preferences.filepaths.use_relative_paths
        try:
            chosen = bpy.path.relpath(self.filepath) if relative else self.filepath
        except ValueError:  # on another drive
            chosen = self.filepath
        context.scene.koemorph.source, context.scene.koemorph.audio = "FILE", chosen
        return {"FINISHED"}


CLASSES = (ChooseRecording,)
