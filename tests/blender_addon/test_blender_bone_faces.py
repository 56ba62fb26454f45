"""Faces of bones: Rigify's of today and of before, found without being asked for; a body is not taken for a face."""

from __future__ import annotations

from typing import Any

import bpy
import pytest
from blender_addon.character import character_of

from koemorph.errors import RigError
from koemorph.rig import find

SIDED = {
    "skin": ("lip_end.{}.001", "lip.T.{}.001", "lip.B.{}.001", "eye.{}", "cheek.B.{}.001", "cheek.T.{}.001"),
    "before": ("lips.{}", "lip.T.{}.001", "lip.B.{}.001", "eye.{}", "cheek.B.{}.001", "cheek.T.{}.001"),
}
"""Controls of a generated Rigify face, as Blender 4.5 makes them; the rest have the same names in both."""
BOTH = tuple(f"{part}.{{}}.00{n}" for part in ("lid.T", "lid.B", "brow.T", "brow.B") for n in (1, 2, 3))
MIDDLE = {"skin": ("tongue",), "before": ("tongue_master", "tongue")}
CORNERS = {f"{name}{end}": place for name in ("lips.", "lip_end.") for end, place in (("L", 0.0176), ("R", -0.0176))}
CORNERS |= {f"{name}.001": place for name, place in CORNERS.items()}
"""A mouth half as wide as the one that the preset was measured on."""
HELPERS = ("DEF-", "ORG-", "MCH-")


def armature(*names: str) -> Any:
    bpy.ops.object.armature_add()
    rig = bpy.context.object
    bpy.ops.object.mode_set(mode="EDIT")
    rig.data.edit_bones.remove(rig.data.edit_bones[0])
    for name in names:
        bone = rig.data.edit_bones.new(name)
        bone.head, bone.tail = (CORNERS.get(name, 0.0), 0.0, 0.0), (CORNERS.get(name, 0.0), 0.0, 0.1)
    bpy.ops.object.mode_set(mode="OBJECT")
    for bone in rig.pose.bones:
        bone.rotation_mode = "QUATERNION"
    return rig


@pytest.mark.parametrize("kind", ["skin", "before"])
def test_a_rigify_face_is_known_by_itself(context: Any, kind: str) -> None:
    sided = [name.format(side) for side in "LR" for name in (*SIDED[kind], *BOTH)]
    controls = ["jaw_master", "lip.T", "lip.B", "head", *MIDDLE[kind], *sided]
    rig = armature(*controls, *(helper + name for name in controls for helper in HELPERS))
    character = character_of([rig])
    cover = character.coverage
    assert cover.mapping == "Rigify face" and (len(cover.matched), cover.wanted) == (55, 55)
    assert not (cover.missing or cover.ambiguous or cover.placeless)
    corner = character.mapping.of("mouthSmileLeft")[1]
    assert corner.target.endswith("move y") and corner.gain == pytest.approx(
        find("Rigify").of("mouthSmileLeft")[1].gain / 2
    )
    keyed = {path.split('"')[1] for owner in character.owners for path in owner.targets}
    assert keyed <= set(controls) and {"jaw_master", sided[0], MIDDLE[kind][0]} <= keyed


def test_a_body_is_not_taken_for_a_face(context: Any, one_sentence: Any) -> None:
    rig = armature("hips", "spine", "head", "eye.L", "eye.R")
    with pytest.raises(RigError, match="no shape keys and no jaw bone") as refusal:
        character_of([rig])
    one_sentence(refusal.value)
    jaw = armature("Head", "Jaw")
    assert {"jawOpen", "headYaw"} <= set(character_of([jaw]).coverage.matched)


def test_correctives_on_a_rig_of_bones_are_no_face(face: Any) -> None:
    blocks = face.data.shape_keys.key_blocks
    for block in list(blocks)[3:]:
        face.shape_key_remove(block)
    blocks[1].name, blocks[2].name = "elbow_fix", "knee_fix"
    rig = armature("jaw")
    assert [owner.described for owner in character_of([face, rig]).owners] == [rig.name]


def test_shapes_that_follow_drivers_do_not_count_as_moved(face: Any, one_sentence: Any) -> None:
    blocks = face.data.shape_keys.key_blocks
    blocks["jawOpen"].driver_add("value")
    character = character_of([face])
    assert "jawOpen" in character.coverage.missing and len(character.coverage.matched) == 51
    for block in list(blocks)[1:]:
        block.driver_add("value")
    with pytest.raises(RigError, match="follows a driver") as refusal:
        character_of([face])
    one_sentence(refusal.value)
