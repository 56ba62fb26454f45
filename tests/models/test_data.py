"""Data sets: the folder, who is in which part, captures brought in, utterances taught, and the one command line."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from talking import SAMPLE_RATE, delayed, save, talk

from koemorph import arkit, formats
from koemorph.audio import open_clip
from koemorph.errors import MissingPieceError
from koemorph.take import Take
from koemorph.timing import FrameRate
from koemorph_models import cli
from koemorph_models.data.dataset import Speaker, add_speaker, read_dataset, read_speakers, write_speakers
from koemorph_models.data.importing import captures
from koemorph_models.data.parts import by_part, part_of
from koemorph_models.data.split import Part
from koemorph_models.errors import DataError
from koemorph_models.speech.utterance import SILENCE, Phone, Utterance, write_utterances

R30, R60 = FrameRate.parse("30"), FrameRate.parse("60")


def koemorph_models(*words: object) -> int:
    return cli.main([str(word) for word in words])


# The folder


def test_a_folder_is_read_by_speakers(tmp_path):
    samples, take = talk(1.0, "30")
    save(tmp_path / "anna", "b", samples, take)
    save(tmp_path / "anna" / "monday", "a", samples, take)
    save(tmp_path, "loose", samples, take, ".take")
    (tmp_path / ".hidden").mkdir()
    save(tmp_path / ".hidden", "x", samples, take)
    (tmp_path / "anna" / "b.flac").write_bytes(b"later in the order of endings")
    (tmp_path / "anna" / "alone.wav").write_bytes(b"")
    write_speakers(
        tmp_path / "speakers.tsv", [Speaker(speaker="anna", group="woman", language="de", licence="ours", part="test")]
    )
    data = read_dataset(tmp_path)
    assert [one.name for one in data.recordings] == ["anna/b", "anna/monday/a", "loose"]
    assert [one.speaker.speaker for one in data.recordings] == ["anna", "anna", tmp_path.name]
    assert data.recordings[0].speaker == Speaker(
        speaker="anna", group="woman", language="de", licence="ours", part="test"
    )
    assert [path.name for path in data.alone] == ["alone.wav"]
    assert [path.name for path in data.doubled] == ["b.flac"]
    with pytest.raises(DataError, match="no folder"):
        read_dataset(tmp_path / "nowhere")


@pytest.mark.parametrize(("captured", "wanted"), [("30", R60), ("60", R30), ("24", R60), ("60", R60)])
def test_curves_are_resampled_to_the_asked_rate_at_exact_moments(tmp_path, captured, wanted):
    samples, take = talk(2.0, captured)
    save(tmp_path, "line", samples, take)
    (recording,) = read_dataset(tmp_path).recordings
    with recording.clip() as clip:
        targets = recording.targets(wanted, clip.sample_count)
    assert targets.shape == (wanted.frame_count(Fraction(2)), 52)
    frames = np.arange(take.frame_count) / float(take.rate.fps)
    moments = np.minimum(np.arange(len(targets)) / float(wanted.fps), frames[-1])
    jaw = arkit.INDEX["jawOpen"]
    assert np.allclose(targets[:, jaw], np.interp(moments, frames, take.curve("jawOpen")), atol=1e-5)


def test_curves_that_begin_later_and_lack_shapes_still_fill_the_sound(tmp_path):
    samples, take = talk(2.0, "60")
    jaw = Take(("jawOpen",), take.curve("jawOpen")[30:90, None], take.rate, Fraction(1, 2))
    save(tmp_path, "line", samples, jaw, ".take")
    targets = read_dataset(tmp_path).recordings[0].targets(R60, len(samples))
    assert targets.shape == (120, 52)
    assert np.array_equal(targets[30:90, arkit.INDEX["jawOpen"]], take.curve("jawOpen")[30:90])
    assert (targets[:30, arkit.INDEX["jawOpen"]] == targets[30, arkit.INDEX["jawOpen"]]).all()
    assert not np.delete(targets, arkit.INDEX["jawOpen"], axis=1).any()


def test_speakers_are_entered_once_and_completed(tmp_path):
    add_speaker(tmp_path, Speaker(speaker="anna", group="woman"))
    add_speaker(tmp_path, Speaker(speaker="anna", group="man", language="de", licence="ours"))
    add_speaker(tmp_path, Speaker(speaker="bert"))
    assert read_speakers(tmp_path / "speakers.tsv") == (
        Speaker(speaker="anna", group="woman", language="de", licence="ours"),
        Speaker(speaker="bert"),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name\tgroup\nanna\twoman\n", "no column called speaker"),
        ("speaker\tpart\nanna\tdev\n", "part 'dev' should be train, validation, test or empty"),
        ("speaker\tgroup\nanna\tlady\n", "group 'lady' should be man, woman, child or empty"),
    ],
)
def test_a_bad_table_of_speakers_is_told_in_a_sentence(tmp_path, text, told, one_sentence):
    (tmp_path / "speakers.tsv").write_text(text, "utf-8")
    with pytest.raises(DataError, match=told) as caught:
        read_dataset(tmp_path)
    one_sentence(caught.value)


# Parts


def test_parts_are_speaker_disjoint_deterministic_and_as_large_as_asked(tmp_path):
    speakers = [Speaker(speaker=f"speaker-{number}") for number in range(400)]
    parts = {one.speaker: part_of(one) for one in speakers}
    assert parts == {one.speaker: part_of(one) for one in reversed(speakers)}
    share = {part: list(parts.values()).count(part) / len(parts) for part in Part}
    assert 0.06 < share[Part.VALIDATION] < 0.14 and 0.06 < share[Part.TEST] < 0.14
    assert part_of(Speaker(speaker="anna")) is part_of(
        Speaker(speaker="anna", group="woman", language="de", licence="ours")
    )
    assert part_of(Speaker(speaker="anna", part="test")) is Part.TEST
    assert {part_of(one, 0.0, 1.0) for one in speakers} == {Part.TEST}


def test_no_speaker_is_heard_in_two_parts(tmp_path):
    samples, take = talk(0.5, "30")
    for number in range(12):
        for line in range(2):
            save(tmp_path / f"s{number}", f"{line}", samples, take)
    found = by_part(read_dataset(tmp_path).recordings, 0.3, 0.3)
    heard = {part: {one.speaker.speaker for one in recordings} for part, recordings in found.items()}
    assert set(found) == set(Part) and sum(len(some) for some in found.values()) == 24
    assert all(heard[part] for part in Part)
    assert not heard[Part.TRAIN] & heard[Part.TEST] and not heard[Part.TRAIN] & heard[Part.VALIDATION]
    assert not heard[Part.TEST] & heard[Part.VALIDATION]


# Captures


def live_link(folder: Path, shift: float, name: str = "slate_1", seconds: float = 12.0) -> Path:
    """A Live Link Face CSV that began at a time of day, `shift` seconds after its sound did."""
    samples, take = talk(seconds, "60")
    day = take.shift(Fraction(13 * 3600 + 45 * 60))
    return save(folder, name, delayed(samples, shift), day, ".csv")


@pytest.mark.parametrize("shift", [0.35, -0.35])
def test_a_live_link_capture_is_laid_onto_its_sound(tmp_path, shift, capsys):
    capture = live_link(tmp_path / "shoot", shift)
    into = tmp_path / "set"
    words = ("import", capture, "--into", into, "--speaker", "anna", "--group", "woman", "--licence", "ours")
    assert koemorph_models(*words) == 0
    told = capsys.readouterr().out
    assert "moved: best at" in told and "certain" in told
    (recording,) = read_dataset(into).recordings
    assert recording.name == "anna/slate_1" and recording.speaker == Speaker(
        speaker="anna", group="woman", language="", licence="ours"
    )
    samples, take = talk(12.0, "60")
    lost = max(0.0, -shift)
    kept = recording.take()
    assert kept.rate == R60 and kept.start == 0
    expected = np.interp(np.arange(kept.frame_count) / 60 + lost, np.arange(720) / 60, take.curve("jawOpen"))
    assert np.abs(kept.curve("jawOpen") - expected).mean() < 0.006  # 10 ms of a syllable
    with recording.clip() as clip:
        assert clip.source_rate == SAMPLE_RATE and clip.channels == 1
        assert float(clip.duration) == pytest.approx(12 - lost, abs=0.02)
        assert abs(float(kept.duration - clip.duration)) < 1 / 60
        heard = clip.read(0, clip.sample_count)
    begin = round(lost * SAMPLE_RATE)
    near = range(-160, 161)
    inner = heard[2000:100_000]
    best = max(near, key=lambda step: float(inner @ samples[begin + 2000 + step :][: len(inner)]))
    assert abs(best) <= 0.010 * SAMPLE_RATE


def test_what_is_uncertain_is_not_moved_and_told(tmp_path, capsys):
    capture = live_link(tmp_path, 0.35, seconds=1.6)
    assert koemorph_models("import", capture, "--into", tmp_path / "set", "--speaker", "anna") == 0
    assert "not moved, because it is uncertain" in capsys.readouterr().out
    kept = read_dataset(tmp_path / "set").recordings[0].take()
    assert np.allclose(kept.curve("jawOpen"), talk(1.6, "60")[1].curve("jawOpen"), atol=1e-5)


def test_a_known_offset_and_rate_are_obeyed_and_what_is_there_is_left(tmp_path, capsys):
    capture = live_link(tmp_path / "shoot", 0.0)
    words = ["import", capture, "--into", tmp_path / "set", "--speaker", "anna"]
    assert koemorph_models(*words, "--offset=-1/2", "--fps", "30") == 0
    kept = read_dataset(tmp_path / "set").recordings[0].take()
    assert kept.rate == R30
    assert np.allclose(kept.curve("jawOpen")[:100], talk(12.0, "60")[1].curve("jawOpen")[30:230:2], atol=1e-5)
    assert koemorph_models(*words) == 0
    assert "already there" in capsys.readouterr().out
    assert read_dataset(tmp_path / "set").recordings[0].take().rate == R30
    assert koemorph_models(*words, "--replace") == 0
    assert read_dataset(tmp_path / "set").recordings[0].take().rate == R60


def test_a_folder_of_captures_comes_in_whole(tmp_path, capsys):
    shoot = tmp_path / "shoot"
    for name in ("slate_1", "slate_2_cal"):
        live_link(shoot, 0.0, name, 3.0)
    shutil.copy(shoot / "slate_2_cal.csv", shoot / "slate_2.csv")
    shutil.copy(shoot / "slate_2_cal.csv", shoot / "slate_2_raw.csv")
    (shoot / "slate_2_cal.wav").rename(shoot / "slate_2.wav")
    (shoot / "notes.json").write_text("{}")
    assert [one.name for one in captures([shoot])] == ["slate_1", "slate_2"]
    assert [one.curves.name for one in captures([shoot])] == ["slate_1.csv", "slate_2_cal.csv"]
    (shoot / "slate_1.csv").write_text("Timecode,BlendShapeCount,JawOpen\nbroken\n")
    assert koemorph_models("import", shoot, "--into", tmp_path / "set", "--speaker", "anna") == 1
    told = capsys.readouterr()
    assert "slate_1: " in told.err and "1 of 2 captures could not be imported" in told.err
    assert [one.name for one in read_dataset(tmp_path / "set").recordings] == ["anna/slate_2"]


def test_a_film_brings_its_sound(tmp_path):
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    capture = live_link(tmp_path / "shoot", 0.35)
    wav = capture.with_suffix(".wav")
    command = ["ffmpeg", "-v", "error", "-i", str(wav), "-c:a", "aac", str(wav.with_suffix(".mov"))]
    subprocess.run(command, check=True)
    wav.unlink()
    assert koemorph_models("import", capture, "--into", tmp_path / "set", "--speaker", "anna") == 0
    expected = talk(12.0, "60")[1].curve("jawOpen")
    kept = read_dataset(tmp_path / "set").recordings[0].take().curve("jawOpen")
    assert np.abs(kept - expected[: len(kept)]).mean() < 0.006


def test_other_formats_and_sounds_elsewhere(tmp_path):
    samples, take = talk(2.0, "30")
    for name, ending in (("one", ".json"), ("two", ".take")):
        wav = save(tmp_path / "shoot", name, samples, take, ending).with_suffix(".wav")
        (tmp_path / "sounds").mkdir(exist_ok=True)
        wav.rename(tmp_path / "sounds" / wav.name)
    files = [tmp_path / "shoot" / "one.json", tmp_path / "shoot" / "two.take"]
    words = ["import", *files, "--into", tmp_path / "set", "--speaker", "an/na"]
    assert koemorph_models(*words) == 1
    assert koemorph_models(*words, "--audio", tmp_path / "sounds") == 0
    data = read_dataset(tmp_path / "set")
    assert [one.name for one in data.recordings] == ["an_na/one", "an_na/two"]
    assert all(one.take().rate == R30 for one in data.recordings)


# Utterances


def utterances(folder: Path, count: int = 3) -> Path:
    for number in range(count):
        soundfile.write(folder / f"{number}.flac", talk(1.0, "60", number)[0], SAMPLE_RATE)
    phones = (
        Phone(symbol=SILENCE, start=0, end=0.2),
        Phone(symbol="m", start=0.2, end=0.3),
        Phone(symbol="a", start=0.3, end=0.7, stress=2),
        Phone(symbol=SILENCE, start=0.7, end=1.0),
    )
    who = {"speaker": "ada", "group": "man", "language": "en", "source": "espeak", "text": "ma"}
    write_utterances(
        folder / "list.jsonl", (Utterance(id=f"u{n}", audio=f"{n}.flac", **who, phones=phones) for n in range(count))
    )
    return folder / "list.jsonl"


@pytest.mark.parametrize("fps", [30, 60])
def test_utterances_are_taught_into_a_data_set_and_resumed(tmp_path, fps, capsys):
    words = [
        "teach",
        utterances(tmp_path),
        tmp_path / "set",
        "--fps",
        fps,
        "--workers",
        1,
        "--licence",
        "free",
    ]
    assert koemorph_models(*words) == 0
    data = read_dataset(tmp_path / "set")
    assert [one.name for one in data.recordings] == ["ada/u0", "ada/u1", "ada/u2"]
    assert data.recordings[0].speaker == Speaker(speaker="ada", group="man", language="en", licence="free")
    take = data.recordings[0].take()
    assert take.rate == FrameRate.parse(fps) and take.frame_count == fps
    assert take.curve("jawOpen")[int(0.5 * fps)] > 0.08 > take.curve("jawOpen")[-1]
    with data.recordings[0].clip() as clip, open_clip(tmp_path / "0.flac") as original:
        assert np.array_equal(clip.read(0, 16000), original.read(0, 16000))
    kept = data.recordings[0].curves.stat().st_mtime_ns
    data.recordings[1].curves.unlink()
    assert koemorph_models(*words) == 0
    assert len(read_dataset(tmp_path / "set").recordings) == 3
    assert data.recordings[0].curves.stat().st_mtime_ns == kept
    assert "3/3 recordings" in capsys.readouterr().out


# The command line


def test_every_command_tells_what_it_does(capsys):
    pytest.importorskip("torch")
    pytest.importorskip("matplotlib")
    for name in cli.COMMANDS:
        with pytest.raises(SystemExit) as left:
            koemorph_models(name, "--help")
        assert left.value.code == 0
        assert len(capsys.readouterr().out) > 200
    with pytest.raises(SystemExit):
        koemorph_models("--help")
    told = capsys.readouterr().out
    assert all(f"\n    {name}" in told for name in cli.COMMANDS)


def test_errors_are_one_sentence(tmp_path, capsys, one_sentence, monkeypatch):
    pytest.importorskip("matplotlib")
    (tmp_path / "bad.jsonl").write_text('{"id": 1}\n')
    for words in (
        ("show", tmp_path / "none.jsonl", "x", "-o", tmp_path / "x.png"),
        ("show", tmp_path / "bad.jsonl", "x", "-o", tmp_path / "x.png"),
        ("show", utterances(tmp_path), "x", "-o", tmp_path / "x.png"),
        ("import", tmp_path / "none.csv", "--into", tmp_path, "--speaker", "x"),
        ("import", tmp_path, "--into", tmp_path, "--speaker", "x", "--source-fps", "many"),
    ):
        assert koemorph_models(*words) > 0
        one_sentence(capsys.readouterr().err.strip())
    monkeypatch.setitem(cli.COMMANDS, "show", cli.Command(".made_of_nothing", ""))
    with pytest.raises(ModuleNotFoundError):  # a defect of ours is not a missing piece
        koemorph_models("show")


def test_a_missing_library_is_told(monkeypatch, capsys, one_sentence):
    def missing(name: str, package: str) -> None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr(cli, "import_module", missing)
    assert koemorph_models("align") == MissingPieceError.exit_code
    told = capsys.readouterr().err.strip()
    one_sentence(told)
    assert "torch" in told and "koemorph[train]" in told


def test_formats_that_a_data_set_holds_are_formats_that_can_be_read():
    from koemorph_models.data.dataset import CURVES

    assert set(CURVES) <= formats.READABLE
