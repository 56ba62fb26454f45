"""What the commands do to a scene: keys on the right frames, one step of undo, nothing else touched."""

from __future__ import annotations

import copy
import sys

import numpy as np
import pytest

from koemorph.formats import read_take

from .in_memory_maya import RATES, TICKS, Key, Node


def cmds():
    return sys.modules["maya.cmds"]


def test_every_frame_gets_the_takes_value(face, take_file):
    path = take_file()
    said = cmds().koemorphImport(file=str(path), startFrame=101)
    keys = face.frames_of("faceShapes.JawOpen")
    assert [frame for frame, _ in keys] == list(range(101, 125))
    np.testing.assert_allclose([value for _, value in keys], read_take(path).curve("jawOpen"), atol=1e-6)
    assert "72 keys on 3 curves, frames 101 to 124" in said


@pytest.mark.parametrize("unit", RATES)
def test_keys_stand_on_whole_frames_at_every_rate(face, take_file, unit):
    face.state.unit = unit
    cmds().koemorphImport(file=str(take_file(30, "30")), startFrame=1001)
    keys = face.curve_of("faceShapes.JawOpen").keys
    assert [key.ticks * RATES[unit] / TICKS for key in keys] == list(range(1001, 1001 + len(keys)))
    assert len(keys) == round(RATES[unit])


def test_undo_redo_undo(face, take_file):
    empty = copy.deepcopy(face.state)
    cmds().koemorphImport(file=str(take_file()))
    keyed = copy.deepcopy(face.state)
    cmds().undo()
    assert face.state == empty
    cmds().redo()
    assert face.state == keyed
    cmds().undo()
    assert face.state == empty and not face.done


def test_keys_outside_of_the_range_stay(face, take_file):
    def at(frame):
        return Key(frame * TICKS // 24, 0.5)

    face.state.nodes["hand"] = Node("animCurveTU", keys=[at(frame) for frame in (1, 50, 55, 200)])
    face.state.inputs["faceShapes.JawOpen"] = "hand"
    cmds().koemorphImport(file=str(take_file()), startFrame=50)
    frames = [frame for frame, _ in face.frames_of("faceShapes.JawOpen")]
    assert frames == [1, *range(50, 74), 200]


def test_merge_keeps_keys_between(face, take_file):
    face.state.nodes["hand"] = Node("animCurveTU", keys=[Key(TICKS * 101 // 48, 0.5)])
    face.state.inputs["faceShapes.JawOpen"] = "hand"
    cmds().koemorphImport(file=str(take_file()), startFrame=50, merge=True)
    assert (101 / 2, 0.5) in face.frames_of("faceShapes.JawOpen")


def test_range_limits_what_is_keyed(face, take_file):
    cmds().koemorphImport(file=str(take_file()), startFrame=1, rangeStart=5, rangeEnd=9)
    assert [frame for frame, _ in face.frames_of("faceShapes.JawOpen")] == [5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("prepare", "word"),
    [
        (lambda s: s.nodes["faceShapes"].locked.add("JawOpen"), "locked"),
        (lambda s: (s.nodes.update(e=Node("expression")), s.inputs.update({"faceShapes.JawOpen": "e"})), "driven"),
        (lambda s: (s.nodes.update(d=Node("animCurveUU")), s.inputs.update({"faceShapes.JawOpen": "d"})), "driven"),
        (
            lambda s: (
                s.nodes.update(r=Node("animCurveTU", referenced=True)),
                s.inputs.update({"faceShapes.JawOpen": "r"}),
            ),
            "reference",
        ),
        (
            lambda s: (
                s.nodes.update(c=Node("animCurveTU", locked={"keyTimeValue"})),
                s.inputs.update({"faceShapes.JawOpen": "c"}),
            ),
            "locked curve",
        ),
    ],
)
def test_what_is_in_the_way_is_told_and_left_alone(face, take_file, prepare, word):
    prepare(face.state)
    before = dict(face.state.inputs)
    cmds().koemorphImport(file=str(take_file()))
    assert face.state.inputs.get("faceShapes.JawOpen") == before.get("faceShapes.JawOpen")
    assert any("faceShapes.JawOpen" in note and word in note for note in face.said)
    assert len(face.frames_of("faceShapes.mouth_close")) == 24


def test_a_layer_leaves_the_base_as_it_is(face, take_file):
    cmds().koemorphImport(file=str(take_file(10)), startFrame=1)
    base = face.frames_of("faceShapes.JawOpen")
    cmds().koemorphImport(file=str(take_file(24)), startFrame=1, layer="dialogue", layerMode="override")
    assert face.frames_of("faceShapes.JawOpen", "BaseAnimation") == base
    assert len(face.frames_of("faceShapes.JawOpen", "dialogue")) == 24
    assert face.state.nodes["dialogue"].attributes["override"]
    cmds().undo()
    assert "dialogue" not in face.state.nodes and face.frames_of("faceShapes.JawOpen") == base


def test_a_locked_layer_is_refused_before_anything_changes(face, take_file):
    face.state.nodes["dialogue"] = Node("animLayer", locked={"*"})
    before = copy.deepcopy(face.state)
    with pytest.raises(RuntimeError, match="dialogue is locked"):
        cmds().koemorphImport(file=str(take_file()), layer="dialogue")
    assert face.state == before


def test_reduced_keys_are_fewer_and_close(face, tmp_path, some_take):
    from koemorph.formats import write_take

    frames = np.arange(96)
    values = np.stack([0.5 + 0.4 * np.sin(frames / 9), 0.3 * np.sin(frames / 20) ** 2, np.zeros(96)], axis=1)
    take = some_take(96, "24", ("jawOpen", "mouthClose", "eyeBlinkLeft")).with_values(values.astype(np.float32))
    write_take(take, tmp_path / "smooth.take")
    cmds().koemorphImport(file=str(tmp_path / "smooth.take"), startFrame=1, keys="bezier", tolerance=0.01)
    assert len(face.curve_of("faceShapes.JawOpen").keys) < 30
    assert not any("every frame" in note for note in face.said)
    assert abs(drawn(face, "faceShapes.JawOpen", 96) - values[:, 0]).max() < 0.0101


def test_tangents_that_maya_understands_otherwise_are_noticed(face, tmp_path, some_take):
    from koemorph.formats import write_take

    values = (0.5 + 0.4 * np.sin(np.arange(96) / 9))[:, None].astype(np.float32)
    write_take(some_take(96, "24", ("jawOpen",)).with_values(values), tmp_path / "smooth.take")
    face.bent = True
    cmds().koemorphImport(file=str(tmp_path / "smooth.take"), startFrame=1, keys="bezier")
    assert any("a key on every frame" in note for note in face.said)
    np.testing.assert_allclose(drawn(face, "faceShapes.JawOpen", 96), values[:, 0], atol=1e-6)


def drawn(face, plug, frames):
    anim, om = sys.modules["maya.api.OpenMayaAnim"], sys.modules["maya.api.OpenMaya"]
    curve = anim.MFnAnimCurve(face.state.inputs[plug])
    return np.array([curve.evaluate(om.MTime(1 + frame, om.MTime.uiUnit())) for frame in range(frames)])


def test_attributes_of_controls_in_a_namespace(maya, take_file, tmp_path):
    maya.state.nodes["hero:jaw_ctl"] = Node("transform", {"openClose": 0.0})
    preset = tmp_path / "hero.json"
    preset.write_text(
        '{"schema_version": 1, "name": "Hero", "entries": {"jawOpen": {"target": "jaw_ctl.openClose", "gain": 10}}}'
    )
    path = take_file()
    cmds().koemorphImport(file=str(path), targets="hero:jaw_ctl", mapping=str(preset))
    values = [value for _, value in maya.frames_of("hero:jaw_ctl.openClose")]
    np.testing.assert_allclose(values, 10 * read_take(path).curve("jawOpen"), atol=1e-5)


def test_nothing_selected_is_one_sentence(maya, take_file, one_sentence):
    with pytest.raises(RuntimeError) as caught:
        cmds().koemorphImport(file=str(take_file()))
    one_sentence(caught.value)


def test_wrong_flags_are_refused_by_the_memory(face):
    with pytest.raises(TypeError, match="Invalid flag"):
        cmds().setKeyframe("faceShapes.JawOpen", frame=1)
    with pytest.raises(TypeError, match="no query mode"):
        cmds().setKeyframe("faceShapes.JawOpen", query=True, time=1)
    with pytest.raises(AttributeError):
        cmds().bakeDialogue()


def test_coverage_and_help(face):
    assert "3 of 52 shapes matched" in cmds().koemorphCoverage()
    assert "-layerMode" in cmds().koemorphKey(help=True)
