"""Calibration on the character itself: one target alone, bones by posing, what else than shapes can be keyed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from koemorph.rig import VISEMES

# One scene for the whole module: making it anew for each test takes longer than all that is looked at.


@pytest.fixture(scope="module")
def emptied(addon: Any) -> None:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)


@pytest.fixture
def scene(emptied: None) -> Any:
    return bpy.context.scene


@pytest.fixture(scope="module")
def name(emptied: None) -> str:
    """Of the sample face: an undo makes the object anew."""
    bpy.ops.koemorph.add_sample_face()
    return str(bpy.context.object.name)


@pytest.fixture
def head(name: str) -> Any:
    return bpy.data.objects[name]


@pytest.fixture
def rig(scene: Any) -> Iterator[Any]:
    bpy.ops.object.armature_add()
    made = bpy.context.object
    made.pose.bones[0].name = "jaw"
    bpy.ops.object.mode_set(mode="POSE")
    bpy.ops.pose.select_all(action="SELECT")
    yield made
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.data.objects.remove(made)


def chosen(one: Any) -> Any:
    bpy.context.view_layer.objects.active = one
    return one


def test_a_target_is_shown_alone_and_the_face_is_put_back(head: Any, tmp_path: Path) -> None:
    from blender_addon.mapping import target_row

    blocks = chosen(head).data.shape_keys.key_blocks
    assert bpy.ops.koemorph.mapping_match() == {"FINISHED"}
    blocks["mouthSmileLeft"].value = 0.25
    head.koemorph.row = next(at for at, row in enumerate(head.koemorph.rows) if row.target == "jawOpen")
    jaw, smile = target_row(head), head.koemorph.targets["mouthSmileLeft"]
    assert jaw.name == "jawOpen"
    jaw.gain, jaw.has_maximum, jaw.maximum = 0.9, True, 0.4
    jaw.test = 0.3
    assert (blocks["jawOpen"].value, blocks["mouthSmileLeft"].value) == (pytest.approx(0.27), 0.0)
    jaw.test = 1.0
    assert blocks["jawOpen"].value == pytest.approx(0.4), "the maximum holds in the test too"
    smile.test = 0.5
    assert jaw.test == 0.0 and (blocks["jawOpen"].value, blocks["mouthSmileLeft"].value) == (0.0, 0.5)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "tested.blend"), copy=True)
    assert smile.test == 0.0 and head.koemorph.before == ""
    assert (blocks["jawOpen"].value, blocks["mouthSmileLeft"].value) == (0.0, 0.25)
    blocks["mouthSmileLeft"].value = 0.0
    saved = tmp_path / "preset.json"
    assert bpy.ops.koemorph.mapping_save(filepath=str(saved)) == {"FINISHED"}
    assert json.loads(saved.read_text("utf-8"))["calibration"] == {"jawOpen": {"gain": 0.9, "maximum": 0.4}}
    jaw.gain = 1.0
    assert bpy.ops.koemorph.mapping_load(filepath=str(saved)) == {"FINISHED"}
    told = head.koemorph.targets["jawOpen"]
    assert told.gain == pytest.approx(0.9) and told.has_maximum and told.maximum == pytest.approx(0.4)
    bpy.ops.koemorph.mapping_clear()


def test_undo_in_the_middle_of_a_test_can_still_put_the_face_back(head: Any) -> None:
    chosen(head)
    bpy.ops.koemorph.mapping_match()
    head.data.shape_keys.key_blocks["mouthPucker"].value = 0.5
    head.koemorph.targets["jawOpen"].test = 0.8
    bpy.ops.ed.undo_push(message="test")
    name = head.name
    bpy.data.objects[name].koemorph.targets["jawOpen"].test = 0.0
    bpy.ops.ed.undo_push(message="end")
    bpy.ops.ed.undo()
    again = bpy.data.objects[name]
    blocks = again.data.shape_keys.key_blocks
    assert (blocks["jawOpen"].value, blocks["mouthPucker"].value) == (pytest.approx(0.8), 0.0)
    again.koemorph.targets["jawOpen"].test = 0.0
    assert (blocks["jawOpen"].value, blocks["mouthPucker"].value) == (0.0, 0.5)
    blocks["mouthPucker"].value = 0.0
    chosen(again)
    bpy.ops.koemorph.mapping_clear()


@pytest.mark.parametrize("mode", ["QUATERNION", "XYZ"])
def test_rest_and_full_are_set_by_posing(rig: Any, some_take: Any, mode: str) -> None:
    from blender_addon.character import character_of
    from blender_addon.mapping import stored_mapping

    bone = rig.pose.bones["jaw"]
    bone.rotation_mode = "XYZ"
    with pytest.raises(RuntimeError, match="at rest"):
        bpy.ops.koemorph.mapping_full(source="jawOpen")
    for pose, press in (((4, 3, 0), "rest"), ((24, 3, 0), "full"), ((5, 3, 0), "rest")):
        bone.rotation_euler = np.radians(pose)
        bpy.context.view_layer.update()
        call = {"rest": bpy.ops.koemorph.mapping_rest, "full": bpy.ops.koemorph.mapping_full}[press]
        assert (call() if press == "rest" else call(source="jawOpen")) == {"FINISHED"}
    bone.rotation_mode = mode
    assert {link.target for link in stored_mapping(rig).links} == {f"bone:jaw:rotate {axis}" for axis in "xyz"}
    character = character_of([rig])
    take = character.mapping.apply(some_take(3))
    opened = float(some_take(3).curve("jawOpen")[1])
    for values, told in ((take.values[1], opened), (character.mapping.alone("bone:jaw:rotate x", 0.0).values[0], 0.0)):
        for owner in character.owners:
            for value, (path, index) in zip(values, owner.targets.values(), strict=True):
                rig.path_resolve(path)[index] = value
        bpy.context.view_layer.update()
        turn = np.degrees(bone.matrix_basis.to_euler("XYZ"))
        assert np.allclose(turn, (5 + 19 * told, 3, 0), atol=0.15), (told, turn)


def test_a_pose_library_becomes_links(rig: Any) -> None:
    from blender_addon.mapping import stored_mapping

    bone = rig.pose.bones["jaw"]
    made = []
    for name, degrees in {**dict.fromkeys(VISEMES, 4.0), "viseme_aa": 20.0, "viseme_PP": -2.0, "walk": 50.0}.items():
        bone.rotation_quaternion = (np.cos(np.radians(degrees / 2)), np.sin(np.radians(degrees / 2)), 0, 0)
        bone.location = (0, 1.0, 0)
        for attribute in ("rotation_quaternion", "location"):
            bone.keyframe_insert(attribute, frame=1)
        action = rig.animation_data.action
        action.name = name
        made.append(action)
        rig.animation_data.action = None
    assert bpy.ops.koemorph.link_poses() == {"FINISHED"}
    links = stored_mapping(rig).links
    gains = {link.source: link.gain for link in links if link.target == "bone:jaw:rotate x"}
    assert gains["viseme_aa"] == pytest.approx(20, abs=1e-3) and gains["viseme_PP"] == pytest.approx(-2, abs=1e-3)
    assert {link.target for link in links} == {"bone:jaw:rotate x"}, "what all poses share is left alone"
    assert max(map(abs, gains.values())) < 40, "walk is no mouth"
    for action in made:
        bpy.data.actions.remove(action)


@pytest.mark.skipif(bpy.app.version < (4, 3, 0), reason="4.3 made Grease Pencil anew")
def test_a_drawn_mouth_is_keyed_by_its_frames(scene: Any, recording: Path) -> None:
    bpy.ops.object.grease_pencil_add(type="EMPTY")
    mouth = bpy.context.object
    with pytest.raises(RuntimeError, match="no drawing on the frames from 20"):
        bpy.ops.koemorph.draw_mouth(drawn="Rhubarb", first=20)
    layer = mouth.data.layers.new("mouth") if not mouth.data.layers else mouth.data.layers[0]
    for frame in [*range(1, 8), 9]:
        if frame not in {one.frame_number for one in layer.frames}:
            layer.frames.new(frame)
    assert bpy.ops.koemorph.draw_mouth(drawn="Rhubarb") == {"FINISHED"}
    assert len(mouth.koemorph.rows) == len(VISEMES)
    scene.koemorph.audio = str(recording)
    for style in ("EVERY", "BEZIER"):
        scene.koemorph.style = style
        assert bpy.ops.koemorph.animate() == {"FINISHED"}
        shown = []
        for frame in range(1, 36):
            scene.frame_set(frame)
            shown.append(mouth.modifiers["KoeMorph Mouth"].offset)
        assert set(shown) <= set(range(1, 10)) and len(set(shown)) > 3 and 1 in shown, "A is closed"
    scene.koemorph.style = "EVERY"
    bpy.data.objects.remove(mouth)


def test_controls_drive_the_face_and_lines_go_onto_them(head: Any, recording: Path) -> None:
    from blender_addon.character import chosen_objects

    chosen(head)
    assert bpy.ops.koemorph.add_controls() == {"FINISHED"}
    made = bpy.context.object
    assert made.type == "EMPTY" and made["jawOpen"] == 0.0
    chosen(head)
    assert chosen_objects(bpy.context) == [made], "from the face, too"
    with pytest.raises(RuntimeError, match="has controls already"):
        bpy.ops.koemorph.add_controls()
    bpy.context.scene.koemorph.audio = str(recording)
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    opened = []
    for frame in range(1, 36):
        bpy.context.scene.frame_set(frame)
        face = head.evaluated_get(bpy.context.evaluated_depsgraph_get()).data.shape_keys.key_blocks["jawOpen"].value
        assert face == pytest.approx(made["jawOpen"], abs=1e-6)
        opened.append(face)
    assert max(opened) > 0.05
    assert head.data.shape_keys.animation_data.action is None


def test_turns_are_combined_where_a_layer_is_added() -> None:
    from blender_addon.destination import _blended

    assert _blended("ADD", [('pose.bones["jaw"].rotation_quaternion', 0)]) == "COMBINE"
    assert _blended("ADD", [('pose.bones["jaw"].rotation_euler', 0)]) == "ADD"


def test_one_press_from_a_fresh_scene_to_a_speaking_face(scene: Any) -> None:
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    scene.koemorph.audio = ""
    assert bpy.ops.koemorph.try_it() == {"FINISHED"}
    assert bpy.context.object.location.x - bpy.context.object.dimensions.x / 2 > cube.location.x + 1, (
        "hidden in the cube"
    )
    bpy.data.objects.remove(cube)
    blocks = bpy.context.object.data.shape_keys.key_blocks
    jaw = []
    for frame in range(1, 120, 3):
        scene.frame_set(frame)
        jaw.append(blocks["jawOpen"].value)
    assert max(jaw) > 0.1 and scene.frame_end > 150


def test_an_own_recording_is_chosen_and_keyed_in_one_go(head: Any, recording: Path) -> None:
    from blender_addon.retake import current_line

    chosen(bpy.data.objects.get("KoeMorph Face.001", head))
    assert bpy.ops.koemorph.animate_recording(filepath=str(recording)) == {"FINISHED"}
    assert current_line(bpy.context).line.name == recording.stem
