# SPDX-License-Identifier: GPL-3.0-or-later
"""Editing a character's own mapping, and its JSON presets."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.props import StringProperty
from bpy.types import Operator
from bpy_extras.io_utils import ExportHelper, ImportHelper

from koemorph.errors import RigError
from koemorph.rig import read, write

from ..character import character_of, chosen_objects
from ..mapping import store_mapping, stored_mapping
from .base import ReasonedPoll, guarded

_OWN = "Names are matched by themselves; press Match to see and change the links"


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


CLASSES = (MatchMapping, AddLink, RemoveLink, ClearMapping, LoadMapping, SaveMapping)
