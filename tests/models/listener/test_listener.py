"""The listener: what it is given does not depend on how a clip is read, and its grid keeps time."""

from __future__ import annotations

import numpy as np
import pytest

from koemorph.features.listener import (
    BANK,
    CELL,
    FEATURE_SIZE,
    LOUDEST,
    MARGIN,
    RANGE,
    SILENCE,
    STEP,
    TONE_SIZE,
    WINDOW,
    Listening,
    log_mel,
)

torch = pytest.importorskip("torch")

from koemorph_models.listener import Listener, hear  # noqa: E402


def reader(samples):
    def read(start, stop):
        inside = samples[max(start, 0) : max(stop, 0)]
        return np.pad(inside, (max(-start, 0), stop - max(start, 0) - len(inside)))

    return read


@pytest.fixture(scope="module")
def ear():
    torch.manual_seed(1)
    listener = Listener(layers=1).eval()

    def listen(mel):
        with torch.inference_mode():
            features, tones = listener(torch.from_numpy(mel[None]))
        return features[0].numpy(), tones[0].numpy()

    return listen


@pytest.fixture(scope="module")
def sound():
    return np.random.default_rng(3).normal(0, 0.05, 16_000 * 21).astype(np.float32)


def test_a_click_lies_in_its_frame():
    samples = np.zeros(16_000, np.float32)
    samples[8_000] = 0.5
    mel = log_mel(reader(samples), 0, 100)
    assert abs(int(mel.max(axis=0).argmax()) - 50) <= 1
    assert mel.min() == pytest.approx((LOUDEST - RANGE + 4) / 4)
    assert BANK.power(np.ones((1, BANK.window))).shape == (1, 80)


def test_windows_are_no_longer_than_the_line_and_none_is_heard_twice(sound):
    lengths = []

    def listen(mel):
        lengths.append(mel.shape[1] // 2)
        count = lengths[-1]
        return np.zeros((count, FEATURE_SIZE), np.float32), np.zeros((count // CELL, TONE_SIZE), np.float32)

    listening = Listening(listen, reader(sound), 1051)
    listening.features(-60, 1171)
    listening.tones(0, 45)
    assert lengths == [SILENCE + STEP + MARGIN, STEP + 2 * MARGIN, 1075 + SILENCE - (2 * STEP - MARGIN)]
    lengths.clear()
    Listening(listen, reader(sound[:8_000]), 26).features(-60, 146)
    Listening(listen, reader(sound), STEP).features(0, STEP)
    assert lengths == [50 + 2 * SILENCE, WINDOW]


def test_the_silence_around_a_line_is_heard_as_far_as_a_window_goes_and_then_held(ear, sound):
    heard = Listening(ear, reader(sound), 1051).features(-60, 1171)
    first, last = 60 - SILENCE, 60 + 1075 + SILENCE - 1
    np.testing.assert_array_equal(heard[:first], np.tile(heard[first], (first, 1)))
    assert not np.array_equal(heard[first], heard[first + 1])
    np.testing.assert_array_equal(heard[last:], np.tile(heard[last], (len(heard) - last, 1)))


def test_features_do_not_depend_on_the_blocks_they_are_read_in(ear, sound):
    whole = Listening(ear, reader(sound), 1051).features(-30, 1090)
    cut = Listening(ear, reader(sound), 1051, kept=1)
    pieces = [cut.features(first, min(first + 77, 1090)) for first in range(-30, 1090, 77)]
    np.testing.assert_array_equal(whole, np.concatenate(pieces))


def test_tones_are_the_mean_and_mean_square_of_their_cells(ear, sound):
    listening = Listening(ear, reader(sound), 1051)
    features, tones = listening.features(0, 800), listening.tones(0, 32)
    assert tones.shape == (32, TONE_SIZE)
    cells = features.reshape(32, CELL, -1)
    np.testing.assert_allclose(tones[:, :512], cells.mean(axis=1), atol=1e-4)
    np.testing.assert_allclose(tones[:, 512:], (cells**2).mean(axis=1), rtol=1e-3, atol=1e-3)


def test_a_recording_is_heard_as_the_engine_hears_it(ear, sound):
    heard = hear(sound, ear)
    assert heard.features.shape == (1051, 512)
    assert heard.tones.shape == (43, TONE_SIZE)
    expected = Listening(ear, reader(sound), 1051).features(500, 600).astype(np.float16)
    np.testing.assert_array_equal(heard.features[500:600], expected)
