"""koemorph edit: what is asked for and nothing else."""

from fractions import Fraction

import numpy as np
import pytest

from koemorph import arkit, formats
from koemorph.cli import main
from koemorph.take import Take
from koemorph.timing import FrameRate


@pytest.fixture
def take(tmp_path):
    """Two seconds at 60, beginning at 5 s: an open jaw with a closure of two frames every half second."""
    t = np.arange(120) / 60
    values = np.zeros((120, 52), np.float32)
    values[:, arkit.INDEX["jawOpen"]] = 0.3
    values[:, arkit.INDEX["browInnerUp"]] = 0.2 + 0.1 * np.sin(t)
    values[np.arange(120) % 30 < 2, arkit.INDEX["mouthClose"]] = 0.3
    take = Take(arkit.SHAPES, values, FrameRate.parse(60), Fraction(5), {"audio": "line.wav", "audio_sha256": "ab"})
    path = tmp_path / "in.take"
    formats.write_take(take, path)
    return path


def edit(take, *words, expect=0):
    out = take.with_name("out.take")
    assert main(["edit", str(take), "-o", str(out), *map(str, words)]) == expect
    return formats.read_take(out) if expect == 0 else None


def test_nothing_asked_nothing_changed(take):
    edit(take)
    assert take.read_bytes() == take.with_name("out.take").read_bytes()


def test_one_step_only(take):
    before, after = formats.read_take(take), edit(take, "--upper-face-strength", "0.5")
    np.testing.assert_allclose(after.curve("browInnerUp"), 0.5 * before.curve("browInnerUp"), atol=1e-6)
    assert np.array_equal(after.curve("eyeBlinkLeft"), before.curve("eyeBlinkLeft"))
    assert after.provenance["edits"] == [{"upper_face_strength": 0.5}] and after.provenance["audio"] == "line.wav"


def test_edits_add_up(take):
    edit(take, "--mood", "joy")
    out = take.with_name("out.take")
    assert main(["edit", str(out), "-o", str(out), "--blink-rate", "30"]) == 0
    assert formats.read_take(out).provenance["edits"] == [{"mood": "joy"}, {"blink_rate": 30.0}]


@pytest.mark.parametrize("rate", ["24", "25", "29.97", "30"])
def test_another_rate_keeps_the_closures(take, rate):
    after = edit(take, "--fps", rate)
    assert after.rate == FrameRate.parse(rate) and after.start == 5
    t = np.arange(after.frame_count) / float(after.rate.fps)
    gap = after.curve("jawOpen") - after.curve("mouthClose")
    for middle in (0.5, 1.0, 1.5):
        assert gap[np.abs(t - middle - 0.5 / 60) < 0.045].min() <= 0.04


def test_a_part_moved(take):
    after = edit(take, "--in", "5.5", "--out", "6.25", "--offset", "-1.5")
    assert (after.start, after.frame_count) == (4, 45)
    np.testing.assert_array_equal(after.values, formats.read_take(take).values[30:75])


def test_a_preset_by_name_and_a_flag_over_it(take):
    after = edit(take, "--preset", "mouth-only", "--shape-edits", "")
    assert after.provenance["edits"][0]["upper_face_strength"] == 0.0 and not after.curve("browInnerUp").any()


def test_with_the_sound_the_gate_closes(take, recording):
    silent = recording("quiet.wav", seconds=8.0)
    after = edit(take, "--audio", silent, "--silence-gate", "-25", "--silence-hold", "0")
    assert after.curve("jawOpen").min() == 0.0 < after.curve("jawOpen").max()


def test_a_recording_that_the_take_lies_outside_of_is_not_heard_as_silence(take, recording, capsys):
    sound = recording("other.wav", seconds=1.0)
    edit(take, "--audio", sound, "--silence-gate", "-45", expect=6)
    assert "--offset" in capsys.readouterr().err
    assert edit(take, "--audio", sound, "--silence-gate", "-45", "--offset", "-5").start == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--silence-gate", "-40"), 4, "--audio"),
        (("--in", "6", "--out", "5.5"), 6, "empty"),
        (("--out", "99999999"), 6, "a day"),
        (("--offset", "soon"), 4, "soon"),
        (("--preset", "nix"), 4, "natural"),
        (("--mood-keys", "0 glee"), 4, "glee"),
        (("--shape-edits", "nose mute; jaw 3"), 4, "'3'"),
        (("--fps", "0"), 4, "frame rate"),
        (("--jaw-strength", "9"), 4, "Jaw"),
        (("--audio", "none.wav", "--mood", "joy"), 3, "none.wav"),
    ],
)
def test_refusals(take, words, code, told, capsys):
    edit(take, *words, expect=code)
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1 and not take.with_name("out.take").exists()


def test_what_acts_in_the_network_cannot_be_edited(take, capsys):
    with pytest.raises(SystemExit):
        main(["edit", str(take), "-o", "x.take", "--temperature", "0.3"])
    assert "temperature" in capsys.readouterr().err


def test_what_a_capture_lacks_and_a_format_leaves_out_is_told(tmp_path, some_take, capsys):
    source, out = tmp_path / "capture.take", tmp_path / "out.jsonl"
    formats.write_take(some_take(12, names=("jawOpen", "mouthClose", "horn")), source)
    assert main(["edit", str(source), "-o", str(out), "--lip-seal", "0", "--jaw-strength", "0.5"]) == 0
    told = capsys.readouterr().err
    assert "capture.take: It has no eyeBlinkLeft" in told and "out.jsonl: Left out" in told and "horn" in told
