"""Lines that a scene remembers: made again with what a person changed, with other phones, taken away."""

from __future__ import annotations

import copy
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from koemorph.keying import Keying
from koemorph.recording import PlacedRecording, Recording
from koemorph.speech.script import Script
from koemorph.speech.track import Phone, Word
from koemorph.timing import FrameRate

JAW = "faceShapes.JawOpen"
PHONES = (
    Phone(start=Fraction(0), end=Fraction(1, 4), symbol="m"),
    Phone(start=Fraction(1, 4), end=Fraction(1, 2), symbol="a"),
)
WORDS = (Word(start=Fraction(0), end=Fraction(1, 2), text="ma"),)


@pytest.fixture
def line(face, some_take, tmp_path, monkeypatch):
    """`line(**wanted)` keys a line from frame 11 on, as the worker's takes would; `asked` are the requests since."""
    from koemorph_maya import key_line
    from koemorph_maya.request import KeyRequest

    asked = []

    def made(wanted, source, progress=None):
        asked.append(wanted)
        tracks = wanted.edited
        phones, words = (tracks.phones, tracks.words) if tracks else (PHONES, WORDS)
        return replace(some_take(24, "24"), phones=phones, words=words), ()

    def key(**told):
        usual = {"targets": ("face",), "rate": FrameRate.parse("24")}
        source = PlacedRecording(Recording(tmp_path / "line.wav"), Fraction(11))
        return key_line.run(KeyRequest(**{**usual, **told}), source)

    monkeypatch.setattr(key_line, "made", made)
    key.asked = asked
    return key


def test_a_scene_tells_its_lines_and_undo_forgets_them(face, cmds, line):
    before = copy.deepcopy(face.state)
    line(script=Script("Mama"))
    assert cmds.koemorphLines() == "1  line: frames 11 to 34, face, script 'Mama'"
    cmds.undo()
    assert face.state == before and cmds.koemorphLines() == "no lines"


def test_an_update_keeps_what_is_not_named_anew(cmds, line):
    line(settings=line_settings(jaw_strength=0.7), script=Script("Mama"), keying=Keying(style="linear"))
    cmds.koemorphLines(update=True, settings='{"lip_strength": 0.5}', moodStrength=1.5)
    first, again = line.asked
    assert again.script == first.script and again.keying == first.keying
    assert again.settings == replace(first.settings, lip_strength=0.5, mood_strength=1.5)
    cmds.koemorphLines(update=True, script="Papa", language="de")
    assert line.asked[-1].script == Script("Papa", "de")
    assert len(cmds.koemorphLines().splitlines()) == 1


def line_settings(**told):
    from koemorph.settings import Settings

    return Settings(**told)


@pytest.mark.parametrize("layer", ["", "dialogue"])
def test_hand_edits_stay_on_a_layer_of_their_own(face, cmds, line, layer):
    line(layer=layer, layer_mode="override")
    plain = np.array(face.drawn(JAW, 1, 60))
    flags = {"animLayer": layer} if layer else {}
    cmds.setKeyframe(JAW, time=20, value=float(plain[19]) + 0.3, **flags)
    changed = np.array(face.drawn(JAW, 1, 60))
    assert np.abs(changed - plain).max() > 0.29
    report = cmds.koemorphLines(update=True)
    assert "keys" in report and any("JawOpen is kept on the layer koemorphHandEdits" in note for note in face.said)
    np.testing.assert_allclose(face.drawn(JAW, 1, 60), changed, atol=1e-5)
    steps = len(face.done)
    cmds.koemorphLines(update=True)
    np.testing.assert_allclose(face.drawn(JAW, 1, 60), changed, atol=1e-5)
    assert len(face.done) == steps + 1 and list(face.state.layers["koemorphHandEdits"]) == [JAW]


def test_phones_are_seen_and_edited(cmds, line):
    line()
    shown = cmds.koemorphPhones().splitlines()
    assert [row.split()[4] for row in (row.replace("(", " ").replace(")", " ") for row in shown)] == ["m", "a"]
    assert "17.00" in shown[0] and shown[0].endswith("ma")
    said = cmds.koemorphPhones(setPhone="0.1 b; 0.3 o", movePhone="0.1 0 0.2")
    assert "keys" in said
    edited = line.asked[-1].edited
    assert [(one.symbol, one.end) for one in edited.phones] == [("b", Fraction(1, 5)), ("o", Fraction(1, 2))]
    assert "phones edited" in cmds.koemorphLines()
    cmds.koemorphLines(update=True)
    assert line.asked[-1].edited == edited
    with pytest.raises(RuntimeError, match='-setPhone wants "TIME SYMBOL"'):
        cmds.koemorphPhones(setPhone="0.1")
    with pytest.raises(RuntimeError, match="No phone sounds at 9"):
        cmds.koemorphPhones(dropPhone="9")


def test_a_line_is_taken_away_and_the_face_is_at_rest(face, cmds, line):
    face.drive("faceShapes.mouth_close", "animCurveTU", keys=(face.key_at(99),))
    line()
    cmds.koemorphLines(remove=True)
    assert cmds.koemorphLines() == "no lines" and not face.state.mover(JAW)
    assert face.state.nodes["faceShapes"].values["JawOpen"] == 0.0
    assert face.frames_of("faceShapes.mouth_close") == [(99, 0.5)]
    with pytest.raises(RuntimeError, match="no line yet"):
        cmds.koemorphLines(update=True)


def test_several_lines_are_told_apart(face, cmds, line, tmp_path):
    from koemorph_maya import key_line
    from koemorph_maya.request import KeyRequest

    line()
    wanted = KeyRequest(targets=("face",), rate=FrameRate.parse("24"))
    key_line.run(wanted, PlacedRecording(Recording(tmp_path / "other.wav"), Fraction(101)))
    with pytest.raises(RuntimeError, match="Name one line by its number"):
        cmds.koemorphLines(remove=True)
    face.now = 110.0
    cmds.koemorphLines(remove=True)
    assert cmds.koemorphLines().startswith("1  line")


@pytest.mark.parametrize("by", [10, -5, 40])
def test_a_line_moves_as_it_is_with_what_was_changed_and_its_sound(face, cmds, line, tmp_path, by):
    (tmp_path / "line.wav").touch()
    face.add_sound("voice", tmp_path / "line.wav", offset=11.0)
    face.add_sound("elsewhere", tmp_path / "line.wav", offset=12.0)
    line()
    before = np.array(face.drawn(JAW, 11, 24))
    cmds.setKeyframe(JAW, time=20, value=float(before[9]) + 0.3)
    cmds.koemorphLines(update=True)  # what was changed is on its layer now
    changed, steps = np.array(face.drawn(JAW, 11, 24)), len(face.done)
    assert cmds.koemorphLines(moveBy=by) == f"line: frames {11 + by} to {34 + by}"
    np.testing.assert_allclose(face.drawn(JAW, 11 + by, 24), changed, atol=1e-5)
    assert len(face.done) == steps + 1
    assert [face.state.nodes[node].values["offset"] for node in ("voice", "elsewhere")] == [11 + by, 12]
    assert cmds.koemorphLines() == f"1  line: frames {11 + by} to {34 + by}, face"
    cmds.koemorphLines(update=True)
    np.testing.assert_allclose(face.drawn(JAW, 11 + by, 24), changed, atol=1e-5)
    cmds.undo()
    cmds.undo()
    np.testing.assert_allclose(face.drawn(JAW, 11, 24), changed, atol=1e-5)


def test_how_far_targets_go_is_told_kept_and_saved(face, cmds, line, tmp_path):
    line()
    plain = np.array(face.drawn(JAW, 11, 24))
    line(calibrate="JawOpen gain 0.5 maximum 0.1")
    np.testing.assert_allclose(face.drawn(JAW, 11, 24), np.clip(0.5 * plain, None, 0.1), atol=1e-5)
    cmds.koemorphLines(update=True)
    assert line.asked[-1].calibrate == "JawOpen gain 0.5 maximum 0.1"
    saved = tmp_path / "mine.json"
    cmds.koemorphCoverage(targets="face", calibrate="JawOpen gain 0.5", saveMapping=str(saved))
    assert '"JawOpen": {"gain": 0.5}' in saved.read_text()
    with pytest.raises(RuntimeError, match="drives nothing called 'JawOpn'"):
        cmds.koemorphCoverage(targets="face", calibrate="JawOpn gain 0.5")
