"""Where a sound is in the file is where it is in the clip; and nothing depends on how the file was read."""

from __future__ import annotations

import threading
from fractions import Fraction

import numpy as np
import pytest

from koemorph.audio import open_clip, store
from koemorph.audio.intake import take_in
from koemorph.audio.source import FULL_SCALE, skip_by_reading
from koemorph.errors import AudioError


class Impulses:
    """A long quiet stream with a click at some seconds, without being in memory."""

    full_scale, channels, promised = FULL_SCALE, 1, None

    def __init__(self, rate, seconds, clicks):
        self.rate, self.expected = rate, rate * seconds
        self._clicks = [int(rate * s) for s in clicks]
        self._at = 0

    def read(self, count):
        block = np.zeros((min(count, self.expected - self._at), 1), np.float32)
        for click in self._clicks:
            if 0 <= click - self._at < len(block):
                block[click - self._at] = 0.9
        self._at += len(block)
        return block

    def skip(self, count):
        return skip_by_reading(self, count)

    def close(self):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 96000])
def test_a_click_at_the_end_of_an_hour(rate):
    clicks = (0, 1, 1800, 3600)
    intake = take_in(Impulses(rate, 3601, clicks), "x")
    try:
        assert len(intake.store) == 3601 * 16_000
        for second in clicks:
            around = intake.store.read(second * 16_000 - 8000, second * 16_000 + 8000)
            assert int(np.abs(around).argmax()) == 8000
    finally:
        intake.store.close()


@pytest.mark.parametrize("fmt", ["WAV", "FLAC", "OGG", "MP3"])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_a_click_in_a_file(write, fmt, rate):
    wave = np.random.default_rng(1).standard_normal(3 * rate) * 1e-4
    wave[2 * rate] = 0.9
    with open_clip(write("x.bin", wave, rate, format=fmt)) as clip:
        assert abs(int(np.abs(clip.read(0, clip.sample_count)).argmax()) - 32_000) <= 1


@pytest.mark.parametrize(("suffix", "codec"), [("m4a", "aac"), ("mp4", "aac"), ("mka", "libopus"), ("opus", "libopus")])
def test_a_click_through_other_codecs(write, ffmpeg, tmp_path, suffix, codec):
    wave = np.zeros(3 * 48_000)
    wave[2 * 48_000 - 2400 : 2 * 48_000 + 2401] = 0.9 * np.hanning(4801) * np.cos(np.arange(-2400, 2401) / 30)
    ffmpeg("-i", write("x.wav", wave), "-c:a", codec, "-b:a", "128k", tmp_path / f"x.{suffix}")
    with open_clip(tmp_path / f"x.{suffix}") as clip:
        assert abs(int(np.abs(clip.read(0, clip.sample_count)).argmax()) - 32_000) <= 1


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5, 7, 100, 441, 32_767, 32_768, 32_769, 65_537])
@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
def test_sample_count_is_duration_rounded_half_up(write, frames, rate):
    expected = (2 * frames * 16_000 + rate) // (2 * rate)
    path = write("x.wav", np.full(frames, 0.1), rate)
    if expected == 0:
        with pytest.raises(AudioError, match="too short"):
            open_clip(path)
    else:
        with open_clip(path) as clip:
            assert clip.sample_count == expected


TRIMMED = [*({"format": f} for f in ("WAV", "FLAC", "AIFF", "OGG", "MP3", "W64")), {"format": "OGG", "subtype": "OPUS"}]


@pytest.mark.parametrize("options", TRIMMED, ids=str)
def test_trim_is_sample_exact(write, voice, options):
    path = write("x.bin", voice(5.0, 16_000), 16_000, **options)
    start, end = Fraction(40_001, 16_000), Fraction(70_003, 16_000)
    with open_clip(path) as whole, open_clip(path, start=start, end=end) as part:
        assert (part.start, part.duration, part.sample_count) == (start, end - start, 30_002)
        assert np.array_equal(part.read(0, 30_002), whole.read(40_001, 70_003))


def test_trim_through_ffmpeg(write, voice, ffmpeg, tmp_path):
    ffmpeg("-i", write("x.wav", voice(3.0, 16_000), 16_000), "-c:a", "alac", tmp_path / "x.m4a")
    with open_clip(tmp_path / "x.m4a") as whole, open_clip(tmp_path / "x.m4a", start=1, end=Fraction(5, 2)) as part:
        assert np.array_equal(part.read(0, 24_000), whole.read(16_000, 40_000))
    with pytest.raises(AudioError, match=r"out point 3\.5.* 3\.000 s long"):
        open_clip(tmp_path / "x.m4a", start=1, end=Fraction(7, 2))


@pytest.mark.parametrize("fmt", ["WAV", "MP3"])
def test_trim_far_in(write, voice, fmt):
    """Minutes before the in point are passed over in steps that report progress."""
    path = write("x.bin", voice(150.0, 8000), 8000, format=fmt)
    said: list[float] = []
    with open_clip(path, start=Fraction(140), progress=said.append) as part, open_clip(path) as whole:
        assert part.duration == 10 and len(said) > 3 and said == sorted(said)
        inner = slice(200, -200)  # the resampler knows nothing before the in point
        assert np.abs(part.read(0, 160_000) - whole.read(140 * 16_000, 150 * 16_000))[inner].max() < 1e-4


def test_trim_is_one_edge_at_a_time(write, voice):
    path = write("x.wav", voice(2.0))
    with open_clip(path, start=Fraction(1, 2)) as late, open_clip(path, end=Fraction(1, 2)) as early:
        assert (late.start, late.duration) == (Fraction(1, 2), Fraction(3, 2))
        assert (early.start, early.duration) == (0, Fraction(1, 2))
    with open_clip(path, start=Fraction(1001, 30_000), end=2) as ntsc:  # between two frames of the file
        assert ntsc.start == Fraction(1602, 48_000)


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (Fraction(3), None, r"in point 3\.000 s lies beyond the end .* 2\.000 s long"),
        (Fraction(2), None, r"in point 2\.000 s lies beyond the end .* 2\.000 s long"),
        (None, Fraction(201, 100), r"out point 2\.010 s lies beyond the end .* 2\.000 s long"),
        (Fraction(-1), None, "before its beginning"),
        (Fraction(1), Fraction(1), "not after its in point"),
        (Fraction(1), Fraction(1, 2), "not after its in point"),
    ],
)
@pytest.mark.parametrize("fmt", ["WAV", "MP3"])
def test_trim_out_of_range(write, voice, start, end, message, fmt):
    with pytest.raises(AudioError, match=message):
        open_clip(write("x.bin", voice(2.0), format=fmt), start=start, end=end)


def test_memory_and_disk_give_the_same_bytes(write, voice, monkeypatch):
    path = write("x.wav", voice(5.0, 44_100), 44_100)
    with open_clip(path) as clip:
        in_memory = clip.read(0, clip.sample_count)
        assert not clip._store._file._rolled
    monkeypatch.setattr(store, "RAM_LIMIT", 1000)
    with open_clip(path) as clip:
        assert clip._store._file._rolled
        assert np.array_equal(clip.read(0, clip.sample_count), in_memory)


def test_read_outside_is_silence(write, voice):
    with open_clip(write("x.wav", voice(0.5, 16_000), 16_000)) as clip:
        inside = clip.read(0, 8000)
        assert inside.dtype == np.float32
        assert np.array_equal(clip.read(-10, 8010), np.pad(inside, 10))
        assert not clip.read(-20, -10).any() and len(clip.read(-20, -10)) == 10
        assert not clip.read(9000, 9010).any()
        assert len(clip.read(5, 5)) == 0 and len(clip.read(5, 2)) == 0
        clip.read(0, 8000)[:] = 7  # a copy, not the clip
        assert np.array_equal(clip.read(0, 8000), inside)


def test_threads_read_at_once(write, voice, monkeypatch):
    monkeypatch.setattr(store, "RAM_LIMIT", 1000)
    with open_clip(write("x.wav", voice(3.0, 16_000), 16_000, subtype="FLOAT")) as clip:
        whole, wrong = clip.read(0, 48_000), []

        def look(seed: int) -> None:
            dice = np.random.default_rng(seed)
            for _ in range(300):
                at = int(dice.integers(0, 47_000))
                if not np.array_equal(clip.read(at, at + 1000), whole[at : at + 1000]):
                    wrong.append(at)

        threads = [threading.Thread(target=look, args=(seed,)) for seed in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong
