# SPDX-License-Identifier: GPL-3.0-or-later
"""Bones are linked by posing them: once as they rest, and once as they are where a shape is at its full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
from bpy.props import StringProperty
from bpy.types import Operator

from koemorph.rig import SOURCES, Channel, rotation_vector

from ..mapping import calibrated
from .mapping import NeedsObject

LEAST = {"rotate": 0.05, "move": 1e-5, "scale": 1e-4}
"""Degrees, scene units and shares below which a bone is where it was."""


class NeedsPose(NeedsObject):
    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if reason := super().reason(context):
            return reason
        if context.mode != "POSE":
            return "Pose the bones first: select the armature and change to Pose Mode"
        return "" if context.selected_pose_bones_from_active_object else "No bone is selected; select those that move"


class SetRest(NeedsPose, Operator):
    """Take the pose of the selected bones as that of a face at rest. Full poses that were set stay as they are"""

    bl_idname = "koemorph.mapping_rest"
    bl_label = "Set Rest"

    def execute(self, context: bpy.types.Context) -> set[str]:
        own = context.object.koemorph
        for bone in context.selected_pose_bones_from_active_object:
            sources = _sources(own, bone)
            for channel, value in posed(bone):
                known = own.targets.get(channel.target)
                moved = value - (known.rest if known else 0.0)
                if abs(moved) < LEAST[channel.kind]:
                    continue
                for source in sources:
                    row = link(own, source, channel)
                    row.gain -= moved
                calibrated(own, channel.target).rest = value
        context.object.update_tag()
        return {"FINISHED"}


class SetFull(NeedsPose, Operator):
    """Take the pose of the selected bones as what the chosen shape does at its full"""

    bl_idname = "koemorph.mapping_full"
    bl_label = "Set Full"

    source: StringProperty(
        name="Shape",
        description="The shape that moves the bones so",
        default="jawOpen",
        search=lambda self, context, text: [n for n in SOURCES if text.lower() in n.lower()],
    )

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        own = context.object.koemorph
        if 0 <= own.row < len(own.rows) and own.rows[own.row].source:
            self.source = own.rows[own.row].source
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: bpy.types.Context) -> set[str]:
        own = context.object.koemorph
        if self.source not in SOURCES:
            self.report({"ERROR"}, f"There is no shape {self.source}; choose one from the list.")
            return {"CANCELLED"}
        moved = False
        for bone in context.selected_pose_bones_from_active_object:
            for channel, value in posed(bone):
                known = own.targets.get(channel.target)
                rest = known.rest if known else 0.0
                there = found(own, self.source, channel)
                if there is None and max(abs(rest), abs(value)) < LEAST[channel.kind]:
                    continue
                moved |= abs(value - rest) >= LEAST[channel.kind]
                row = link(own, self.source, channel)
                row.gain, row.offset, row.inverted = value - rest, 0.0, False
        if not moved:
            self.report({"ERROR"}, "The selected bones are at rest; pose them as the shape's full first.")
            return {"CANCELLED"}
        return {"FINISHED"}


def posed(bone: Any) -> Iterable[tuple[Channel, float]]:
    """How far the bone is from where its armature has it: degrees about its axes, units along them, growth."""
    place, turn, size = bone.matrix_basis.decompose()
    turned, grown = rotation_vector(turn), [one - 1.0 for one in size]
    for at, axis in enumerate("xyz"):
        yield Channel(bone.name, "rotate", axis), turned[at]
        yield Channel(bone.name, "move", axis), float(place[at])
        yield Channel(bone.name, "scale", axis), grown[at]


def found(own: Any, source: str, channel: Channel) -> Any | None:
    return next((row for row in own.rows if row.source == source and row.target == channel.target), None)


def link(own: Any, source: str, channel: Channel) -> Any:
    """The row of the shape and channel, which becomes the chosen one; made where it is not there yet."""
    row = found(own, source, channel)
    if row is None:
        row = own.rows.add()
        row.source, row.target, row.gain = source, channel.target, 0.0
    own.row = next(at for at, one in enumerate(own.rows) if one == row)
    return row


def _sources(own: Any, bone: Any) -> list[str]:
    """The shapes that move a bone already."""
    channels = ((row.source, Channel.of(row.target)) for row in own.rows)
    return list(dict.fromkeys(source for source, channel in channels if channel and channel.bone == bone.name))


CLASSES = (SetRest, SetFull)
