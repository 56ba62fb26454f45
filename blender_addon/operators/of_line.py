# SPDX-License-Identifier: GPL-3.0-or-later
"""What buttons of the line at the current frame share: greyed where there is none, a sentence if it went meanwhile."""

from __future__ import annotations

import bpy

from koemorph.errors import KoeMorphError

from ..line import Found
from ..retake import NO_LINE, current_line
from .base import LineOperator


class ForCurrentLine(LineOperator):
    """Makes the line at the current frame again."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        return super().reason(context) or ("" if current_line(context) else NO_LINE)

    def found(self, context: bpy.types.Context) -> Found:
        found = current_line(context)
        if found is None:
            raise KoeMorphError(f"{NO_LINE}.")
        return found
