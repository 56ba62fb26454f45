"""The melody of a voice: the height of what has periods, nothing for what has none, however it is cut."""

import numpy as np
import pytest

from koemorph.features.melody import melody

TIME = np.arange(32_000) / 16_000


def reader(samples):
    def read(start, stop):
        inside = samples[max(start, 0) : max(stop, 0)]
        return np.pad(inside, (max(-start, 0), stop - max(start, 0) - len(inside))).astype(np.float32)

    return read


def voice(hertz):
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hertz, TIME.shape)) / 16_000
    return 0.1 * sum(np.sin(n * phase) / n for n in range(1, 12))


@pytest.mark.parametrize("hertz", [75.0, 120.0, 220.0, 400.0])
def test_a_voice_is_as_high_as_it_is(hertz):
    assert melody(reader(voice(hertz)), 2, 36) == pytest.approx(np.log2(hertz / 55.0), abs=0.02)


def test_a_glide_is_followed_and_the_cut_leaves_no_trace():
    read = reader(voice(np.linspace(100.0, 200.0, len(TIME))))
    whole = melody(read, 0, 40)
    assert np.all(np.diff(whole[1:-1]) > 0.0)
    assert np.array_equal(whole, np.concatenate([melody(read, 0, 13), melody(read, 13, 27)]), equal_nan=True)


def test_noise_and_silence_have_none():
    noise = np.random.default_rng(0).normal(0.0, 0.1, 32_000)
    assert np.isnan(melody(reader(noise), 0, 40)).mean() > 0.9
    assert np.isnan(melody(reader(np.zeros(32_000)), 0, 40)).all()
