"""Contact sheet and movies: whole files, the right length, in step with the sound, errors in one sentence."""

import subprocess
from fractions import Fraction

import numpy as np
import pytest
import soundfile
from PIL import Image

from koemorph.audio import Clip, open_clip
from koemorph.audio.ffmpeg import find_ffmpeg
from koemorph.errors import MissingPieceError, OutputError, TakeError
from koemorph.preview import movie
from koemorph.preview.movie import SIZE, STRIP, film
from koemorph.preview.sheet import draw_sheet, telling_frames
from koemorph.take import Take
from koemorph.timing import FrameRate

needs_ffmpeg = pytest.mark.skipif(find_ffmpeg() is None, reason="ffmpeg is not installed")


def opening(frames=12, rate="30", start=Fraction(0)):
    """A mouth that opens once."""
    curve = np.sin(np.linspace(0, np.pi, frames))
    return Take(("jawOpen", "eyeBlinkLeft"), np.stack([curve, 0 * curve], axis=1), FrameRate.parse(rate), start)


def click(seconds=1.0, at=0.5):
    sound = np.zeros(round(16_000 * seconds), np.float32)
    sound[round(16_000 * at) : round(16_000 * at) + 400] = 0.5
    return Clip.from_samples(sound, 16_000)


@needs_ffmpeg
def test_mp4_has_every_frame_and_the_sound_in_place(tmp_path):
    path = tmp_path / "a.mp4"
    told = []
    assert film(opening(15, "30", Fraction(1, 4)), path, click(), told.append) == ()
    assert told[-1] == 1.0 and told == sorted(told)
    wav = tmp_path / "a.wav"
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, wav], check=True)
    samples, rate = soundfile.read(wav)
    assert abs(np.flatnonzero(np.abs(samples) > 0.1)[0] / rate - 0.25) < 0.005
    raw = tmp_path / "a.rgb"
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", raw], check=True)
    frames = np.fromfile(raw, np.uint8).reshape(-1, SIZE[1] + STRIP, SIZE[0], 3)
    assert len(frames) == 15
    mouth = frames[:, 250:330, 160:240].mean(axis=(1, 2, 3))
    assert mouth.argmin() in (6, 7, 8) and np.ptp(mouth) > 8


@needs_ffmpeg
def test_mp4_without_sound_says_so(tmp_path, one_sentence):
    (note,) = film(opening(3), tmp_path / "a.mp4")
    one_sentence(note)
    assert (tmp_path / "a.mp4").stat().st_size > 500


def test_gif(tmp_path):
    path = tmp_path / "a.gif"
    assert film(opening(30, "60"), path) == ()
    with Image.open(path) as opened:
        assert opened.size == (SIZE[0], SIZE[1] + STRIP)
        assert opened.n_frames in (12, 13) and opened.info["duration"] == 40
        first = np.asarray(opened.convert("RGB")).astype(int)
        opened.seek(6)
        assert np.abs(np.asarray(opened.convert("RGB")).astype(int) - first).max() > 60


def test_gif_tells_that_the_sound_is_lost(tmp_path, one_sentence):
    (note,) = film(opening(2), tmp_path / "a.gif", click())
    one_sentence(note)


def test_without_any_encoder(tmp_path, monkeypatch, one_sentence):
    monkeypatch.setattr(movie, "find_ffmpeg", lambda: None)
    monkeypatch.setitem(__import__("sys").modules, "imageio_ffmpeg", None)
    with pytest.raises(MissingPieceError) as refusal:
        film(opening(2), tmp_path / "a.mp4")
    one_sentence(refusal.value)
    assert not list(tmp_path.iterdir())


@needs_ffmpeg
def test_an_encoder_that_fails(tmp_path, monkeypatch, one_sentence):
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho no such codec >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(movie, "find_ffmpeg", lambda: str(broken))
    with pytest.raises(OutputError) as refusal:
        film(opening(3), tmp_path / "a.mp4")
    one_sentence(refusal.value)
    assert "no such codec" in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == ["ffmpeg"]


@needs_ffmpeg
def test_stopping_leaves_nothing(tmp_path):
    def stop(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film(opening(3), tmp_path / "a.mp4", None, stop)
    assert not list(tmp_path.iterdir())


def test_sheet(tmp_path, some_take):
    draw_sheet(some_take(40), tmp_path / "a.png", click())
    with Image.open(tmp_path / "a.png") as opened:
        pixels = np.asarray(opened.convert("RGB")).astype(int)
    assert pixels.shape[0] > 1000
    assert (pixels[:250].max(axis=2) - pixels[:250].min(axis=2) > 30).mean() > 0.1  # skin


@pytest.mark.parametrize("frames", [1, 2, 13])
def test_sheet_of_short_takes(tmp_path, some_take, frames):
    draw_sheet(some_take(frames), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 1000


def test_the_widest_mouth_is_on_the_sheet():
    take = opening(120)
    chosen = telling_frames(take, 12)
    assert len(chosen) == 12 and chosen == sorted(chosen)
    assert any(abs(frame - 60) <= 3 for frame in chosen)


def test_a_take_that_the_face_cannot_play(tmp_path):
    take = Take(("Kiefer",), np.zeros((3, 1)), FrameRate.parse(30))
    for name in ("a.png", "a.gif"):
        with pytest.raises(TakeError):
            draw_sheet(take, tmp_path / name) if name.endswith("png") else film(take, tmp_path / name)


def test_a_real_file_as_clip(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.sin(np.arange(8000) / 9) * 0.3, 16_000)
    with open_clip(tmp_path / "a.wav") as clip:
        draw_sheet(opening(15), tmp_path / "a.png", clip)
    assert (tmp_path / "a.png").exists()
