"""Log-mel against librosa where their frames coincide, and at exact centres everywhere."""

from fractions import Fraction

import librosa
import numpy as np
import pytest

from koemorph.features.mel import CONTEXT, DETAIL, FLOOR_DB, SPEECH_SIZE, log_mel, mel_filters, speech_features
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


def librosa_decibels(samples, bank, hop):
    mel = librosa.feature.melspectrogram(
        y=samples.astype(np.float64),
        sr=RATE,
        n_fft=bank.n_fft,
        win_length=bank.window,
        hop_length=hop,
        window="hann",
        center=True,
        pad_mode="constant",
        power=2.0,
        n_mels=bank.bands,
        fmin=80,
        fmax=8000,
        dtype=np.float64,
    )
    return 10 * np.log10(np.maximum(mel.T, 10 ** (FLOOR_DB / 10)))


def click(at, length=RATE):
    samples = np.zeros(length, np.float32)
    samples[at] = 1.0
    return samples


@pytest.mark.parametrize(("rate", "hop"), [(SIXTY, 800), (THIRTY, 1600)], ids=["60", "30"])
@pytest.mark.parametrize("loudness", [1.0, 0.01])
def test_every_third_frame_is_librosas(speech_like, rate, hop, loudness):
    """At 30 and 60 fps every third frame lies on a whole sample, where librosa can be asked for the same one."""
    samples = speech_like(6.1) * np.float32(loudness)
    theirs = librosa_decibels(samples, CONTEXT, hop)
    ours = log_mel(reader(samples), 0, 3 * len(theirs), rate)[::3]
    assert ours.shape == theirs.shape and len(ours) > 60
    assert np.abs(ours - theirs).max() <= 1e-4
    assert (theirs > FLOOR_DB).mean() > 0.1, "the comparison must not be of floors alone"


def test_the_short_frames_are_librosas(speech_like):
    """The middle of the three short frames is centred with the frame itself."""
    samples = speech_like(3.0)
    theirs = librosa_decibels(samples, DETAIL, 800)
    bands = speech_features(reader(samples), 0, 3 * len(theirs), SIXTY).bands[::3]
    middle = bands[:, CONTEXT.bands + DETAIL.bands : CONTEXT.bands + 2 * DETAIL.bands]
    assert np.abs(middle - theirs).max() <= 1e-4


@pytest.mark.parametrize("bank", [CONTEXT, DETAIL], ids=["context", "detail"])
def test_filters_are_librosas(bank):
    theirs = librosa.filters.mel(
        sr=RATE, n_fft=bank.n_fft, n_mels=bank.bands, fmin=80, fmax=8000, norm="slaney", dtype=np.float64
    )
    np.testing.assert_allclose(mel_filters(bank), theirs, atol=1e-9)
    assert (mel_filters(bank).sum(axis=1) > 0).all(), "a band without any bin would always be silent"


@pytest.mark.parametrize("text", ["60", "30", "59.94", "24", "23.976", "25"])
def test_centres_are_exact_for_an_hour(text):
    """A click on a frame's exact sample is symmetric around that frame: as loud one sample before as after."""
    rate = FrameRate.parse(text)
    for frame in (0, 1, 7, 3599 * rate.nominal + 1):
        centre = int(Fraction(frame * RATE) / rate.fps + Fraction(1, 2))

        def read(start, stop, centre=centre, off=0):
            wanted = np.zeros(stop - start, np.float32)
            wanted[centre + off - start] = 1.0
            return wanted

        def heard(off, read=read, frame=frame):
            return log_mel(lambda start, stop: read(start, stop, off=off), frame, 1, rate)

        np.testing.assert_allclose(heard(-9), heard(9), atol=1e-5)
        assert (heard(0) > heard(1)).all() and (heard(0) > heard(-1)).all()


def test_the_loudest_frame_is_where_the_click_is():
    for at in (1950, 5333, 12_345):
        bands = speech_features(reader(click(at)), 0, 60, SIXTY).bands
        nearest = round(at * 60 / RATE)
        assert bands[:, : CONTEXT.bands].sum(axis=1).argmax() == nearest
        assert bands[:, CONTEXT.bands :].sum(axis=1).argmax() == nearest


def test_the_three_short_frames_are_a_third_of_a_frame_apart():
    rate, frame = SIXTY, 30
    centre = frame * RATE // 60
    for part, offset in ((0, -Fraction(RATE, 180)), (1, Fraction(0)), (2, Fraction(RATE, 180))):
        at = int(centre + offset + Fraction(1, 2))
        detail = speech_features(reader(click(at)), frame, 1, rate).bands[0, CONTEXT.bands :].reshape(3, DETAIL.bands)
        assert detail.sum(axis=1).argmax() == part


@pytest.mark.parametrize("rate", [SIXTY, THIRTY], ids=["60", "30"])
def test_pieces_make_the_whole(speech_like, rate):
    """Nothing depends on where a piece begins: before the clip, inside, beyond its end."""
    read = reader(speech_like(2.0))
    whole = speech_features(read, -50, 300, rate)
    for size in (1, 7, 72, 299):
        pieces = [speech_features(read, first, min(size, 250 - first), rate) for first in range(-50, 250, size)]
        assert np.array_equal(np.concatenate([p.bands for p in pieces]), whole.bands)
        assert np.array_equal(np.concatenate([p.level for p in pieces]), whole.level)


def test_silence_is_the_floor_everywhere():
    features = speech_features(lambda start, stop: np.zeros(stop - start, np.float32), -10, 100, SIXTY)
    assert features.bands.shape == (100, SPEECH_SIZE) and features.level.shape == (100,)
    assert (features.bands == FLOOR_DB).all() and (features.level == FLOOR_DB).all()


def test_noise_far_below_speech_is_the_floor():
    """A fixed reference: a quiet room does not look like speech, as it would relative to its own loudest part."""
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32) * 1e-6
    assert (log_mel(reader(noise), 0, 60, SIXTY) == FLOOR_DB).all()


def test_ten_times_the_sound_is_twenty_decibels_more(speech_like):
    samples = speech_like(1.0)
    quiet, loud = (speech_features(reader(samples * gain), 0, 60, SIXTY) for gain in (np.float32(1), np.float32(10)))
    above = quiet.bands > FLOOR_DB
    assert above.mean() > 0.3
    np.testing.assert_allclose((loud.bands - quiet.bands)[above], 20.0, atol=1e-3)


def test_level_is_that_of_a_full_scale_sine():
    sine = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)
    level = speech_features(reader(sine), 10, 40, SIXTY).level
    np.testing.assert_allclose(level, -3.01, atol=0.1)


def test_louder_than_full_scale_stays_finite():
    huge = np.full(RATE, 1e6, np.float32)
    features = speech_features(reader(huge), 0, 60, SIXTY)
    assert np.isfinite(features.bands).all() and np.isfinite(features.level).all()
