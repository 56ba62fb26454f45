"""What turns with the head of a take, over whatever it was posed as, and what the eyes look at: one scene for all."""

from __future__ import annotations

from collections.abc import Iterator
from math import atan2, degrees, radians
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from blender_addon.line_list import lines_of_objects, name_of
from mathutils import Matrix, Quaternion

from koemorph.arkit import HEAD_TURNS
from koemorph.engine import Engine
from koemorph.settings import Settings
from koemorph.timing import FrameRate
from tests.blender_addon.test_blender_interface import drawn

FRAMES = (12, 20, 28, 33)
POSED = Quaternion((0.3, 1.0, 0.2), radians(25))
BONES = {"chest": ((0, 0, -2), (0, 0, -1), 0.0), "neck": ((0, 0, -1), (0, -0.1, -0.5), 0.7)}
BONES |= {"head": ((0, -0.1, -0.5), (0, -0.2, 0.6), 1.3)}


@pytest.fixture(scope="module")
def face(addon: Any, recording: Path) -> Iterator[Any]:
    """The sample face beside an armature whose bones are rolled, with a line keyed before anything is chosen."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.object.armature_add()
    bpy.context.object.name = "Rig"
    bpy.ops.object.mode_set(mode="EDIT")
    made = bpy.context.object.data.edit_bones
    made.remove(made[0])
    for name, (head, tail, roll) in BONES.items():
        bone = made.new(name)
        bone.head, bone.tail, bone.roll, bone.parent = head, tail, roll, made[-2] if len(made) > 1 else None
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.ops.koemorph.add_sample_face()
    panel = bpy.context.scene.koemorph
    panel.audio, panel.with_sound, panel.settings.head_strength = str(recording), False, 2.0
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    yield bpy.context.object
    bpy.context.object.koemorph.head.target = None


@pytest.fixture(scope="module")
def turns(engine: Engine, recording: Path) -> np.ndarray:
    """Of the take, at the frames that are looked at: yaw, pitch, roll in degrees."""
    take = engine.animate(recording, Settings(head_strength=2.0), FrameRate.parse(24))
    return np.degrees([[take.curve(name)[frame - 1] for name in HEAD_TURNS] for frame in FRAMES])


def turned(frame: int, bone: str = "head") -> Matrix:
    """How far a bone of the rig is turned from its rest, in the armature's space."""
    bpy.context.scene.frame_set(frame)
    rig = bpy.data.objects["Rig"].evaluated_get(bpy.context.evaluated_depsgraph_get())
    return rig.pose.bones[bone].matrix.to_3x3() @ rig.data.bones[bone].matrix_local.to_3x3().inverted()


def turns_of(turn: Matrix) -> list[float]:
    """Yaw, pitch, roll in degrees."""
    x, y, z = map(degrees, turn.to_quaternion().to_exponential_map())
    return [z, x, -y]


def test_nothing_turns_until_a_bone_is_chosen_and_then_as_the_take_does(
    addon: Any, face: Any, turns: np.ndarray
) -> None:
    head = face.koemorph.head
    assert "until you choose what turns" in drawn(addon)
    assert bpy.ops.koemorph.update() == {"FINISHED"} and len(bpy.data.objects) == 2
    head.target, head.bone, head.neck = bpy.data.objects["Rig"], "head", "neck"
    assert "once a line is made or updated" in drawn(addon)
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    told = np.array([turns_of(turned(frame)) for frame in FRAMES])
    assert np.abs(turns).max() > 2.0 and head.helper.koemorph.is_helper
    np.testing.assert_allclose(told, turns, atol=0.05)
    neck = np.array([turns_of(turned(frame, "neck")) for frame in FRAMES])
    np.testing.assert_allclose(neck, head.neck_share * turns, atol=0.05)
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    np.testing.assert_allclose([turns_of(turned(frame)) for frame in FRAMES], told, atol=1e-3)


def test_it_turns_over_what_is_posed_and_another_choice_counts_at_once(
    addon: Any, face: Any, turns: np.ndarray
) -> None:
    head, bone = face.koemorph.head, bpy.data.objects["Rig"].pose.bones["head"]
    head.neck = ""
    assert turns_of(turned(20, "neck")) == pytest.approx([0, 0, 0], abs=1e-3)
    bone.rotation_mode, bone.rotation_quaternion = "QUATERNION", POSED
    rest = bpy.data.objects["Rig"].data.bones["head"].matrix_local.to_3x3()
    own = rest @ POSED.to_matrix() @ rest.inverted()
    for frame, wanted in zip(FRAMES, turns, strict=True):
        assert turns_of(turned(frame) @ own.inverted()) == pytest.approx(list(wanted), abs=0.05)
    head.bone = "nobody"
    assert "no bone called nobody" in drawn(addon)
    assert turned(20).to_quaternion().rotation_difference(own.to_quaternion()).angle == pytest.approx(0, abs=1e-3)
    bpy.ops.object.empty_add()
    control = bpy.context.object
    bpy.context.view_layer.objects.active = face
    head.target = control
    bpy.context.scene.frame_set(FRAMES[1])
    evaluated = control.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert turns_of(evaluated.matrix_world.to_3x3()) == pytest.approx(list(turns[1]), abs=0.05)
    head.target = None
    bpy.data.objects.remove(control)


def test_eyes_look_at_an_object_and_still_wander(face: Any) -> None:
    blocks = face.data.shape_keys.key_blocks

    def looks() -> np.ndarray:
        """Each eye to the character's left, at every frame."""
        seen = []
        for frame in range(1, 36):
            bpy.context.scene.frame_set(frame)
            left, right = (blocks[f"eyeLook{name}"].value for name in ("OutLeft", "InRight"))
            seen.append([left - blocks["eyeLookInLeft"].value, right - blocks["eyeLookOutRight"].value])
        return np.array(seen)

    assert bpy.ops.koemorph.update() == {"FINISHED"}
    before = looks()
    place = bpy.data.objects.new("Place", None)
    bpy.context.scene.collection.objects.link(place)
    place.location = (0.6, -4.0, 0.0)
    bpy.context.view_layer.update()
    face.koemorph.head.look_at = place
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    eyes = [0.214, -0.214]
    wanted = [degrees(atan2(0.6 - eye, 4.0 - 0.399)) / 30.0 for eye in eyes]
    np.testing.assert_allclose(looks() - before, np.tile(wanted, (35, 1)), atol=0.02)
    place.location.x = -0.6
    place.keyframe_insert("location", index=0, frame=1)
    place.location.x = 0.6
    place.keyframe_insert("location", index=0, frame=35)
    bpy.context.scene.frame_set(7)
    assert bpy.ops.koemorph.update() == {"FINISHED"} and bpy.context.scene.frame_current == 7
    gone = (looks() - before).mean(axis=1)
    assert gone[0] < -0.25 and gone[-1] > 0.25 and np.all(np.diff(gone) > -0.01)
    face.koemorph.head.look_at = None


def test_a_line_that_is_removed_leaves_the_head_at_rest(face: Any) -> None:
    head = face.koemorph.head
    head.target, head.bone = bpy.data.objects["Rig"], "head"
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    stood, bone = turned(20), bpy.data.objects["Rig"].pose.bones["head"]
    assert bpy.ops.koemorph.line_remove(line=name_of(lines_of_objects([face])[0].line)) == {"FINISHED"}
    assert turned(20) != stood and tuple(head.helper.rotation_euler) == (0.0, 0.0, 0.0)
    assert tuple(bone.rotation_quaternion) == tuple(POSED)
