# SPDX-License-Identifier: GPL-3.0-or-later
"""What else a line can be keyed on than shapes: poses of a library, drawings of Grease Pencil, a control rig."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, IntProperty
from bpy.types import Operator

from koemorph.errors import RigError
from koemorph.rig import Link, Mapping, drawings

from .. import controls
from ..character import character_of, chosen_objects, controls_of
from ..mapping import store_mapping
from ..poses import mapping_of_poses
from .base import guarded
from .mapping import NeedsObject

MODIFIER = "KoeMorph Mouth"
_TIMES = {"GREASEPENCIL": "GREASE_PENCIL_TIME", "GPENCIL": "GP_TIME"}
"""The Time Offset modifier, by the kind of object; 4.3 made both anew."""

_DRAWN = [(name, name, order) for name, (order, _) in drawings.SETS.items()]


class LinkPoses(NeedsObject, Operator):
    """Link the poses of a library: Actions named after visemes or shapes, each as what that does at its full"""

    bl_idname = "koemorph.link_poses"
    bl_label = "Link Poses"

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if reason := super().reason(context):
            return reason
        return "" if bpy.data.actions else "There are no Actions; make a pose for each viseme and name it so"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Poses that are marked as assets, if there are any; else all Actions."""
        assets = [one for one in bpy.data.actions if one.asset_data]
        actions, naming = assets or list(bpy.data.actions), context.scene.koemorph.naming
        found = guarded(self, lambda: mapping_of_poses(context.object, actions, naming))
        if found is None:
            return {"CANCELLED"}
        mapping, coverage = found
        store_mapping(context.object, mapping)
        self.report({"INFO"}, coverage.summary())
        return {"FINISHED"}


class DrawMouth(NeedsObject, Operator):
    """Show the drawings of a Grease Pencil mouth in turn by a Time Offset modifier; their numbers stand in the list"""

    bl_idname = "koemorph.draw_mouth"
    bl_label = "2D Mouth"

    drawn: EnumProperty(
        name="Drawings",
        description="Which mouths the frames of the object hold, in this order",
        items=_DRAWN,
    )
    first: IntProperty(name="First Frame", description="The frame that holds the first of them", default=1)

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if reason := super().reason(context):
            return reason
        return "" if context.object.type in _TIMES else "Select a Grease Pencil object with a mouth on each frame"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: bpy.types.Context) -> set[str]:
        one = context.object
        numbers = drawings.numbers(self.drawn, self.first)
        missing = guarded(self, lambda: _missing(one, numbers))
        if missing is None:
            return {"CANCELLED"}
        target = _timed(one)
        links = tuple(Link(source=source, target=target, gain=number, picks=True) for source, number in numbers.items())
        store_mapping(one, Mapping(f"{self.drawn}, drawn", links))
        if missing:
            frames = ", ".join(map(str, missing))
            self.report(
                {"WARNING"}, f"{one.name} has no drawing on the frames {frames}; the one before is shown there."
            )
        return {"FINISHED"}


def _missing(one: Any, numbers: dict[str, int]) -> list[int]:
    held = {frame.frame_number for layer in one.data.layers for frame in layer.frames}
    if not held & set(numbers.values()):
        raise RigError(
            f"{one.name} has no drawing on the frames from {min(numbers.values())} on; draw the mouths there."
        )
    return sorted(set(numbers.values()) - held)


def _timed(one: Any) -> str:
    """The path of the number that says which frame is shown."""
    name = "modifiers" if one.type == "GREASEPENCIL" else "grease_pencil_modifiers"
    held = getattr(one, name)
    modifier = held.get(MODIFIER) or held.new(MODIFIER, _TIMES[one.type])
    modifier.mode = "FIX"
    return f'{name}["{MODIFIER}"].offset'


class AddControls(NeedsObject, Operator):
    """Add an object with a control for each shape, which drives them on all meshes; lines are then keyed on it"""

    bl_idname = "koemorph.add_controls"
    bl_label = "Add Controls"

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if reason := super().reason(context):
            return reason
        one = context.object
        if one.type != "MESH" or not one.data.shape_keys:
            return "Select a face with shape keys; bones and properties are controls themselves"
        held = controls_of(one)
        return f"{one.name} has controls already: {held.name}" if held else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        face, naming = context.object, context.scene.koemorph.naming
        made = guarded(self, lambda: controls.add(character_of(chosen_objects(context), naming), face))
        if made is None:
            return {"CANCELLED"}
        for one in context.selected_objects:
            one.select_set(False)
        made.select_set(True)
        context.view_layer.objects.active = made
        return {"FINISHED"}


CLASSES = (LinkPoses, DrawMouth, AddControls)
