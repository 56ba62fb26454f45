# SPDX-License-Identifier: GPL-3.0-or-later
"""Open the panel in a window of its own."""

from __future__ import annotations

import bpy
from bpy.types import Operator

from ..preferences import preferences
from ..window import window
from .base import ReasonedPoll, guarded


class OpenWindow(ReasonedPoll, Operator):
    """Hear and see the line in a window of its own, change it there, and key it from there"""

    bl_idname = "koemorph.open_window"
    bl_label = "Open in a Window"

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if not preferences().python:
            return "Choose in the preferences a Python that koemorph[panel] is installed for"
        return "The window is open already" if window.is_open else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        guarded(self, window.open)
        return {"FINISHED"} if window.is_open else {"CANCELLED"}


CLASSES = (OpenWindow,)
