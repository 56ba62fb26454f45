"""What cannot move anything is said, never keyed in silence; what a person has linked is not lost."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from blender_addon.character import character_of

from koemorph.errors import RigError
from koemorph.rig import Link, Mapping


def emptied(face: Any, *names: str) -> None:
    basis = np.empty(3 * len(face.data.vertices), dtype=np.float32)
    face.data.shape_keys.reference_key.data.foreach_get("co", basis)
    for name in names:
        face.data.shape_keys.key_blocks[name].data.foreach_set("co", basis)


def test_empty_and_muted_shapes_are_missing_and_named(face: Any) -> None:
    assert len(character_of([face]).coverage.matched) == 52
    emptied(face, "jawOpen", "mouthClose")
    face.data.shape_keys.key_blocks["tongueOut"].mute = True
    character = character_of([face])
    assert set(character.coverage.missing) == {"jawOpen", "mouthClose", "tongueOut"}
    assert any("are empty" in note and "jawOpen, mouthClose" in note for note in character.notes)
    assert any("are muted" in note and "tongueOut" in note for note in character.notes)


def test_a_face_of_empty_shapes_is_refused(face: Any, one_sentence: Any) -> None:
    emptied(face, *(block.name for block in face.data.shape_keys.key_blocks[1:]))
    with pytest.raises(RigError, match="all of them are empty") as refusal:
        character_of([face])
    one_sentence(refusal.value)


def test_absolute_shape_keys_are_refused(face: Any, one_sentence: Any) -> None:
    face.data.shape_keys.use_relative = False
    with pytest.raises(RigError, match="tick Relative") as refusal:
        character_of([face])
    one_sentence(refusal.value)


@pytest.mark.parametrize(
    ("mode", "attribute", "told"),
    [
        ("QUATERNION", "rotation_euler", "jaw turns by quaternion, so that its euler rotation"),
        ("AXIS_ANGLE", "rotation_quaternion", "jaw turns by axis angle"),
        ("XYZ", "rotation_quaternion", "jaw turns by euler"),
        ("XYZ", "rotation_euler", ""),
        ("QUATERNION", "rotation_quaternion", ""),
    ],
)
def test_a_bone_listens_to_its_own_rotation_mode(context: Any, mode: str, attribute: str, told: str) -> None:
    from blender_addon.mapping import store_mapping

    bpy.ops.object.armature_add()
    rig = bpy.context.object
    rig.pose.bones[0].name = "jaw"
    rig.pose.bones["jaw"].rotation_mode = mode
    store_mapping(rig, Mapping("jaw", (Link("jawOpen", f'pose.bones["jaw"].{attribute}[1]'),)))
    if told:
        with pytest.raises(RigError, match=told):
            character_of([rig])
    else:
        assert list(character_of([rig]).owners[0].targets) == [f'pose.bones["jaw"].{attribute}[1]']


def test_a_failed_match_keeps_what_was_linked_by_hand(face: Any) -> None:
    row = face.koemorph.rows.add()
    row.source, row.target = "jawOpen", "jawOpen"
    for block in face.data.shape_keys.key_blocks[1:]:
        block.name = f"x{block.name[:2]}{len(block.name)}{block.name[-1]}"
    with pytest.raises(RuntimeError):
        bpy.ops.koemorph.mapping_match()
    assert [(row.source, row.target) for row in face.koemorph.rows] == [("jawOpen", "jawOpen")]


def test_the_sample_face_is_as_large_as_what_else_stands_in_a_new_scene(face: Any) -> None:
    assert face.dimensions.z == pytest.approx(2.0, abs=1e-3)
    jaw = face.data.shape_keys.key_blocks["jawOpen"]
    assert max((jaw.data[at].co - face.data.vertices[at].co).length for at in range(len(jaw.data))) > 0.1
