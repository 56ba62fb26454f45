"""The gain that brings speech to the reference level, and the warnings about how it was recorded."""

from __future__ import annotations

import numpy as np
import pytest

from koemorph.audio import Clip, open_clip
from koemorph.audio.level import ClippingWatch


def noise(db: float, seconds: float = 4.0) -> np.ndarray:
    """White noise of a mean square of `db` dBFS."""
    wave = np.random.default_rng(0).standard_normal(round(seconds * 16_000))
    return wave / np.sqrt(np.mean(wave**2)) * 10 ** (db / 20)


def gain_db(samples: np.ndarray, rate: int = 16_000) -> float:
    with Clip.from_samples(samples, rate) as clip:
        return 20 * float(np.log10(clip.gain))


@pytest.mark.parametrize("db", [-50, -40, -23, -12])
def test_gain_reaches_the_reference(db):
    assert gain_db(noise(db)) == pytest.approx(-23 - db, abs=0.1)


def test_gain_is_limited():
    assert gain_db(noise(-58)) == pytest.approx(30)
    with Clip.from_samples(noise(20), 16_000) as clip:
        assert clip.gain == pytest.approx(10 ** (-30 / 20), rel=1) and clip.gain > 10 ** (-43.2 / 20)


def test_numbers_far_above_full_scale():
    with Clip.from_samples(noise(-23) * 32_768, 16_000) as clip:
        assert 20 * np.log10(clip.gain) == pytest.approx(-30)
        assert any("above full scale" in warning for warning in clip.warnings)


def test_pauses_do_not_count():
    pause = noise(-80, 20.0)
    speech = noise(-30, 10.0)
    assert gain_db(np.concatenate([pause, speech, pause])) == pytest.approx(7, abs=0.3)


def test_room_tone_does_not_count():
    """The relative gate leaves out what is far below the speech though above the absolute gate."""
    assert gain_db(np.concatenate([noise(-50, 10.0), noise(-20, 10.0)])) == pytest.approx(-3, abs=0.3)


@pytest.mark.parametrize("seconds", [0.05, 0.1, 0.25, 0.399, 0.4, 0.45])
def test_short_clips(seconds):
    assert gain_db(noise(-30, seconds)) == pytest.approx(7, abs=0.6)


@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
def test_level_is_the_same_at_any_rate(rate):
    tone = 0.1 * np.sin(2 * np.pi * 440 * np.arange(rate * 2) / rate)
    assert gain_db(tone, rate) == pytest.approx(-23 + 23.01, abs=0.05)


@pytest.mark.parametrize("seconds", [0.1, 3.0])
def test_digital_silence(seconds):
    with Clip.from_samples(np.zeros(round(seconds * 16_000)), 16_000) as clip:
        assert clip.gain == 1.0
        assert clip.warnings == ("The recording is digital silence.",)


def test_almost_silent():
    with Clip.from_samples(noise(-70), 16_000) as clip:
        assert clip.gain == 1.0
        assert clip.warnings == ("The recording is almost silent.",)


@pytest.mark.parametrize(("fmt", "subtype"), [("WAV", s) for s in ("PCM_U8", "PCM_16", "PCM_24", "FLOAT", "ULAW")])
def test_clipping(write, fmt, subtype):
    time = np.arange(48_000) / 48_000
    wave = 0.2 * np.sin(2 * np.pi * 200 * time)
    wave[24_000:] = np.clip(2 * np.sin(2 * np.pi * 200 * time[24_000:]), -1, 1)
    path = write("x.wav", np.stack([wave * 0.1, wave], 1), subtype=subtype)
    with open_clip(path) as clip:
        (warning,) = clip.warnings
        assert warning.startswith("The sound is clipped in 200 places, first at 0.500 s")
    with open_clip(path, channel=1) as clip:
        assert clip.warnings == ()


def test_full_scale_without_clipping(write):
    wave = np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000) * 32767 / 32768
    with open_clip(write("x.wav", wave)) as clip:
        assert clip.warnings == ()


def test_clipping_across_blocks():
    flags = np.zeros(1000, bool)
    for place in (0, 98, 99, 100, 299, 500, 501, 502, 503, 504, 505, 996, 997, 998, 999):
        flags[place] = True
    flags[1:3] = True
    wave = np.where(flags, 1.0, 0.1).astype(np.float32)[:, None]
    for size in (1, 2, 3, 7, 100, 501, 1000):
        watch = ClippingWatch(0.9999)
        for at in range(0, 1000, size):
            block = wave[at : at + size]
            watch.push(block, float(block.max()))
        assert (watch.places, watch.first) == (4, 0), size
