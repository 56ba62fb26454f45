"""The native eGeMAPS: parity with stored reference numbers, degenerate input, blocks and windows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from koemorph.features.egemaps import DESCRIPTORS, FUNCTIONALS, NativeEgemaps, tables
from koemorph.features.emotion import STEP_SAMPLES, WINDOW_SAMPLES, Read, window_count

DATA = Path(__file__).parents[2] / "data" / "egemaps"
REFERENCE = json.loads((DATA / "reference.json").read_text(encoding="utf-8"))
RATE = 16_000

Samples = NDArray[np.float32]


def reader(samples: Samples) -> Read:
    def read(start: int, stop: int) -> Samples:
        part = np.zeros(stop - start, np.float32)
        low, high = max(start, 0), min(stop, len(samples))
        if high > low:
            part[low - start : high - start] = samples[low:high]
        return part

    return read


def windows(samples: Samples, block: int = 256) -> Samples:
    return np.concatenate(list(NativeEgemaps(block).windows(reader(samples), len(samples))))


def clip(name: str) -> Samples:
    samples, rate = soundfile.read(DATA / f"{name}.flac", dtype="float32")
    assert rate == RATE
    return np.asarray(samples)


def long_clip() -> Samples:
    voices = [clip(name) for name in sorted(REFERENCE["clips"])]
    return np.concatenate(voices * 2)[: 26 * RATE]


def column(name: str) -> int:
    return FUNCTIONALS.index(name)


def test_names_are_the_reference_columns_in_order() -> None:
    assert list(FUNCTIONALS) == REFERENCE["functionals"]
    assert len(set(FUNCTIONALS)) == 88
    assert len(set(DESCRIPTORS)) == 25


CLOSE = {
    "loudness_sma3_amean": 0.03,
    "loudness_sma3_percentile50.0": 0.05,
    "loudness_sma3_percentile80.0": 0.03,
    "loudness_sma3_meanFallingSlope": 0.15,
    "spectralFlux_sma3_amean": 0.02,
    "mfcc1_sma3_amean": 0.03,
    "mfcc3_sma3_amean": 0.05,
    "hammarbergIndexV_sma3nz_amean": 0.06,
    "slopeV0-500_sma3nz_amean": 0.05,
    "slopeUV0-500_sma3nz_amean": 0.1,
    "equivalentSoundLevel_dBp": 0.002,
}
CLOSE_IN_VOICES = {
    "F0semitoneFrom27.5Hz_sma3nz_amean": 0.03,
    "F0semitoneFrom27.5Hz_sma3nz_percentile50.0": 0.02,
    "HNRdBACF_sma3nz_amean": 0.1,
}


@pytest.mark.parametrize("name", sorted(REFERENCE["clips"]))
def test_agrees_with_the_reference(name: str) -> None:
    ours, theirs = windows(clip(name))[0], np.array(REFERENCE["clips"][name])
    for functional, tolerance in (CLOSE if name == "noise" else CLOSE | CLOSE_IN_VOICES).items():
        if name == "noise" and ("V_" in functional or "slopeV" in functional or "mfcc" in functional):
            continue  # no voice, and cepstra near zero
        i = column(functional)
        assert ours[i] == pytest.approx(theirs[i], rel=tolerance, abs=0.01), functional


def test_most_functionals_follow_the_reference_over_voices() -> None:
    names = [name for name in sorted(REFERENCE["clips"]) if name != "noise"]
    ours = np.array([windows(clip(name))[0] for name in names])
    theirs = np.array([REFERENCE["clips"][name] for name in names])
    error = np.median(np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-3), axis=0)
    assert (error < 0.1).sum() >= 60


def test_pitch_and_periods_of_a_known_tone() -> None:
    time = np.arange(2 * RATE) / RATE
    tone = sum(np.sin(2 * np.pi * 220 * n * time) / n for n in range(1, 20))
    values = windows(np.asarray(0.2 * tone, np.float32))[0]
    assert values[column("F0semitoneFrom27.5Hz_sma3nz_percentile50.0")] == pytest.approx(36.0, abs=0.1)
    assert values[column("jitterLocal_sma3nz_amean")] < 0.003
    assert values[column("shimmerLocaldB_sma3nz_amean")] < 0.3
    assert values[column("HNRdBACF_sma3nz_amean")] > 10
    assert values[column("MeanVoicedSegmentLengthSec")] == pytest.approx(1.95, abs=0.1)


def test_formants_of_a_known_vowel() -> None:
    wanted = [(700.0, 60.0), (1200.0, 80.0), (2600.0, 120.0), (3300.0, 150.0), (4200.0, 200.0)]
    size = 1 << 15
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    z = np.exp(2j * np.pi * hertz / RATE)
    response = np.ones(len(hertz), np.complex128) / (1 - 0.9 / z)
    for frequency, width in wanted:
        pole = np.exp((-np.pi * width + 2j * np.pi * frequency) / RATE)
        response /= (1 - pole / z) * (1 - np.conj(pole) / z)
    pulses = np.zeros(size)
    pulses[:: RATE // 125] = 1
    vowel = np.fft.irfft(np.fft.rfft(pulses) * response)
    values = windows(np.asarray(0.5 * vowel / np.abs(vowel).max(), np.float32))[0]
    for number, (frequency, _) in enumerate(wanted[:3], 1):
        assert values[column(f"F{number}frequency_sma3nz_amean")] == pytest.approx(frequency, rel=0.06)


@pytest.mark.parametrize("length", [1, 2, 160, 800, 960, 3 * RATE])
@pytest.mark.parametrize("kind", ["silence", "dc", "clipped", "noise", "faint", "pulse", "huge"])
def test_degenerate_input_gives_finite_numbers(kind: str, length: int) -> None:
    rng = np.random.default_rng(1)
    samples = {
        "silence": np.zeros(length),
        "dc": np.full(length, 0.5),
        "clipped": np.sign(np.sin(np.arange(length) * 0.08)),
        "noise": rng.normal(size=length),
        "faint": rng.normal(size=length) * 1e-30,
        "pulse": np.eye(1, length)[0],
        "huge": rng.normal(size=length) * 1e4,
    }[kind]
    values = windows(np.asarray(samples, np.float32))
    assert values.shape == (1, 88)
    assert values.dtype == np.float32
    assert np.isfinite(values).all()


def test_silence_has_the_documented_defaults() -> None:
    values = dict(zip(FUNCTIONALS, windows(np.zeros(2 * RATE, np.float32))[0].tolist(), strict=True))
    assert values["equivalentSoundLevel_dBp"] == -120
    assert values["VoicedSegmentsPerSec"] == values["loudnessPeaksPerSec"] == 0
    assert values["F1amplitudeLogRelF0_sma3nz_amean"] == -201
    assert all(
        value == 0 for name, value in values.items() if name.startswith(("F0", "jitter", "HNR", "F2freq", "mfcc"))
    )


@pytest.mark.parametrize("block", [64, 333, 100_000])
def test_blocks_leave_no_trace(block: int) -> None:
    samples = long_clip()
    usual, other = windows(samples), windows(samples, block)
    np.testing.assert_allclose(other, usual, rtol=1e-5, atol=1e-5)


def test_same_bytes_twice() -> None:
    samples = long_clip()
    assert windows(samples).tobytes() == windows(samples).tobytes()


def test_long_clips_slide() -> None:
    samples = long_clip()
    found = windows(samples)
    assert found.shape == (window_count(len(samples)), 88) == (21, 88)
    for j in (0, 7, 20):
        alone = windows(samples[j * STEP_SAMPLES : j * STEP_SAMPLES + WINDOW_SAMPLES])[0]
        exact = [column(n) for n in ("loudness_sma3_amean", "mfcc2_sma3_amean", "equivalentSoundLevel_dBp")]
        np.testing.assert_allclose(found[j, exact], alone[exact], rtol=2e-3, atol=2e-3)
        assert np.median(np.abs(found[j] - alone) / np.maximum(np.abs(alone), 1e-3)) < 0.005


def test_reads_ahead_only_a_little_and_never_back_far() -> None:
    samples = long_clip()
    inner, spans = reader(samples), []

    def read(start: int, stop: int) -> Samples:
        spans.append((start, stop))
        return inner(start, stop)

    for _ in NativeEgemaps().windows(read, len(samples)):
        pass
    assert max(stop - start for start, stop in spans) < 4 * RATE
    starts = [start for start, _ in spans]
    assert starts == sorted(starts)


def test_descriptors_cover_every_frame_once() -> None:
    samples = long_clip()
    frames = sum(table.power.size for table in tables(reader(samples), len(samples)))
    assert frames == 1 + (len(samples) - 320) // 160
