# SPDX-License-Identifier: GPL-3.0-or-later
"""Editing a character's own mapping, and its JSON presets."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.props import StringProperty
from bpy.types import Operator
from bpy_extras.io_utils import ExportHelper, ImportHelper

from koemorph.errors import RigError
from koemorph.rig import SOURCES, Channel, read, rotation_vector, write

from ..character import character_of, chosen_objects
from ..mapping import store_mapping, stored_mapping
from .base import ReasonedPoll, guarded

_OWN = "The active object has no mapping of its own; press Match first"


class NeedsObject(ReasonedPoll):
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        return "" if context.object else "Nothing is active; select a character's face"


class NeedsMapping(NeedsObject):
    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        return super().reason(context) or ("" if len(context.object.koemorph.rows) else _OWN)


class MatchMapping(NeedsObject, Operator):
    """Match the 52 shapes to the target's names, and list the links so that they can be edited"""

    bl_idname = "koemorph.mapping_match"
    bl_label = "Match"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """What a person has linked stays where nothing matches."""
        objects, naming = chosen_objects(context), context.scene.koemorph.naming
        character = guarded(self, lambda: character_of(objects, naming, stored=False))
        if character is None:
            return {"CANCELLED"}
        store_mapping(context.object, character.mapping)
        self.report({"INFO"}, character.coverage.text().splitlines()[0])
        return {"FINISHED"}


class AddLink(NeedsObject, Operator):
    """Add a link from a shape to a target"""

    bl_idname = "koemorph.mapping_add"
    bl_label = "Add Link"

    def execute(self, context: bpy.types.Context) -> set[str]:
        own = context.object.koemorph
        own.rows.add()
        own.row = len(own.rows) - 1
        return {"FINISHED"}


class LinkPose(NeedsObject, Operator):
    """Take the pose of the selected bones as what the chosen shape does at its full"""

    bl_idname = "koemorph.mapping_pose"
    bl_label = "Link Pose"

    source: StringProperty(
        name="Shape",
        default="jawOpen",
        search=lambda self, context, text: [n for n in SOURCES if text.lower() in n.lower()],
    )

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str:
        if reason := super().reason(context):
            return reason
        return "" if context.mode == "POSE" else "Pose the bones first: select the armature and change to Pose Mode"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: bpy.types.Context) -> set[str]:
        own = context.object.koemorph
        added = 0
        for bone in context.selected_pose_bones_from_active_object:
            for target, gain in _posed(bone).items():
                row = own.rows.add()
                row.source, row.target, row.gain = self.source, target, gain
                added += 1
        if not added:
            self.report({"ERROR"}, "The selected bones are at rest; pose them as the shape's full first.")
            return {"CANCELLED"}
        own.row = len(own.rows) - 1
        return {"FINISHED"}


def _posed(bone: bpy.types.PoseBone) -> dict[str, float]:
    """How the bone differs from rest: degrees about its axes and units along them, where that can be seen."""
    place, turn, _ = bone.matrix_basis.decompose()
    told = {Channel(bone.name, "rotate", axis): value for axis, value in zip("xyz", rotation_vector(turn), strict=True)}
    told |= {Channel(bone.name, "move", axis): value for axis, value in zip("xyz", place, strict=True)}
    least = {"rotate": 0.05, "move": 1e-5}
    return {channel.target: value for channel, value in told.items() if abs(value) > least[channel.kind]}


class RemoveLink(NeedsMapping, Operator):
    """Remove the link"""

    bl_idname = "koemorph.mapping_remove"
    bl_label = "Remove Link"

    def execute(self, context: bpy.types.Context) -> set[str]:
        own = context.object.koemorph
        own.rows.remove(own.row)
        own.row = max(0, min(own.row, len(own.rows) - 1))
        return {"FINISHED"}


class ClearMapping(NeedsMapping, Operator):
    """Forget the object's own mapping; names are matched by themselves again"""

    bl_idname = "koemorph.mapping_clear"
    bl_label = "Clear"

    def execute(self, context: bpy.types.Context) -> set[str]:
        context.object.koemorph.rows.clear()
        return {"FINISHED"}


class LoadMapping(NeedsObject, Operator, ImportHelper):
    """Read a mapping from a JSON preset"""

    bl_idname = "koemorph.mapping_load"
    bl_label = "Load Mapping"

    filter_glob: StringProperty(default="*.json", options={"HIDDEN"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        mapping = guarded(self, lambda: read(Path(bpy.path.abspath(self.filepath))))
        if mapping is None:
            return {"CANCELLED"}
        store_mapping(context.object, mapping)
        return {"FINISHED"}


class SaveMapping(NeedsMapping, Operator, ExportHelper):
    """Write the mapping as a JSON preset, for other characters, the command line and Maya"""

    bl_idname = "koemorph.mapping_save"
    bl_label = "Save Mapping"

    filename_ext = ".json"
    filter_glob: StringProperty(default="*.json", options={"HIDDEN"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        path = Path(bpy.path.abspath(self.filepath))
        if guarded(self, lambda: _save(context.object, path)) is None:
            return {"CANCELLED"}
        self.report({"INFO"}, f"{path.name} is written.")
        return {"FINISHED"}


def _save(owner: bpy.types.Object, path: Path) -> Path:
    mapping = stored_mapping(owner)
    if mapping is None:
        raise RigError("No row of the mapping has both a shape and a target; fill one in.")
    write(mapping, path)
    return path


CLASSES = (MatchMapping, AddLink, LinkPose, RemoveLink, ClearMapping, LoadMapping, SaveMapping)
