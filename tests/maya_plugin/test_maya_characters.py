"""Whom a line is keyed on: what moves nothing, what belongs to the face, joints, the head."""

from __future__ import annotations

import json

import numpy as np
import pytest

from koemorph.formats import read_take, write_take


def test_empty_targets_are_told_and_never_keyed(face, cmds, take_file):
    face.empty("faceShapes", "JawOpen")
    assert "2 of 52 shapes matched" in cmds.koemorphCoverage()
    cmds.koemorphImport(file=str(take_file()))
    assert any("faceShapes: shapes that are empty and move nothing: JawOpen." in note for note in face.said)
    assert not face.state.mover("faceShapes.JawOpen") and face.state.mover("faceShapes.mouth_close")


def test_a_face_of_nothing_but_empty_targets_is_refused(face, cmds, take_file, one_sentence):
    face.empty("faceShapes", "JawOpen", "mouth_close", "eyeBlink_L")
    with pytest.raises(RuntimeError) as caught:
        cmds.koemorphImport(file=str(take_file()))
    one_sentence(caught.value)


def test_what_the_same_joints_move_goes_along(face, cmds, take_file):
    face.add_face("teethShapes", ("jawOpen",), "teeth")
    face.add_face("otherShapes", ("jawOpen",), "other")
    face.add_joint("head", "face")
    face.add_joint("head", "teeth")
    cmds.koemorphImport(file=str(take_file()))
    assert face.frames_of("teethShapes.jawOpen") == face.frames_of("faceShapes.JawOpen")
    assert not face.state.mover("otherShapes.jawOpen")


@pytest.fixture
def jaw(face, tmp_path):
    """A joint that rests somewhere, and a preset that turns, moves and calibrates it."""
    face.add_joint("jaw", "face", translateY=-3.0, rotateX=5.0)
    preset = tmp_path / "jaw.json"
    entries = {"jawOpen": [{"target": "bone:jaw:rotate x", "gain": 20}, {"target": "bone:jaw:move y", "gain": -0.5}]}
    calibration = {"bone:jaw:rotate x": {"gain": 0.5, "maximum": 6.0}}
    told = {"schema_version": 1, "name": "Jaw", "entries": entries, "calibration": calibration}
    preset.write_text(json.dumps(told))
    return str(preset)


def test_joints_turn_and_move_from_where_they_rest(face, cmds, take_file, jaw):
    path = take_file()
    opened = read_take(path).curve("jawOpen")
    for _ in range(2):  # keyed over itself, it begins at the same rest
        cmds.koemorphImport(file=str(path), mapping=jaw, startFrame=1)
        turned, moved = (face.drawn(f"jaw.{what}", 1, 24) for what in ("rotateX", "translateY"))
        np.testing.assert_allclose(turned, 5.0 + np.minimum(10 * opened, 6.0), atol=1e-4)
        np.testing.assert_allclose(moved, -3.0 - 0.5 * opened, atol=1e-4)
    cmds.koemorphImport(file=str(path), mapping=jaw, startFrame=1, layer="more")
    turned = face.frames_of("jaw.rotateX", "more")
    np.testing.assert_allclose([value for _, value in turned], np.minimum(10 * opened, 6.0), atol=1e-4)


def test_the_head_turns_only_what_was_chosen(face, cmds, some_take, tmp_path):
    path = tmp_path / "head.take"
    take = some_take(12, "24", ("jawOpen", "headYaw"))
    write_take(take, path)
    face.add_joint("neck", rotateY=3.0)
    cmds.koemorphImport(file=str(path), startFrame=1)
    assert not face.state.mover("neck.rotateY")
    cmds.koemorphImport(file=str(path), startFrame=1, head="neck")
    np.testing.assert_allclose(face.drawn("neck.rotateY", 1, 12), 3.0 + np.degrees(take.curve("headYaw")), atol=1e-3)
    assert not face.state.mover("neck.translateX")
    with pytest.raises(RuntimeError, match="nothing called nobody"):
        cmds.koemorphImport(file=str(path), head="nobody")
