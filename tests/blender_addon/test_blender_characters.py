"""What cannot move anything is said, never keyed in silence; what a person has linked is not lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from blender_addon.character import character_of, chosen_objects

from koemorph.errors import RigError
from koemorph.rig import Link, Mapping, find


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
    assert {*character.coverage.missing, *character.coverage.empty} == {"jawOpen", "mouthClose", "tongueOut"}
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
    store_mapping(rig, Mapping("jaw", (Link(source="jawOpen", target=f'pose.bones["jaw"].{attribute}[1]'),)))
    if told:
        with pytest.raises(RigError, match=told):
            character_of([rig])
    else:
        assert list(character_of([rig]).owners[0].targets) == [f'pose.bones["jaw"].{attribute}[1]']


@pytest.mark.parametrize("target", ['pose.bones["jaw"].rotation_euler[0]', "bone:jaw:rotate x"])
@pytest.mark.parametrize("mode", ["QUATERNION", "AXIS_ANGLE", "XYZ", "ZXY"])
def test_a_bone_opens_whatever_it_turns_by(context: Any, mode: str, target: str, some_take: Any) -> None:
    """Finding: a Euler target on a quaternion bone, as glTF and Rigify have them, was keyed and moved nothing."""
    from blender_addon.mapping import store_mapping

    bpy.ops.object.armature_add()
    rig = bpy.context.object
    rig.pose.bones[0].name = "jaw"
    bone = rig.pose.bones["jaw"]
    bone.rotation_mode = mode
    gain = 20.0 if target.startswith("bone:") else float(np.radians(20))
    store_mapping(rig, Mapping("jaw", (Link(source="jawOpen", target=target, gain=gain),)))
    character = character_of([rig])
    take = character.mapping.apply(some_take(3))
    for owner in character.owners:
        for name, (path, index) in owner.targets.items():
            rig.path_resolve(path)[index] = take.curve(name)[1]
    bpy.context.view_layer.update()
    angle = (rig.data.bones["jaw"].matrix_local.inverted() @ bone.matrix).to_quaternion().angle
    assert np.degrees(angle) == pytest.approx(20 * float(some_take(3).curve("jawOpen")[1]), abs=1e-3)


def test_automatic_takes_the_teeth_along(face: Any) -> None:
    bpy.ops.object.armature_add()
    rig = bpy.context.object
    teeth = bpy.data.objects.new("teeth", face.data.copy())
    hat = bpy.data.objects.new("hat", bpy.data.meshes.new("hat"))
    for part in (face, teeth, hat):
        if part.name not in bpy.context.collection.objects:
            bpy.context.collection.objects.link(part)
        part.modifiers.new("Armature", "ARMATURE").object = rig
    bpy.context.scene.koemorph.scope = "AUTO"
    for active in (face, rig, hat):
        bpy.context.view_layer.objects.active = active
        assert {one.name for one in chosen_objects(bpy.context)} == {face.name, "teeth", rig.name}
        assert {owner.described for owner in character_of(chosen_objects(bpy.context)).owners} == {face.name, "teeth"}


def test_calibrations_and_limits_stay_with_the_character(face: Any) -> None:
    from blender_addon.mapping import store_mapping, stored_mapping

    mapping = find("VRM 1.0").calibrated(target="aa", gain=1.2, maximum=0.8)
    store_mapping(face, mapping)
    kept = stored_mapping(face)
    assert kept is not None and (kept.targets, kept.limits) == (mapping.targets, (0.0, 1.0))
    assert kept.calibrations == mapping.calibrations


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


def test_a_line_turns_a_quaternion_bone(context: Any, recording: Path, expected: Any) -> None:
    """From the press of the button to the pose, and the same once more."""
    from blender_addon.mapping import store_mapping

    bpy.ops.object.armature_add()
    rig = bpy.context.object
    rig.pose.bones[0].name = "jaw"
    bone = rig.pose.bones["jaw"]
    bone.rotation_mode = "QUATERNION"
    store_mapping(
        rig, Mapping("jaw", (Link(source="jawOpen", target='pose.bones["jaw"].rotation_euler[0]', gain=0.5),))
    )
    bpy.context.scene.koemorph.audio = str(recording)
    take = expected("24")
    for press in (bpy.ops.koemorph.animate, bpy.ops.koemorph.update):
        assert press() == {"FINISHED"}
        for frame in (5, 12, 20):
            bpy.context.scene.frame_set(frame)
            turn = bone.matrix_basis.to_euler("XYZ")
            assert tuple(turn) == pytest.approx((0.5 * take.curve("jawOpen")[frame - 1], 0.0, 0.0), abs=1e-4)
    assert np.ptp(take.curve("jawOpen")) > 0.05


def notes() -> str:
    """What a line that was keyed says beside its keys."""
    from blender_addon.key_line import request_of, run

    bpy.context.scene.frame_set(1)
    return " ".join(run(request_of(bpy.context)).notes)


def test_what_keeps_keys_from_being_seen_is_said(face: Any, panel: Any) -> None:
    panel.where, panel.with_sound, block = "ACTIVE", False, face.data.shape_keys
    assert notes() == ""
    curve = next(one for one in all_curves(block) if "jawOpen" in one.data_path)
    curve.mute = True
    assert "the curves of jawOpen are muted and move nothing" in notes()
    curve.mute, curve.group.mute = False, True
    assert "are muted and move nothing" in notes()
    curve.group.mute, block.animation_data.action_influence = False, 0.0
    assert "has no influence" in notes()
    face.show_only_shape_key = True
    assert "shows its active shape key alone" in notes()
    panel.where, block.animation_data.use_nla = "NLA", False
    assert "is switched off" in notes()


def all_curves(block: Any) -> list[Any]:
    from blender_addon import compat

    return list(compat.curves_of(block).fcurves)
