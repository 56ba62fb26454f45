"""The listener's log-mel against librosa, and the level of frames at exact centres."""

from fractions import Fraction

import librosa
import numpy as np
import pytest

from koemorph.features.listener import BANK, HOP, LEVEL, LOUDEST, RANGE, log_mel
from koemorph.features.mel import FLOOR_DB, MelBands, mel_filters, sound_level
from koemorph.timing import FrameRate

RATE = 16_000
SIXTY, THIRTY = FrameRate.parse(60), FrameRate.parse(30)


def reader(samples):
    """What a clip's `read` does: zeros outside."""

    def read(start, stop):
        wanted = np.zeros(stop - start, np.float32)
        first, last = max(0, start), min(stop, len(samples))
        if first < last:
            wanted[first - start : last - start] = samples[first:last]
        return wanted

    return read


def librosa_log_mel(samples):
    power = librosa.feature.melspectrogram(
        y=samples.astype(np.float64) * LEVEL,
        sr=RATE,
        n_fft=400,
        hop_length=160,
        window="hann",
        center=True,
        pad_mode="constant",
        power=2.0,
        n_mels=80,
        fmin=0,
        fmax=8000,
        dtype=np.float64,
    )
    return (np.maximum(np.log10(np.maximum(power, 1e-10)), LOUDEST - RANGE) + 4) / 4


def click(at, length=RATE):
    samples = np.zeros(length, np.float32)
    samples[at] = 1.0
    return samples


@pytest.mark.parametrize("loudness", [1.0, 0.01])
def test_every_frame_is_librosas(speech_like, loudness):
    samples = speech_like(3.1) * np.float32(loudness)
    theirs = librosa_log_mel(samples)
    ours = log_mel(reader(samples), 0, theirs.shape[1])
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= 1e-4
    assert (theirs > theirs.min()).mean() > 0.1, "the comparison must not be of floors alone"


@pytest.mark.parametrize("bank", [BANK, MelBands(window=320, n_fft=512, bands=40)], ids=["listener", "short"])
def test_filters_are_librosas(bank):
    theirs = librosa.filters.mel(
        sr=RATE, n_fft=bank.n_fft, n_mels=bank.bands, fmin=bank.low_hz, fmax=8000, norm="slaney", dtype=np.float64
    )
    np.testing.assert_allclose(mel_filters(bank), theirs, atol=1e-9)
    assert (mel_filters(bank).sum(axis=1) > 0).all(), "a band without any bin would always be silent"


@pytest.mark.parametrize("text", ["60", "30", "59.94", "24", "23.976", "25"])
def test_centres_are_exact_for_an_hour(text):
    """A click on a frame's exact sample is symmetric around that frame."""
    rate = FrameRate.parse(text)
    for frame in (0, 1, 7, 3599 * rate.nominal + 1):
        centre = int(Fraction(frame * RATE) / rate.fps + Fraction(1, 2))

        def heard(off, centre=centre, frame=frame):
            def read(start, stop):
                wanted = np.zeros(stop - start, np.float32)
                if start <= centre + off < stop:
                    wanted[centre + off - start] = 1.0
                return wanted

            return sound_level(read, frame, 1, rate)[0]

        assert heard(0) > FLOOR_DB
        reach = next(off for off in range(1, 2000) if heard(off) == FLOOR_DB)
        assert abs(next(off for off in range(1, 2000) if heard(-off) == FLOOR_DB) - reach) <= 2


def test_the_loudest_frame_is_where_the_click_is():
    for at in (1950, 5333, 12_345):
        level = sound_level(reader(click(at)), 0, 60, SIXTY)
        assert abs(int(level.argmax()) - round(at * 60 / RATE)) <= 1
        mel = log_mel(reader(click(at)), 0, 100)
        assert abs(int(mel.sum(axis=0).argmax()) - round(at / HOP)) <= 1


@pytest.mark.parametrize("rate", [SIXTY, THIRTY], ids=["60", "30"])
def test_pieces_make_the_whole(speech_like, rate):
    """Nothing depends on where a piece begins: before the clip, inside, beyond its end."""
    read = reader(speech_like(2.0))
    level, mel = sound_level(read, -50, 300, rate), log_mel(read, -50, 300)
    for size in (1, 7, 72, 299):
        places = [(first, min(size, 250 - first)) for first in range(-50, 250, size)]
        assert np.array_equal(np.concatenate([sound_level(read, *place, rate) for place in places]), level)
        assert np.array_equal(np.concatenate([log_mel(read, *place) for place in places], axis=1), mel)


def test_silence_is_the_floor_everywhere():
    def read(start, stop):
        return np.zeros(stop - start, np.float32)

    assert (sound_level(read, -10, 100, SIXTY) == FLOOR_DB).all()
    assert (log_mel(read, -10, 100) == np.float32((LOUDEST - RANGE + 4) / 4)).all()


def test_noise_far_below_speech_is_the_floor():
    """A fixed reference: a quiet room does not look like speech, as it would relative to its own loudest part."""
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32) * 1e-5
    assert (log_mel(reader(noise), 0, 60) == np.float32((LOUDEST - RANGE + 4) / 4)).all()
    assert (sound_level(reader(noise), 0, 60, SIXTY) == FLOOR_DB).all()


def test_ten_times_the_sound_is_twenty_decibels_more(speech_like):
    samples = speech_like(1.0)
    quiet, loud = (log_mel(reader(samples * gain), 0, 60) for gain in (np.float32(1), np.float32(10)))
    above = quiet > quiet.min()
    assert above.mean() > 0.3
    np.testing.assert_allclose((loud - quiet)[above], 0.5, atol=1e-4)  # two decades of power, a quarter each


def test_level_is_that_of_a_full_scale_sine():
    sine = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)
    np.testing.assert_allclose(sound_level(reader(sine), 10, 40, SIXTY), -3.01, atol=0.1)


def test_louder_than_full_scale_stays_finite():
    huge = np.full(RATE, 1e6, np.float32)
    assert (
        np.isfinite(sound_level(reader(huge), 0, 60, SIXTY)).all() and np.isfinite(log_mel(reader(huge), 0, 60)).all()
    )
