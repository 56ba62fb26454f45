"""The flip-book: every frame at its moment, windows that fade, little memory, a command that says what is wrong."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from koemorph.audio import SAMPLE_RATE, Clip
from koemorph.audio.ffmpeg import find_ffmpeg
from koemorph.cli import main
from koemorph.errors import ModelError
from koemorph_flipbook.flipbook import OVERLAP, SHEET, Flipbook, frame_count
from koemorph_flipbook.geometry import WINDOW_FRAMES, WINDOW_SAMPLES
from koemorph_flipbook.model import load_flipbook, shipped_flipbook

TINY = Path(__file__).with_name("tiny")
PART = WINDOW_SAMPLES / WINDOW_FRAMES


class Hears:
    """Stands for the listener: of each window the samples in the middle of its ninety parts, and how often it ran."""

    def __init__(self) -> None:
        self.windows = 0

    def run(self, _outputs, feed):
        self.windows += 1
        places = (np.arange(WINDOW_FRAMES) + 0.5) * PART - 0.5
        heard = [np.interp(places, np.arange(WINDOW_SAMPLES), window) for window in feed["samples"]]
        return [np.asarray(heard, np.float32)[..., None]]


class Counts(Hears):
    """Hears only which window it is."""

    def run(self, outputs, feed):
        (heard,) = super().run(outputs, feed)
        return [np.full_like(heard, self.windows)]


class Draws:
    def __init__(self) -> None:
        self.most = 0

    def run(self, _outputs, feed):
        self.most = max(self.most, len(feed["heard"]))
        return [np.round(feed["heard"])[:, :, None, None].astype(np.uint8)]


def clip_of(seconds, samples=None):
    count = round(seconds * SAMPLE_RATE)
    return Clip.from_samples(np.linspace(0, 0.5, count, dtype=np.float32) if samples is None else samples, SAMPLE_RATE)


@pytest.mark.parametrize("frames", [1, 2, 89, 90, 91, 149, 150, 151, 400])
def test_every_frame_hears_its_own_moment(frames):
    with clip_of(frames / 30) as clip:
        book = Flipbook(sessions=(Hears(), Draws()))
        heard = np.concatenate(list(book.heard(clip)))
        assert frame_count(clip) == len(heard) == frames
        moments = np.arange(1, frames - 1) / 30 * SAMPLE_RATE  # the first and the last hear silence as well
        true = np.interp(moments, np.arange(clip.sample_count), clip.read(0, clip.sample_count)) * clip.gain
        np.testing.assert_allclose(heard[1:-1, 0], true, atol=4 * 0.5 / clip.sample_count * clip.gain)


def test_windows_fade_into_each_other():
    with clip_of(8.0) as clip:
        heard = np.concatenate(list(Flipbook(sessions=(Counts(), Draws())).heard(clip)))[:, 0]
    assert heard[0] == 1 and heard[-1] == 4
    steps = np.diff(heard)
    assert (steps >= 0).all() and steps.max() <= 1.01 / OVERLAP
    alone = WINDOW_FRAMES - OVERLAP
    assert (heard[:alone] == 1).all() and (heard[WINDOW_FRAMES : 2 * alone] == 2).all()


def test_a_long_clip_is_never_in_memory(monkeypatch):
    read, asked = Clip.read, []
    monkeypatch.setattr(Clip, "read", lambda clip, first, stop: asked.append(stop - first) or read(clip, first, stop))
    draws = Draws()
    with clip_of(60.0) as clip:
        assert sum(1 for _ in Flipbook(sessions=(Hears(), draws)).pictures(clip)) == 1800
    assert max(asked) == WINDOW_SAMPLES and draws.most == SHEET


def test_the_same_sound_gives_the_same_pictures(speech_clip):
    with speech_clip(4.0) as clip:
        one, other = (np.stack(list(Flipbook(load_flipbook(TINY), threads=n).pictures(clip))) for n in (1, 1))
    assert one.shape == (120, 128, 128, 3) and one.dtype == np.uint8
    np.testing.assert_array_equal(one, other)


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(TINY, tmp_path / "net"))


def test_what_is_no_flipbook(folder, tmp_path, one_sentence):
    def refused(where):
        with pytest.raises(ModelError) as refusal:
            load_flipbook(where)
        one_sentence(refusal.value)
        return str(refusal.value)

    assert "nowhere" in refused(tmp_path / "nowhere")
    (folder / "draw.onnx").write_bytes(b"no graph")
    assert "draw.onnx" in refused(folder)
    config = json.loads((folder / "flipbook.json").read_text("utf-8"))
    for text in ("{", "[]", json.dumps({**config, "format": 2}), json.dumps({**config, "width": "wide"})):
        (folder / "flipbook.json").write_text(text, "utf-8")
        assert "flipbook.json" in refused(folder)


def test_the_shipped_flipbook_is_small():
    files = load_flipbook()
    assert len(files.listen) + len(files.draw) < 10_000_000
    assert files.config.licence == "MIT" and files.config.parameters > 8_000_000
    assert "flipbook.json" in {path.name for path in shipped_flipbook().iterdir()}


def test_the_command_line_starts_without_it():
    code = "import sys, koemorph.cli; sys.exit(any(name.startswith('koemorph_flipbook') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(find_ffmpeg() is None, reason="ffmpeg is not installed")
def test_a_movie_with_sound(recording, tmp_path, capsys):
    sound, movie = recording(seconds=3.5), tmp_path / "out.mp4"
    command = ["flipbook", str(sound), "-o", str(movie), "--model", str(TINY), "--scale", "1", "--progress", "json"]
    assert main(command) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    result = next(event for event in events if event["event"] == "result")
    assert result["frames"] == 105 and any(event.get("stage") == "drawing" for event in events)
    raw, wav = tmp_path / "out.rgb", tmp_path / "out.wav"
    subprocess.run(["ffmpeg", "-v", "error", "-i", movie, "-f", "rawvideo", "-pix_fmt", "rgb24", raw], check=True)
    assert len(np.fromfile(raw, np.uint8)) == 105 * 128 * 128 * 3
    subprocess.run(["ffmpeg", "-v", "error", "-i", movie, wav], check=True)
    assert abs(soundfile.info(wav).duration - 3.5) < 0.1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["line.wav", "-o", "out.gif"], 7),
        (["line.wav", "-o", "out.mp4", "--scale", "9"], 4),
        (["line.wav", "-o", "out.mp4", "--threads", "0"], 4),
        (["line.wav", "-o", "out.mp4", "--model", "nowhere"], 5),
        (["missing.wav", "-o", "out.mp4"], 3),
        (["line.mp4", "-o", "line.mp4"], 7),
    ],
)
def test_what_cannot_be_done(arguments, code, recording, tmp_path, monkeypatch, capsys, one_sentence):
    monkeypatch.chdir(tmp_path)
    shutil.copy(recording(), tmp_path / "line.mp4")
    before = sorted(tmp_path.iterdir())
    assert main(["flipbook", *arguments]) == code
    one_sentence(capsys.readouterr().err.strip().splitlines()[-1])
    assert sorted(tmp_path.iterdir()) == before
