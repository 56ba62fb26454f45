# SPDX-License-Identifier: GPL-3.0-or-later
"""The first line in as few clicks as can be: the face and the recording, and it speaks."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
from bpy.props import StringProperty
from bpy.types import Operator
from bpy_extras.io_utils import ImportHelper
from mathutils import Vector

import koemorph

from .animate import no_face
from .base import ReasonedPoll, progress
from .recording import RECORDINGS, choose

EXAMPLE = Path(koemorph.__file__).parent / "example" / "line.flac"


class AnimateRecording(ReasonedPoll, Operator, ImportHelper):
    """Choose a recording, and key the face with it"""

    bl_idname = "koemorph.animate_recording"
    bl_label = "Animate a Recording"
    bl_options = {"REGISTER"}

    filter_glob: StringProperty(default=RECORDINGS, options={"HIDDEN"})

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if progress.busy:
            return "A line is being made; wait for it or cancel it"
        return no_face(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        choose(context, self.filepath)
        return set(bpy.ops.koemorph.animate("INVOKE_DEFAULT")) - {"RUNNING_MODAL"} or {"FINISHED"}


def into_sight(context: bpy.types.Context, one: bpy.types.Object) -> None:
    """Beside whatever it would be hidden in, as in the cube of a new scene; and looked at, where there is a view."""
    context.view_layer.update()
    low, high = _box(one)
    others = [_box(other) for other in context.visible_objects if other.type == "MESH" and other != one]
    if any((low < top).all() and (bottom < high).all() for bottom, top in others):
        one.location.x += max(top[0] for _, top in others) - low[0] + 0.25 * (high[0] - low[0])
    area = next((area for area in context.screen.areas if area.type == "VIEW_3D"), None) if context.screen else None
    if area is not None and not bpy.app.background:
        region = next(region for region in area.regions if region.type == "WINDOW")
        with context.temp_override(area=area, region=region):
            bpy.ops.view3d.view_axis(type="FRONT")
            bpy.ops.view3d.view_selected()


def _box(one: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest corner in the scene."""
    corners = np.array([one.matrix_world @ Vector(corner) for corner in one.bound_box])
    return corners.min(axis=0), corners.max(axis=0)


class TryIt(ReasonedPoll, Operator):
    """Add the sample face, let it say the example line, and play it"""

    bl_idname = "koemorph.try_it"
    bl_label = "Try It"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if progress.busy:
            return "A line is being made; wait for it or cancel it"
        return "" if context.mode == "OBJECT" else "Change to Object Mode first"

    def execute(self, context: bpy.types.Context) -> set[str]:
        bpy.ops.koemorph.add_sample_face()
        into_sight(context, context.object)
        choose(context, str(EXAMPLE))
        context.scene.koemorph.scope, context.scene.koemorph.naming = "AUTO", ""
        if bpy.ops.koemorph.animate() != {"FINISHED"}:
            return {"CANCELLED"}
        if context.screen is not None and not bpy.app.background and not context.screen.is_animation_playing:
            context.scene.frame_set(context.scene.frame_start)
            bpy.ops.screen.animation_play()
        return {"FINISHED"}


CLASSES = (AnimateRecording, TryIt)
