# SPDX-License-Identifier: GPL-3.0-or-later
"""Key a file that holds a performance already: a take, Live Link Face CSV and whatever else the core reads."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import bpy
from bpy.props import StringProperty
from bpy.types import Operator
from bpy_extras.io_utils import ImportHelper

from koemorph.formats import READABLE, read
from koemorph.recording import Recording
from koemorph.settings import Settings

from ..key_line import KeyReport, key, request_of
from ..source import Source, scene_rate
from .base import LineOperator, guarded


class ImportTake(LineOperator, Operator, ImportHelper):
    """Key a performance from a file: a take, Live Link Face CSV, Audio2Face JSON. Where and how, the panel says"""

    bl_idname = "koemorph.import_take"
    bl_label = "Import Performance"
    bl_options = {"REGISTER", "UNDO"}

    filter_glob: StringProperty(default=";".join(f"*{suffix}" for suffix in sorted(READABLE)), options={"HIDDEN"})

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        return super().reason(context) or ("" if context.object else "Nothing is active; select a character's face")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return ImportHelper.invoke(self, context, event)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return self._reported(guarded(self, lambda: _import(context, Path(bpy.path.abspath(self.filepath)))))


def _import(context: bpy.types.Context, path: Path) -> KeyReport:
    """At the panel's start frame, retimed to the scene's rate."""
    panel, rate = context.scene.koemorph, scene_rate(context.scene)
    reading = read(path)
    take = replace(reading.take.retime(rate), start=Fraction(0))
    placed = request_of(context, Source(Recording(path), Fraction(panel.start_frame)), Settings())
    return key(replace(placed, with_sound=False), take, reading.notes)


CLASSES = (ImportTake,)
