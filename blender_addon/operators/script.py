# SPDX-License-Identifier: GPL-3.0-or-later
"""The script of a line that is keyed already: another one, or none."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import bpy
from bpy.types import Operator

from ..character import chosen_objects
from ..key_line import KeyRequest
from ..retake import in_place, refound
from ..script import chosen_script
from .of_line import ForCurrentLine


class UseScript(ForCurrentLine, Operator):
    """Make the line at the current frame again with the script shown above; without one it is heard"""

    bl_idname = "koemorph.use_script"
    bl_label = "Use Script"
    bl_options = {"REGISTER", "UNDO"}

    def requested(self, context: bpy.types.Context) -> KeyRequest:
        found = self.found(context)
        source = refound(found.line, context)
        script, notes = chosen_script(context, source)
        shown: Any = context.scene.koemorph.script
        line = replace(
            found.line,
            script=asdict(script) if script else None,
            beside=script is not None and shown.script is None,
            edited=False,
        )
        if found.line.edited:
            notes = (*notes, "The edits of the phones gave way to the script; undo brings them back.")
        request = in_place(context, found, line, source, [one.name for one in chosen_objects(context)])
        return replace(request, notes=notes)


CLASSES = (UseScript,)
