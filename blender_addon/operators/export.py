# SPDX-License-Identifier: GPL-3.0-or-later
"""What the face does in the scene, as a take or any other file that the core writes: keys, strips, drivers and all."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from bpy.props import BoolProperty, StringProperty
from bpy.types import Operator
from bpy_extras.io_utils import ExportHelper

from koemorph.errors import TakeError
from koemorph.formats import WRITABLE, write_take
from koemorph.take import Take

from ..character import chosen_objects
from ..source import scene_rate
from .base import ReasonedPoll, guarded


class ExportTake(ReasonedPoll, Operator, ExportHelper):
    """Write the shape keys' animation of the target over the scene's frame range to a file"""

    bl_idname = "koemorph.export_take"
    bl_label = "Export Performance"

    filename_ext = ".take"
    filter_glob: StringProperty(default=";".join(f"*{suffix}" for suffix in sorted(WRITABLE)), options={"HIDDEN"})
    check_extension = None
    preview_range: BoolProperty(
        name="Preview Range", description="Write the preview range instead of the scene's whole range", default=False
    )

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        meshes = [one for one in chosen_objects(context) if one.type == "MESH" and one.data.shape_keys]
        return "" if meshes else "The target has no shape keys; select a face"

    def execute(self, context: bpy.types.Context) -> set[str]:
        path = Path(bpy.path.abspath(self.filepath))
        notes = guarded(self, lambda: write_take(sampled(context, self.preview_range), path))
        if notes is None:
            return {"CANCELLED"}
        for note in notes:
            self.report({"WARNING"}, note)
        self.report({"INFO"}, f"{path.name} is written.")
        return {"FINISHED"}


def sampled(context: bpy.types.Context, preview_range: bool = False) -> Take:
    """The shapes' values at every frame, as Blender evaluates them. The scene stands at its frame again afterwards."""
    scene = context.scene
    first, last = scene.frame_start, scene.frame_end
    if preview_range and scene.use_preview_range:
        first, last = scene.frame_preview_start, scene.frame_preview_end
    blocks: dict[str, tuple[Any, str]] = {}
    for one in chosen_objects(context):
        if one.type == "MESH" and one.data.shape_keys:
            for block in one.data.shape_keys.key_blocks[1:]:
                blocks.setdefault(block.name, (one.data.shape_keys, block.name))
    if not blocks:
        raise TakeError("The target has no shape keys; select a face.")
    values = np.zeros((last - first + 1, len(blocks)), dtype=np.float32)
    before = scene.frame_current_final
    try:
        for row, frame in enumerate(range(first, last + 1)):
            scene.frame_set(frame)
            values[row] = [shape_keys.key_blocks[name].value for shape_keys, name in blocks.values()]
    finally:
        scene.frame_set(int(before), subframe=before % 1.0)
    rate = scene_rate(scene)
    return Take(tuple(blocks), values, rate, Fraction(0), {"host": f"Blender {bpy.app.version_string}"})


CLASSES = (ExportTake,)
