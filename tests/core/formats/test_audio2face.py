"""Audio2Face JSON: what its exporter and others write, and every half or crooked file in one sentence."""

import json
from fractions import Fraction

import numpy as np
import pytest

from koemorph import arkit, formats
from koemorph.errors import TakeError
from koemorph.timing import FrameRate


def exported(path, frames=4, **changes):
    """A file as other programs write it; a change to None leaves the key out."""
    entries = {
        "exportFps": 30,
        "trackPath": "C:/voice/line.wav",
        "numPoses": 52,
        "numFrames": frames,
        "facsNames": list(arkit.SHAPES),
        "weightMat": [[0.25] * 52] * frames,
    } | changes
    path.write_text(json.dumps({key: value for key, value in entries.items() if value is not None}), "utf-8")
    return path


def test_what_others_export(tmp_path):
    joints = {"joints": ["jaw"], "rotations": [[0, 0, 0]], "translations": []}
    reading = formats.read(exported(tmp_path / "a.json", **joints))
    take = reading.take
    assert (take.names, take.frame_count, take.rate, take.start) == (arkit.SHAPES, 4, FrameRate.parse(30), 0)
    assert take.provenance == {"source": "a.json", "audio": "C:/voice/line.wav"}
    (note,) = reading.notes
    assert "joints, rotations" in note and "translations" not in note


def test_the_layout_that_others_read(tmp_path, some_take):
    take = some_take(7, "29.97", start=Fraction(1, 3), provenance={"audio": "line.wav"})
    formats.write_take(take, tmp_path / "a.json")
    told = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert {"exportFps", "trackPath", "numPoses", "numFrames", "facsNames", "weightMat"} <= set(told)
    assert (told["numPoses"], told["numFrames"], told["trackPath"]) == (52, 7, "line.wav")
    assert told["exportFps"] == pytest.approx(29.97003)
    np.testing.assert_array_equal(np.array(told["weightMat"], dtype=np.float32), take.values)
    assert told["facsNames"] == list(take.names)


@pytest.mark.parametrize("spelling", [str.upper, lambda name: name[0].upper() + name[1:], lambda name: "jaw_open"])
def test_other_spellings_become_arkits(tmp_path, spelling, one_sentence):
    path = exported(tmp_path / "a.json", facsNames=[spelling("jawOpen")], numPoses=1, weightMat=[[0.5]] * 4)
    reading = formats.read(path)
    assert reading.take.names == ("jawOpen",)
    assert any("spelling" in note for note in reading.notes)
    for note in reading.notes:
        one_sentence(note)


@pytest.mark.parametrize(
    "changes",
    [
        {"facsNames": None},
        {"facsNames": "jawOpen"},
        {"facsNames": ["jawOpen"]},
        {"facsNames": ["jawOpen"] * 52},
        {"weightMat": None},
        {"weightMat": []},
        {"weightMat": 3},
        {"weightMat": [[]]},
        {"weightMat": [[0.5] * 51] * 4},
        {"weightMat": [[0.5] * 52, [0.5] * 51] * 2},
        {"weightMat": [[0.5] * 51 + ["x"]] * 4},
        {"weightMat": [[0.5] * 51 + [None]] * 4},
        {"weightMat": [[0.5] * 51 + [float("nan")]] * 4},
        {"weightMat": [[0.5] * 51 + [1e300]] * 4},
        {"numFrames": 5},
        {"numPoses": 51},
        {"exportFps": None},
        {"exportFps": 0},
        {"exportFps": "fast"},
        {"exportFps": [30]},
        {"koemorph": {"start": "soon"}},
        {"koemorph": {"rate": "0"}},
        {"koemorph": 3},
        {"koemorph": {"provenance": 3}},
    ],
    ids=range(24),
)
def test_crooked_files(tmp_path, changes, one_sentence):
    with pytest.raises(TakeError) as refusal:
        formats.read_take(exported(tmp_path / "a.json", **changes))
    one_sentence(refusal.value)
    assert "a.json" in str(refusal.value)


def test_a_rate_may_be_named(tmp_path):
    path = exported(tmp_path / "a.json", exportFps=None)
    assert formats.read(path, rate=FrameRate.parse(25)).take.rate == FrameRate.parse(25)


def test_half_a_file(tmp_path, some_take, one_sentence):
    formats.write_take(some_take(20), tmp_path / "a.json")
    data = (tmp_path / "a.json").read_bytes().rstrip()
    for stop in (*range(1, len(data), len(data) // 25), len(data) - 1):
        (tmp_path / "half.json").write_bytes(data[:stop])
        with pytest.raises(TakeError) as refusal:
            formats.read_take(tmp_path / "half.json")
        one_sentence(refusal.value)


@pytest.mark.parametrize("text", ["[]", "3", '{"a" 1}', '{"a": 1} x', "[" * 100_000, '{"a":' * 100_000, "{}"])
def test_other_json(tmp_path, text, one_sentence):
    (tmp_path / "a.json").write_text(text, "utf-8")
    with pytest.raises(TakeError) as refusal:
        formats.read_take(tmp_path / "a.json")
    one_sentence(refusal.value)
