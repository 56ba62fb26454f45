# SPDX-License-Identifier: GPL-3.0-or-later
"""Key every line of a shot list onto its character."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.props import StringProperty
from bpy.types import Operator

from koemorph.errors import KoeMorphError

from ..properties import keying_of, settings_of
from ..shot_list import KeyOptions, Lines, Summary, lines_of_list, read_list
from .base import LineOperator

_WAIT_SECONDS = 0.2


class KeyShotList(LineOperator, Operator):
    """Key every line of the shot list onto its character, at its frame: one undo step"""

    bl_idname = "koemorph.key_shot_list"
    bl_label = "Key Shot List"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(
        name="Shot List", description="The list; empty is the panel's", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )

    def requested(self, context: bpy.types.Context) -> Lines:
        panel = context.scene.koemorph
        chosen = self.filepath or panel.shot_list
        if not chosen:
            raise KoeMorphError("No shot list is chosen; pick one.")
        shots = read_list(Path(bpy.path.abspath(chosen)), settings_of(panel.settings))
        return lines_of_list(shots, KeyOptions(where=panel.where, blend=panel.blend, keying=keying_of(panel)))

    def started(self, placed: Lines) -> Lines:
        return placed

    def keyed(self, placed: Lines, rendering: Lines) -> Summary:
        told = rendering.key()
        if all(line.message for line in told):
            raise KoeMorphError(f"No line could be keyed; {told[0].name}: {told[0].message}")
        return Summary(told)

    def made(self, placed: Lines) -> Summary:
        while not placed.advance(_WAIT_SECONDS):
            pass
        return self.keyed(placed, placed)


CLASSES = (KeyShotList,)
