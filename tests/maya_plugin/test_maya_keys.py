"""What the commands do to a scene: keys on the right frames, one step of undo, nothing else touched."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from koemorph.formats import read_take

from .memory import BASE, RATES, TICKS, Node


def test_every_frame_gets_the_takes_value(face, cmds, take_file):
    path = take_file()
    said = cmds.koemorphImport(file=str(path), startFrame=101)
    keys = face.frames_of("faceShapes.JawOpen")
    assert [frame for frame, _ in keys] == list(range(101, 125))
    np.testing.assert_allclose([value for _, value in keys], read_take(path).curve("jawOpen"), atol=1e-6)
    assert "72 keys on 3 curves, frames 101 to 124" in said


@pytest.mark.parametrize("unit", RATES)
def test_keys_stand_on_whole_frames_at_every_rate(face, cmds, take_file, unit):
    face.state.unit = unit
    cmds.koemorphImport(file=str(take_file(30, "30")), startFrame=1001)
    keys = face.curve_of("faceShapes.JawOpen").keys
    assert [key.ticks * RATES[unit] / TICKS for key in keys] == list(range(1001, 1001 + len(keys)))
    assert len(keys) == round(RATES[unit])


def test_undo_redo_undo(face, cmds, take_file):
    empty = copy.deepcopy(face.state)
    cmds.koemorphImport(file=str(take_file()))
    keyed = copy.deepcopy(face.state)
    cmds.undo()
    assert face.state == empty
    cmds.redo()
    assert face.state == keyed
    cmds.undo()
    assert face.state == empty and not face.done


def test_keys_outside_of_the_range_stay(face, cmds, take_file):
    face.drive("faceShapes.JawOpen", "animCurveTU", keys=tuple(face.key_at(frame) for frame in (1, 50, 55, 200)))
    cmds.koemorphImport(file=str(take_file()), startFrame=50)
    frames = [frame for frame, _ in face.frames_of("faceShapes.JawOpen")]
    assert frames == [1, *range(50, 74), 200]


def test_merge_keeps_keys_between(face, cmds, take_file):
    face.drive("faceShapes.JawOpen", "animCurveTU", keys=(face.key_at(50.5),))
    cmds.koemorphImport(file=str(take_file()), startFrame=50, merge=True)
    assert (101 / 2, 0.5) in face.frames_of("faceShapes.JawOpen")


def test_range_limits_what_is_keyed(face, cmds, take_file):
    cmds.koemorphImport(file=str(take_file()), startFrame=1, rangeStart=5, rangeEnd=9)
    assert [frame for frame, _ in face.frames_of("faceShapes.JawOpen")] == [5, 6, 7, 8, 9]


@pytest.mark.parametrize("kind", ["expression", "animCurveUU", "parentConstraint", "multiplyDivide", "character"])
def test_what_something_else_moves_is_told_and_never_disconnected(face, cmds, take_file, kind):
    face.drive("faceShapes.JawOpen", kind)
    before = dict(face.state.wires)
    cmds.koemorphImport(file=str(take_file()))
    assert before.items() <= face.state.wires.items()
    assert [
        note for note in face.said if f"faceShapes.JawOpen is driven by mover_of_faceShapes_JawOpen ({kind})" in note
    ]
    assert len(face.frames_of("faceShapes.mouth_close")) == 24


@pytest.mark.parametrize(
    ("made", "word"),
    [({"referenced": True}, "reference"), ({"locked": {"keyTimeValue"}}, "locked"), ({"locked": {"*"}}, "locked")],
)
def test_curves_that_cannot_be_changed_are_told_and_stay(face, cmds, take_file, made, word):
    curve = face.drive("faceShapes.JawOpen", "animCurveTU", keys=(face.key_at(7),), **made)
    cmds.koemorphImport(file=str(take_file()))
    assert len(curve.keys) == 1 and face.frames_of("faceShapes.JawOpen") == [(7, 0.5)]
    assert any("faceShapes.JawOpen" in note and word in note for note in face.said)
    assert len(face.frames_of("faceShapes.mouth_close")) == 24


def test_a_locked_weight_and_a_warped_time_are_told(face, cmds, take_file):
    face.state.nodes["faceShapes"].locked.add("JawOpen")
    face.drive("faceShapes.mouth_close", "animCurveTU", keys=(face.key_at(7),))
    face.drive("mover_of_faceShapes_mouth_close.input", "timeWarp")
    cmds.koemorphImport(file=str(take_file()))
    assert any("faceShapes.JawOpen is locked" in note for note in face.said)
    assert any("faceShapes.mouth_close has its time warped" in note for note in face.said)
    assert len(face.frames_of("faceShapes.eyeBlink_L")) == 24


def test_a_layer_leaves_the_base_as_it_is(face, cmds, take_file):
    cmds.koemorphImport(file=str(take_file(10)), startFrame=1)
    base = face.frames_of("faceShapes.JawOpen")
    cmds.koemorphImport(file=str(take_file(24)), startFrame=1, layer="dialogue", layerMode="override")
    assert face.frames_of("faceShapes.JawOpen", BASE) == base
    assert len(face.frames_of("faceShapes.JawOpen", "dialogue")) == 24
    assert face.state.nodes["dialogue"].values["override"]
    take = read_take(take_file(24))
    np.testing.assert_allclose(face.drawn("faceShapes.JawOpen", 1, 24), take.curve("jawOpen"), atol=1e-6)
    cmds.undo()
    assert "dialogue" not in face.state.nodes and face.frames_of("faceShapes.JawOpen") == base


def test_a_locked_layer_is_refused_before_anything_changes(face, cmds, take_file):
    cmds.animLayer("dialogue")
    face.state.nodes["dialogue"].locked.add("*")
    before = copy.deepcopy(face.state)
    with pytest.raises(RuntimeError, match="dialogue is locked"):
        cmds.koemorphImport(file=str(take_file()), layer="dialogue")
    assert face.state == before


def test_reduced_keys_are_fewer_and_close(face, cmds, tmp_path, some_take):
    from koemorph.formats import write_take

    frames = np.arange(96)
    values = np.stack([0.5 + 0.4 * np.sin(frames / 9), 0.3 * np.sin(frames / 20) ** 2, np.zeros(96)], axis=1)
    take = some_take(96, "24", ("jawOpen", "mouthClose", "eyeBlinkLeft")).with_values(values.astype(np.float32))
    write_take(take, tmp_path / "smooth.take")
    cmds.koemorphImport(file=str(tmp_path / "smooth.take"), startFrame=1, keys="bezier", tolerance=0.01)
    assert len(face.curve_of("faceShapes.JawOpen").keys) < 30
    assert not any("every frame" in note for note in face.said)
    assert np.abs(face.drawn("faceShapes.JawOpen", 1, 96) - values[:, 0]).max() < 0.0101


def test_tangents_that_maya_understands_otherwise_are_noticed(face, cmds, tmp_path, some_take):
    from koemorph.formats import write_take

    values = (0.5 + 0.4 * np.sin(np.arange(96) / 9))[:, None].astype(np.float32)
    write_take(some_take(96, "24", ("jawOpen",)).with_values(values), tmp_path / "smooth.take")
    face.bent = True
    cmds.koemorphImport(file=str(tmp_path / "smooth.take"), startFrame=1, keys="bezier")
    assert any("a key on every frame" in note for note in face.said)
    np.testing.assert_allclose(face.drawn("faceShapes.JawOpen", 1, 96), values[:, 0], atol=1e-6)


def test_an_additive_layer_is_added_to_what_is_there(face, cmds, take_file):
    path = take_file()
    face.state.nodes["faceShapes"].values["JawOpen"] = 0.25
    cmds.koemorphImport(file=str(path), startFrame=1, layer="dialogue")
    wanted = 0.25 + read_take(path).curve("jawOpen")
    np.testing.assert_allclose(face.drawn("faceShapes.JawOpen", 1, 24), wanted, atol=1e-6)


def test_a_layer_holds_keys_over_curves_of_a_reference(face, cmds, take_file):
    face.drive("faceShapes.JawOpen", "animCurveTU", keys=(face.key_at(7),), referenced=True)
    cmds.koemorphImport(file=str(take_file()), layer="dialogue", layerMode="override")
    assert face.frames_of("faceShapes.JawOpen", BASE) == [(7, 0.5)]
    assert len(face.frames_of("faceShapes.JawOpen", "dialogue")) == 24


def test_below_layers_curves_of_a_reference_stay_as_they_are(face, cmds, take_file):
    curve = face.drive("faceShapes.JawOpen", "animCurveTU", keys=(face.key_at(7),), referenced=True)
    cmds.koemorphImport(file=str(take_file()), layer="dialogue")
    cmds.koemorphImport(file=str(take_file(12)), startFrame=1)
    assert curve.referenced and face.frames_of("faceShapes.JawOpen", BASE) == [(7, 0.5)]
    assert any("JawOpen has its keys in a reference" in note for note in face.said)
    assert len(face.frames_of("faceShapes.mouth_close", BASE)) == 12


def test_several_meshes_and_nodes_are_keyed_together(face, cmds, take_file):
    face.add_face("teethShapes", ("jawOpen",), "teeth")
    cmds.koemorphImport(file=str(take_file()), targets="face teeth")
    assert face.frames_of("teethShapes.jawOpen") == face.frames_of("faceShapes.JawOpen")
    cmds.undo()
    assert not [plug for plug in face.state.wires if plug.endswith(("jawOpen", "JawOpen"))]
    assert "3 of 52 shapes matched" in cmds.koemorphCoverage(targets="face teeth")


def test_names_that_could_be_meant_equally_are_told_and_left_alone(face, cmds, take_file):
    face.add_face("bodyShapes", ("Jaw_Open", "JAW_OPEN", "mouthClose"), "body")
    cmds.koemorphImport(file=str(take_file()), targets="body")
    assert not face.state.mover("bodyShapes.Jaw_Open") and face.state.mover("bodyShapes.mouthClose")
    assert any("jawOpen may mean" in note for note in face.said)


def test_the_offset_moves_the_line(face, cmds, take_file):
    cmds.koemorphImport(file=str(take_file()), startFrame=1, offset=9.5)
    assert face.frames_of("faceShapes.JawOpen")[0][0] == 21 / 2


def test_mel_speaks_to_the_commands_with_short_and_long_flags(face, cmds, take_file):
    from maya import mel

    said = mel.eval(f'koemorphImport -f "{take_file()}" -sf 101 -rangeEnd 105 -mg;')
    assert "frames 101 to 105" in said
    with pytest.raises(RuntimeError, match="Invalid flag"):
        mel.eval('koemorphImport -file "a" -frame 1;')


def test_attributes_of_controls_in_a_namespace(maya, cmds, take_file, tmp_path):
    maya.state.nodes["hero:jaw_ctl"] = Node("transform", "", {"openClose": 0.0})
    preset = tmp_path / "hero.json"
    preset.write_text(
        '{"schema_version": 1, "name": "Hero", "entries": {"jawOpen": {"target": "jaw_ctl.openClose", "gain": 10}}}'
    )
    path = take_file()
    cmds.koemorphImport(file=str(path), targets="hero:jaw_ctl", mapping=str(preset))
    values = [value for _, value in maya.frames_of("hero:jaw_ctl.openClose")]
    np.testing.assert_allclose(values, 10 * read_take(path).curve("jawOpen"), atol=1e-5)


def test_nothing_selected_is_one_sentence(maya, cmds, take_file, one_sentence):
    with pytest.raises(RuntimeError) as caught:
        cmds.koemorphImport(file=str(take_file()))
    one_sentence(caught.value)


def test_coverage(face, cmds):
    assert "3 of 52 shapes matched" in cmds.koemorphCoverage()


@pytest.mark.parametrize("command", ["koemorphKey", "koemorphImport", "koemorphExport", "koemorphCoverage"])
def test_help_tells_every_flag(maya, cmds, command):
    told = getattr(cmds, command)(help=True)
    flags = maya.commands[command].syntax()._flags
    assert set(flags) > {"-help"}
    for long, (short, _) in flags.items():
        assert long == "-help" or (f"{short} " in told and f" {long} " in told)


def test_the_new_keys_are_selected_in_the_graph_editor_within_the_same_step(face, in_window, cmds, take_file):
    cmds.koemorphImport(file=str(take_file()), startFrame=1)
    curves = {face.state.mover(f"faceShapes.{name}") for name in face.state.nodes["faceShapes"].aliases}
    assert set(face.state.selected_keys) == curves == set(face.interface.graph_editor)
    assert len(face.done) == 1 and face.state.selection == ["face"]
    cmds.undo()
    assert not face.state.selected_keys


def test_without_a_graph_editor_the_keys_are_selected_all_the_same(face, in_window, cmds, take_file):
    face.interface.graph_editor = None
    cmds.koemorphImport(file=str(take_file()))
    assert len(face.state.selected_keys) == 3


def test_what_fails_half_way_is_taken_back(face, cmds, take_file, monkeypatch):
    from koemorph_maya import key_line

    def broken(*arguments):
        raise RuntimeError("no")

    before = copy.deepcopy(face.state)
    monkeypatch.setattr(key_line, "_show", broken)
    with pytest.raises(RuntimeError, match="no"):
        cmds.koemorphImport(file=str(take_file()))
    assert face.state == before
