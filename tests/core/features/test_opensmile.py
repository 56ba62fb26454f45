"""The openSMILE backend: a window of the one pass is what openSMILE says of that window alone."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from koemorph.errors import MissingPieceError
from koemorph.features import backends
from koemorph.features.emotion import FUNCTIONALS, STEP_SAMPLES, WINDOW_SAMPLES, window_count
from koemorph.timing import SAMPLE_RATE

DATA = Path(__file__).parents[2] / "data" / "egemaps"
needs_opensmile = pytest.mark.skipif(not backends.opensmile_installed(), reason="openSMILE is not installed")


@pytest.fixture
def backend():
    return backends.emotion_backend("opensmile")


def reader(samples):
    def read(start, stop):
        wanted = np.zeros(stop - start, np.float32)
        first, last = max(start, 0), min(stop, len(samples))
        if first < last:
            wanted[first - start : last - start] = samples[first:last]
        return wanted

    return read


def all_windows(backend, samples):
    return np.concatenate(list(backend.windows(reader(samples), len(samples))))


def wandering_voice(seconds, seed):
    """A buzz through three wandering resonances: pitch, vowels, breath, tempo and loudness differ with the seed."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE

    def wander(per_second, low, high):
        points = rng.uniform(low, high, int(seconds * per_second) + 3)
        return np.interp(t, np.arange(len(points)) / per_second, points)

    pitch = wander(1.5, *sorted(rng.uniform(80, 280, 2)))
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    resonances = [wander(6, 300, 800), wander(6, 900, 2200), wander(4, 2300, 3200)]
    width, tempo = rng.uniform(60, 200), rng.uniform(1.5, 5)
    voice = np.zeros(len(t))
    for k in range(1, 30):
        strength = sum(g / (1 + ((k * pitch - c) / width) ** 2) for c, g in zip(resonances, (1, 0.6, 0.3), strict=True))
        voice += (strength + 0.02 / k) * np.sin(k * phase) * (k * pitch < 7500)
    voice *= np.clip(wander(tempo * 2, -0.5, 1), 0, 1)
    breath = rng.standard_normal(len(t)) * wander(tempo * 2, 0, 0.08) * rng.uniform(0.2, 2)
    return ((voice + breath) * 0.1 * wander(0.5, 0.2, 1.5)).astype(np.float32)


@needs_opensmile
def test_windows_of_one_pass_are_opensmiles_own():
    """Error over the spread of each functional: half of all below 0.01, 95 of 100 below 0.06.

    They cannot be equal: the one pass has smoothed its descriptors across a window's ends, where a window taken
    alone begins from nothing.
    """
    from koemorph.features.opensmile import OpenSmile, functionals

    samples = np.concatenate([wandering_voice(seconds, seed) for seed, seconds in enumerate((7, 9, 6, 11, 8, 10, 9))])
    rows = all_windows(OpenSmile(calibrated=False), samples)
    assert rows.shape == (window_count(len(samples)), FUNCTIONALS) == (134, FUNCTIONALS)
    chosen = np.linspace(0, len(rows) - 1, 8).astype(int)
    alone = np.concatenate(
        [functionals(samples[row * STEP_SAMPLES : row * STEP_SAMPLES + WINDOW_SAMPLES]) for row in chosen]
    )
    error = np.abs(rows[chosen] - alone) / rows.std(axis=0)
    assert np.median(error) <= 0.01
    assert np.percentile(error, 95) <= 0.06


@needs_opensmile
def test_windows_do_not_depend_on_chapters(backend, speech_like, monkeypatch):
    samples = speech_like(24.0)
    whole = all_windows(backend, samples)
    monkeypatch.setattr("koemorph.features.opensmile.CHAPTER_WINDOWS", 5)
    parts = all_windows(backend, samples)
    assert parts.shape == whole.shape == (14, FUNCTIONALS)
    error = np.abs(parts - whole) / np.maximum(whole.std(axis=0), 1e-3 * np.abs(whole).max(axis=0) + 1e-9)
    assert np.median(error) < 0.02


@needs_opensmile
@pytest.mark.parametrize("samples", [1, 800, SAMPLE_RATE - 1, SAMPLE_RATE, 3 * SAMPLE_RATE, WINDOW_SAMPLES])
def test_a_short_clip_is_one_window(backend, speech_like, samples):
    rows = all_windows(backend, speech_like(samples / SAMPLE_RATE))
    assert rows.shape == (1, FUNCTIONALS) and rows.dtype == np.float32
    assert np.isfinite(rows).all()


@needs_opensmile
def test_a_clip_of_twenty_seconds_is_opensmiles_ordinary_extraction(speech_like):
    from koemorph.features.opensmile import OpenSmile, functionals

    samples = speech_like(5.0)
    assert np.array_equal(all_windows(OpenSmile(calibrated=False), samples), functionals(samples))


@needs_opensmile
def test_calibration_touches_only_what_it_names_and_holds_values_in_its_range():
    from koemorph.features.egemaps import FUNCTIONALS as NAMES
    from koemorph.features.opensmile import SCALE, lines, on_native_scale

    named = json.loads(SCALE.read_text("utf-8"))["lines"]
    values = np.linspace(-1e4, 1e4, 7, dtype=np.float32)[:, None] * np.ones(FUNCTIONALS, np.float32)
    mapped = on_native_scale(values, lines())
    for i, name in enumerate(NAMES):
        if name in named:
            gain, offset, low, high = named[name]
            ends = sorted((gain * low + offset, gain * high + offset))
            np.testing.assert_allclose([mapped[:, i].min(), mapped[:, i].max()], ends, rtol=1e-4, atol=1e-4)
        else:
            assert np.array_equal(mapped[:, i], values[:, i])


@needs_opensmile
def test_calibration_brings_the_functionals_of_voices_closer_to_the_native_ones():
    """Synthetic voices that the lines were not fitted to; differences over the native spread, at most 20."""
    from koemorph.features.opensmile import OpenSmile

    voices = [soundfile.read(path, dtype="float32")[0] for path in sorted(DATA.glob("[ef]*.flac"))]
    native, plain, mapped = (
        np.concatenate([all_windows(backend, voice) for voice in voices])
        for backend in (backends.emotion_backend("native"), OpenSmile(calibrated=False), OpenSmile())
    )
    spread = native.std(axis=0) + 1e-6
    before, after = (np.minimum(np.abs(rows - native) / spread, 20).mean() for rows in (plain, mapped))
    assert after < 0.8 * before


@needs_opensmile
@pytest.mark.parametrize("extra", [1, STEP_SAMPLES - 1, STEP_SAMPLES, STEP_SAMPLES + 1, 5 * STEP_SAMPLES])
def test_there_are_exactly_as_many_rows_as_windows(backend, speech_like, extra):
    samples = speech_like((WINDOW_SAMPLES + extra) / SAMPLE_RATE)
    assert len(samples) == WINDOW_SAMPLES + extra
    assert len(all_windows(backend, samples)) == window_count(len(samples)) == 1 + extra // STEP_SAMPLES


@needs_opensmile
def test_silence_is_finite(backend):
    assert np.isfinite(all_windows(backend, np.zeros(21 * SAMPLE_RATE, np.float32))).all()


def test_without_opensmile_there_is_a_sentence(monkeypatch, one_sentence):
    monkeypatch.setattr(backends, "opensmile_installed", lambda: False)
    with pytest.raises(MissingPieceError, match="pip install") as refusal:
        backends.emotion_backend("opensmile")
    one_sentence(refusal.value)
