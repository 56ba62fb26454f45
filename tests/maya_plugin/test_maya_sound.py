"""The scene's rate and sounds, and a recording keyed through the worker."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import pytest

from koemorph.errors import SettingsError
from koemorph.timing import FrameRate

from .memory import RATES, TICKS

CORE = Path(__file__).parents[2] / "core"


@pytest.mark.parametrize("unit", RATES)
def test_rates_are_exact(maya, unit):
    from koemorph_maya.clock import rate_of

    assert rate_of(unit).fps == RATES[unit]
    assert TICKS % RATES[unit].numerator == 0 or (TICKS / RATES[unit]).denominator == 1


def test_a_scene_without_frames_is_refused(maya):
    from koemorph_maya.clock import rate_of

    with pytest.raises(SettingsError, match="millisec"):
        rate_of("millisec")


def test_offset_and_trim_of_a_sound_count(maya, recording):
    from koemorph_maya.source import from_node

    maya.add_sound("line", recording(), offset=100.0, sourceStart=6.0, sourceEnd=18.0)
    rate = FrameRate.parse("24")
    source = from_node("line", rate)
    assert (source.first_frame, source.recording.begin, source.recording.end) == (100, Fraction(1, 4), Fraction(3, 4))
    assert source.frame_of(Fraction(1, 2), rate) == 106


def test_the_only_sound_of_a_scene_is_keyed(face, recording, monkeypatch):
    monkeypatch.setenv("KOEMORPH_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(CORE))
    face.add_sound("line", recording(seconds=1.0), offset=100.0)
    said = sys.modules["maya.cmds"].koemorphKey(preset="natural")
    assert [frame for frame, _ in face.frames_of("faceShapes.JawOpen")] == list(range(100, 124)), said


def test_the_take_of_a_sound_is_exported_where_the_scene_has_it(face, recording, monkeypatch, tmp_path):
    from koemorph.formats import read_take

    monkeypatch.setenv("KOEMORPH_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(CORE))
    face.add_sound("line", recording(seconds=1.0), offset=100.0)
    said = sys.modules["maya.cmds"].koemorphExport(file=str(tmp_path / "line.take"))
    take = read_take(tmp_path / "line.take")
    assert "24 frames at 24 fps" in said and len(take.names) == 55
    assert take.start == Fraction(100, 24)


def test_a_script_keys_a_line_without_the_commands(bare_maya, recording, monkeypatch):
    monkeypatch.setenv("KOEMORPH_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(CORE))
    from koemorph_maya import clock, key_line, request, source

    bare_maya.add_face("faceShapes", ("jawOpen",), "face")
    order = request.KeyRequest(targets=("face",), rate=clock.scene_rate(), layer="dialogue")
    report = key_line.run(order, source.from_file(recording(seconds=0.5), Fraction(101)))
    assert (report.key_count, report.first, report.last) == (12, 101, 112)
    bare_maya.shells["koemorph_plugin"].uninitializePlugin(sys.modules["maya.api.OpenMaya"].MObject())


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"file": "gone.wav"}, "gone.wav is not a file"),
        ({"audio": "gone"}, "no audio node called gone"),
        ({}, "No recording is chosen"),
        ({"file": "LINE", "settings": "{jaw: 1}"}, "-settings is not valid JSON"),
        ({"file": "LINE", "settings": "[1]"}, "must be a JSON object"),
        ({"file": "LINE", "settings": '{"jaw_size": 1}'}, "jaw_size"),
        ({"file": "LINE", "preset": "gone"}, "gone"),
        ({"file": "LINE", "mapping": "gone"}, "gone"),
        ({"file": "LINE", "keys": "hermite"}, "cannot be 'hermite'"),
        ({"file": "LINE", "layer": "face"}, "no animation layer"),
    ],
)
def test_what_is_wrong_with_a_call_is_one_sentence(face, recording, one_sentence, flags, said):
    before = face.state
    told = {name: str(recording()) if value == "LINE" else value for name, value in flags.items()}
    with pytest.raises(RuntimeError) as caught:
        sys.modules["maya.cmds"].koemorphKey(**told)
    one_sentence(caught.value)
    assert said in str(caught.value) and face.said[-1] == str(caught.value)
    assert face.state is before and not face.done
