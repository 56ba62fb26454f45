# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the recording among files that can be one."""

from __future__ import annotations

import bpy
from bpy.props import StringProperty
from bpy.types import Operator
from bpy_extras.io_utils import ImportHelper

_ENDINGS = bpy.path.extensions_audio | bpy.path.extensions_movie
"""Sounds, and films that have one."""
RECORDINGS = ";".join(f"*{ending}" for ending in sorted(_ENDINGS))
"""What a file picker shows."""


class ChooseRecording(Operator, ImportHelper):
    """Choose a sound file, or a film with sound"""

    bl_idname = "koemorph.choose_recording"
    bl_label = "Choose Recording"
    bl_options = {"REGISTER", "UNDO"}

    filter_glob: StringProperty(default=RECORDINGS, options={"HIDDEN"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        choose(context, self.filepath)
        return {"FINISHED"}


def choose(context: bpy.types.Context, path: str) -> None:
    """The recording that the panel shows, as a person's preferences want paths."""
    relative = bpy.data.filepath and context.preferences.filepaths.use_relative_paths
    try:
        chosen = bpy.path.relpath(path) if relative else path
    except ValueError:  # on another drive
        chosen = path
    context.scene.koemorph.source, context.scene.koemorph.audio = "FILE", chosen


CLASSES = (ChooseRecording,)
