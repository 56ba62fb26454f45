"""koemorph animate: what an animator types, and everything that can go wrong with it."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from koemorph import formats
from koemorph.cli import main
from koemorph.settings import Settings
from koemorph.timing import FrameRate


@pytest.fixture
def animate(tiny_folder, capsys, one_sentence):
    """`animate(*words)` -> exit code, standard output, standard error; errors must be single sentences."""

    def run(*words):
        code = main(["animate", "--model", str(tiny_folder), *map(str, words)])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        for line in err.splitlines():
            if line.startswith("koemorph: "):
                one_sentence(line)
        return code, out, err

    return run


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_one_recording_to_one_file(animate, recording, tmp_path):
    code, out, err = animate(recording(seconds=0.5), "-o", tmp_path / "out" / "a.csv", "--fps", "24")
    assert code == 0
    assert "12 frames at 24 fps" in out and "a.csv" in out
    assert "untrained" in err.lower()
    assert formats.read(tmp_path / "out" / "a.csv", rate=FrameRate.parse(24)).take.frame_count == 12
    assert names(tmp_path / "out") == ["a.csv"]


@pytest.mark.parametrize("ending", [".take", ".csv", ".jsonl", ".TAKE"])
def test_the_ending_chooses_the_format(animate, recording, tmp_path, ending):
    assert animate(recording(), "-o", tmp_path / f"a{ending}")[0] == 0
    assert formats.read(tmp_path / f"a{ending}", rate=FrameRate.parse(60)).take.frame_count == 48


def test_the_default_is_a_take_here(animate, recording, tmp_path, monkeypatch):
    source = recording("in/line.wav")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert animate(source)[0] == 0
    assert names(tmp_path / "here") == ["line.take"]
    assert names(tmp_path / "in") == ["line.wav"]


def test_a_folder_with_several_formats(animate, recording, tmp_path):
    words = (recording("a.wav"), recording("b.wav"), "-o", tmp_path / "takes")
    assert animate(*words, "--format", "take", "--format", "livelink")[0] == 0
    assert names(tmp_path / "takes") == ["a.csv", "a.take", "b.csv", "b.take"]


@pytest.mark.parametrize(
    ("fps", "frames"), [("24", 19), ("25", 20), ("29.97", 24), ("30", 24), ("60", 48), ("30000/1001", 24), ("1", 1)]
)
def test_frame_rates(animate, recording, tmp_path, fps, frames):
    assert animate(recording(), "-o", tmp_path / "a.take", "--fps", fps)[0] == 0
    take = formats.read_take(tmp_path / "a.take")
    assert take.frame_count == frames and take.rate == FrameRate.parse(fps)


@pytest.mark.parametrize(
    ("begin", "end", "start", "frames"),
    [
        ("1", "2.5", "1", 36),
        ("0:01.5", None, "3/2", 60),
        (None, "0.5", "0", 12),
        ("00:00:01:12", "00:00:02:00", "3/2", 12),
    ],
)
def test_a_part_of_it(animate, recording, tmp_path, begin, end, start, frames):
    words = [*(["--in", begin] if begin else []), *(["--out", end] if end else [])]
    assert animate(recording(seconds=4.0), "-o", tmp_path / "a.take", "--fps", "24", *words)[0] == 0
    take = formats.read_take(tmp_path / "a.take")
    assert str(take.start) == start and take.frame_count == frames


def test_channels(animate, tmp_path, speech_like):
    """Speech on the left, silence on the right: the mouth must know which it listens to."""
    path = tmp_path / "a.wav"
    soundfile.write(path, np.stack([speech_like(1.0), np.zeros(16_000, np.float32)], axis=1), 16_000)
    mouths = {}
    for channel in ("left", "right", "1", "2"):
        assert animate(path, "-o", tmp_path / f"{channel}.take", "--channel", channel)[0] == 0
        mouths[channel] = formats.read_take(tmp_path / f"{channel}.take").curve("jawOpen")
    assert np.array_equal(mouths["left"], mouths["1"]) and np.array_equal(mouths["right"], mouths["2"])
    assert mouths["left"].max() > 0 and mouths["right"].max() == 0


@pytest.mark.parametrize("channel", ["3", "0", "-1", "middle", "²", "1.5", "", "9" * 400])
def test_channels_that_are_not_there(animate, recording, tmp_path, channel):
    code, _, err = animate(recording(channels=2), "-o", tmp_path / "a.take", "--channel=" + channel)
    assert code == 3 and err.startswith("koemorph: ")
    assert not (tmp_path / "a.take").exists()


def test_flags_override_the_preset(animate, recording, tmp_path):
    preset = tmp_path / "mine.json"
    preset.write_text('{"temperature": 0.4, "silence_gate": -60, "lower_face_smoothing": 0.09}', "utf-8")
    words = ("--preset", preset, "--temperature", "0.1", "--smoothing", "0.02", "--upper-face-smoothing", "0.03")
    assert animate(recording(), "-o", tmp_path / "a.take", *words)[0] == 0
    made_with = Settings.from_dict(formats.read_take(tmp_path / "a.take").provenance["settings"])
    assert made_with == Settings(
        temperature=0.1, silence_gate=-60.0, lower_face_smoothing=0.02, upper_face_smoothing=0.03
    )


@pytest.mark.parametrize(
    "words",
    [
        ("--temperature", "0.9"),
        ("--temperature", "nan"),
        ("--smoothing", "-1"),
        ("--smoothing", "inf"),
        ("--silence-gate", "-71"),
        ("--fps", "0"),
        ("--fps", "fast"),
        ("--fps", "1e999999999"),
        ("--fps", ""),
        ("--preset", "none.json"),
        ("--threads", "0"),
        ("--provider", "WarpDrive"),
    ],
    ids=" ".join,
)
@pytest.mark.timeout(20)
def test_settings_out_of_range_end_before_any_work(animate, recording, tmp_path, words):
    code, out, err = animate(recording(), "-o", tmp_path / "out" / "a.take", *words)
    assert code == 4 and out == "" and err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [("--in", "soon"), ("--in", "1:75"), ("--out", "1e999999999"), ("--in", "-1")])
@pytest.mark.timeout(20)
def test_moments_that_are_none(animate, recording, tmp_path, words):
    code, _, err = animate(recording(), "-o", tmp_path / "a.take", *words)
    assert code == 4 and words[1] in err
    assert names(tmp_path) == ["line.wav"]


@pytest.mark.parametrize("words", [("--in", "5"), ("--in", "0.5", "--out", "0.5"), ("--in", "0.5", "--out", "0.2")])
def test_parts_that_hold_nothing(animate, recording, tmp_path, words):
    code, _, err = animate(recording(), "-o", tmp_path / "a.take", *words)
    assert code == 3 and err.startswith("koemorph: ")
    assert names(tmp_path) == ["line.wav"]


@pytest.mark.parametrize(
    "words",
    [("--temperature", "warm"), ("--smoothing-method", "magic"), ("--format", "fbx"), ("--threads", "x"), ("--no",)],
)
def test_a_wrong_command_line_is_code_two(recording, capsys, words):
    with pytest.raises(SystemExit) as leaving:
        main(["animate", str(recording()), *words])
    assert leaving.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_one_broken_recording_does_not_stop_the_others(animate, recording, tmp_path):
    good, also_good = recording("a.wav"), recording("d.wav")
    (tmp_path / "b.wav").write_bytes(b"this is no recording")
    code, out, err = animate(good, tmp_path / "b.wav", tmp_path / "c.wav", also_good, "-o", tmp_path / "takes")
    assert code == 3
    assert names(tmp_path / "takes") == ["a.take", "d.take"]
    errors = [line for line in err.splitlines() if line.startswith("koemorph: ")]
    assert len(errors) == 2 and "b.wav" in errors[0] and "c.wav" in errors[1]
    assert out.count("frames") == 2


def test_what_cannot_be_written_is_code_seven(animate, recording, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    code, out, err = animate(recording(), "-o", tmp_path / "file" / "a.take")
    assert code == 7 and out == "" and "file" in err


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no folder that even root cannot write to")
def test_a_folder_that_cannot_be_written_to(animate, recording):
    code, out, err = animate(recording(), "-o", "/proc/self/takes")
    assert code == 7 and out == "" and "/proc/self/takes" in err


@pytest.mark.parametrize("output", ["a.fbx", "a.txt", "a.take.bak"])
def test_unknown_endings(animate, recording, tmp_path, output):
    code, _, err = animate(recording(), "-o", tmp_path / output)
    assert code == 7 and ".csv" in err
    assert names(tmp_path) == ["line.wav"]


def test_a_folder_may_look_like_a_file(animate, recording, tmp_path):
    for name in ("scene.v2", "all.take"):
        (tmp_path / name).mkdir()
        assert animate(recording(), "-o", tmp_path / name)[0] == 0
        assert names(tmp_path / name) == ["line.take"]


def test_a_slash_at_the_end_means_a_folder(animate, recording, tmp_path):
    for name in ("scene.v2", "all.take"):
        assert animate(recording(), "-o", f"{tmp_path / name}/")[0] == 0
        assert names(tmp_path / name) == ["line.take"]


def test_no_result_replaces_another(animate, recording, tmp_path):
    first, second = recording("x/line.wav"), recording("y/line.wav")
    code, _, err = animate(first, second, "-o", tmp_path / "takes")
    assert code == 7 and "line.take" in err
    assert not (tmp_path / "takes").exists()


def test_no_result_replaces_a_recording(animate, recording, tmp_path):
    odd = recording("line.csv")
    before = odd.read_bytes()
    for words in ((odd, "-o", odd), (odd, "-o", tmp_path, "--format", "livelink")):
        code, _, err = animate(*words)
        assert code == 7 and "line.csv" in err
    assert odd.read_bytes() == before


def test_many_recordings_do_not_fit_into_one_file(animate, recording, tmp_path):
    code, _, err = animate(recording("a.wav"), recording("b.wav"), "-o", tmp_path / "all.csv")
    assert code == 7 and "folder" in err


def test_a_named_format_needs_no_ending_of_its_own(animate, recording, tmp_path):
    assert animate(recording(), "-o", tmp_path / "a.txt", "--format", "jsonl")[0] == 0
    assert formats.read(tmp_path / "a.txt", "jsonl").take.frame_count == 48
    code, _, err = animate(recording(), "-o", tmp_path / "b.txt", "--format", "jsonl", "--format", "take")
    assert code == 7 and "b.txt" in err and "folder" in err
    code, _, err = animate(recording(), "-o", tmp_path / "line.wav", "--format", "take")
    assert code == 7 and "line.wav" in err
    assert names(tmp_path) == ["a.txt", "line.wav"]


def test_file_and_format_must_agree(animate, recording, tmp_path):
    assert animate(recording(), "-o", tmp_path / "a.csv", "--format", "take")[0] == 7
    assert animate(recording(), "-o", tmp_path / "a.csv", "--format", "livelink")[0] == 0
    assert names(tmp_path) == ["a.csv", "line.wav"]


@pytest.mark.parametrize(("name", "first"), [("livelink", "Timecode"), ("csv", "time")])
def test_the_named_one_of_two_formats_with_one_ending(animate, recording, tmp_path, name, first):
    for place in (tmp_path / "a.csv", tmp_path / "folder"):
        assert animate(recording(), "-o", place, "--format", name)[0] == 0
    for path in (tmp_path / "a.csv", tmp_path / "folder" / "line.csv"):
        assert path.read_text("utf-8").startswith(first + ",")
    assert animate(recording(), "-o", tmp_path / "both", "--format", "livelink", "--format", "csv")[0] == 7
    assert not (tmp_path / "both").exists()


def test_the_same_recording_twice_is_done_once(animate, recording, tmp_path):
    code, out, _ = animate(recording(), recording(), "-o", tmp_path / "takes")
    assert code == 0 and out.count("frames") == 1


@pytest.mark.parametrize(
    "name", ["Grüße 声.wav", "two words.wav", 'it\'s "quoted".wav', "-dash.wav", "a;b&c$(d).wav", "%s{0}.wav"]
)
def test_names_of_every_kind(animate, recording, tmp_path, name):
    path = recording(name)
    code, out, _ = animate("-o", tmp_path / "out", "--progress", "json", "--", path)
    assert code == 0
    assert names(tmp_path / "out") == [path.stem + ".take"]
    assert {json.loads(line)["source"] for line in out.splitlines()} == {str(path)}
    assert formats.read_take(tmp_path / "out" / (path.stem + ".take")).provenance["audio"] == name


def test_progress_for_programs(animate, recording, tmp_path):
    (tmp_path / "bad.wav").write_bytes(b"no")
    good = recording(seconds=65.0)
    code, out, err = animate(good, tmp_path / "bad.wav", "-o", tmp_path / "takes", "--progress", "json")
    events = [json.loads(line) for line in out.splitlines()]
    assert code == 3 and err == ""
    assert {event["event"] for event in events} == {"progress", "note", "result", "error"}
    progress = [event for event in events if event["event"] == "progress"]
    assert all(0.0 <= event["fraction"] <= 1.0 for event in progress)
    assert {event["stage"] for event in progress} == {"listening", "animating"}
    result = next(event for event in events if event["event"] == "result")
    assert result["source"] == str(good) and result["frames"] == 3900 and result["fps"] == "60"
    assert result["outputs"] == [str(tmp_path / "takes" / "line.take")]
    error = next(event for event in events if event["event"] == "error")
    assert error["exit_code"] == 3 and error["kind"] == "AudioError" and error["source"].endswith("bad.wav")


def test_a_bar_ends_clean(animate, recording, tmp_path):
    code, out, err = animate(recording(seconds=2.0), "-o", tmp_path / "a.take", "--progress", "bar")
    assert code == 0 and "[###" in err and "100%" in err and "[" not in out


def test_quiet_says_nothing_but_errors(animate, recording, tmp_path):
    code, out, err = animate(recording(), "-q", "-o", tmp_path / "a.take")
    assert (code, out, err) == (0, "", "")
    code, out, err = animate(tmp_path / "none.wav", "-q", "-o", tmp_path / "b.take")
    assert code == 3 and out == "" and err.count("\n") == 1


def test_a_broken_model_is_code_five(animate, recording, tmp_path):
    code, _, err = animate(recording(), "-o", tmp_path / "a.take", "--model", tmp_path / "none")
    assert code == 5 and "none" in err
    assert names(tmp_path) == ["line.wav"]


def test_silence_and_clipping_are_told(animate, tmp_path):
    soundfile.write(tmp_path / "silent.wav", np.zeros(8000), 16_000)
    code, _, err = animate(tmp_path / "silent.wav", "-o", tmp_path / "a.take")
    assert code == 0 and "silen" in err
    assert "silen" in " ".join(formats.read_take(tmp_path / "a.take").provenance["warnings"])


def test_a_stop_while_writing_leaves_the_old_file(animate, recording, tmp_path, monkeypatch):
    source = recording()
    animate(source, "-o", tmp_path / "a.take")
    before = (tmp_path / "a.take").read_bytes()

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("numpy.lib.format.write_array_header_1_0", stop)
    code, _, err = animate(source, "-o", tmp_path / "a.take", "--temperature", "0.5")
    assert code == 130 and "Stopped" in err
    assert (tmp_path / "a.take").read_bytes() == before
    assert names(tmp_path) == ["a.take", "line.wav"]


def test_the_same_command_gives_the_same_bytes(animate, recording, tmp_path):
    source = recording(rate=44_100, channels=2)
    for name in ("a.take", "b.take"):
        animate(source, "-o", tmp_path / name, "--fps", "23.976")
    assert (tmp_path / "a.take").read_bytes() == (tmp_path / "b.take").read_bytes()
