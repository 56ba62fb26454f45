"""koemorph preview: takes and recordings in, pictures and movies out, one sentence for what is wrong."""

import json
import shutil
from fractions import Fraction

import numpy as np
import pytest
import soundfile
from PIL import Image

from koemorph import formats
from koemorph.audio.ffmpeg import find_ffmpeg
from koemorph.cli import main
from koemorph.take import Take
from koemorph.timing import FrameRate


@pytest.fixture
def take(tmp_path):
    values = np.stack([np.sin(np.linspace(0, 3, 8)), np.zeros(8)], axis=1)
    formats.write_take(Take(("jawOpen", "mouthClose"), values, FrameRate.parse(60)), tmp_path / "a.take")
    return tmp_path / "a.take"


@pytest.fixture
def sound(tmp_path):
    soundfile.write(tmp_path / "line.wav", np.sin(np.arange(6400) / 9) * 0.3, 16_000)
    return tmp_path / "line.wav"


def test_a_sheet_of_a_take(take, tmp_path, capsys):
    assert main(["preview", str(take), "-o", str(tmp_path / "a.png")]) == 0
    with Image.open(tmp_path / "a.png") as picture:
        picture.verify()
    assert "a.png" in capsys.readouterr().out


def test_a_gif_of_a_recording(sound, tmp_path, tiny_folder, quick_emotion, capsys):
    output = tmp_path / "a.gif"
    assert main(["preview", str(sound), "-o", str(output), "--model", str(tiny_folder), "--progress", "json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert next(event for event in events if event["event"] == "result")["sound"] is True
    assert any(event["event"] == "progress" and event["stage"] == "drawing" for event in events)
    assert any(event["event"] == "note" and "sound" in event["message"] for event in events)
    with Image.open(output) as picture:
        assert picture.n_frames == 10


@pytest.mark.skipif(find_ffmpeg() is None, reason="ffmpeg is not installed")
def test_a_movie_finds_the_recording_beside_the_take(sound, tmp_path, tiny_folder, quick_emotion, capsys):
    take, movie = tmp_path / "line.take", tmp_path / "line.mp4"
    assert main(["animate", str(sound), "-o", str(take), "--model", str(tiny_folder), "--fps", "30"]) == 0
    assert main(["preview", str(take), "-o", str(movie), "--fps", "12", "--progress", "json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["sound"] is True and movie.stat().st_size > 1000
    soundfile.write(sound, np.zeros(6400), 16_000)
    assert main(["preview", str(take), "-o", str(movie), "--fps", "12"]) == 0
    assert "not the recording" in capsys.readouterr().err


def test_a_given_recording(take, sound, tmp_path, capsys):
    arguments = ["preview", str(take), "-o", str(tmp_path / "a.png"), "--audio", str(sound), "--progress", "json"]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["sound"] is True


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["a.take", "-o", "a.avi"], 7),
        (["a.take", "-o", "a"], 7),
        (["missing.take", "-o", "a.png"], 6),
        (["missing.wav", "-o", "a.png"], 3),
        (["a.take", "-o", "a.png", "--audio", "missing.wav"], 3),
        (["a.take", "-o", "a.png", "--fps", "30"], 7),
        (["a.take", "-o", "a.gif", "--fps", "30"], 7),
        (["a.take", "-o", "a.mp4", "--fps", "fast"], 4),
        (["a.take", "-o", "a.take/a.png"], 7),
        (["foreign.take", "-o", "a.png"], 6),
    ],
)
def test_what_cannot_be_done(arguments, code, take, tmp_path, monkeypatch, capsys, one_sentence):
    monkeypatch.chdir(tmp_path)
    formats.write_take(Take(("Kiefer",), np.zeros((3, 1)), FrameRate.parse(30)), tmp_path / "foreign.take")
    assert main(["preview", *arguments]) == code
    one_sentence(capsys.readouterr().err.strip().splitlines()[-1])  # a note on the take may stand before
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".png", ".gif", ".mp4")]


def test_it_does_not_write_over_what_it_shows(sound, tmp_path, capsys, one_sentence):
    disguised = tmp_path / "line.png"
    shutil.copy(sound, disguised)
    assert main(["preview", str(disguised), "-o", str(disguised)]) == 7
    one_sentence(capsys.readouterr().err.strip().splitlines()[-1])  # a note on the take may stand before


def test_a_capture_that_counts_from_midnight_is_shown_with_its_sound(take, sound, tmp_path, capsys):
    late = tmp_path / "late.take"
    formats.write_take(formats.read_take(take).shift(Fraction(50_000)), late)
    assert main(["preview", str(late), "--audio", str(sound), "-o", str(tmp_path / "late.png")]) == 0
    assert "50000 s" in capsys.readouterr().err
    assert main(["preview", str(take), "--audio", str(sound), "-o", str(tmp_path / "usual.png")]) == 0
    assert (tmp_path / "late.png").read_bytes() == (tmp_path / "usual.png").read_bytes()
