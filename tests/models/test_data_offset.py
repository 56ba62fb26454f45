"""Where curves begin in a sound: found to the hundredth where it can be told, and not believed where it cannot."""

from __future__ import annotations

import numpy as np
import pytest
from talking import SAMPLE_RATE, delayed, talk

from koemorph.take import Take
from koemorph.timing import FrameRate
from koemorph_models.data.offset import correlation_at, find_offset


@pytest.mark.parametrize("shift", [-1.25, -0.12, 0.0, 0.35, 7.5])
@pytest.mark.parametrize("fps", ["30", "29.97", "60"])
def test_a_known_offset_is_found_within_10_ms(shift, fps):
    samples, take = talk(12.0, fps)
    found = find_offset(take, delayed(samples, shift))
    assert found is not None
    assert abs(found.seconds - shift) < 0.010
    assert found.certain and found.drift == 0.0
    assert found.correlation > 0.6


def test_another_ones_mouth_is_not_believed():
    takes = [talk(12.0, "60", seed)[1] for seed in range(6)]
    sounds = [talk(12.0, "60", seed)[0] for seed in range(6)]
    found = [find_offset(takes[i], sounds[j]) for i in range(6) for j in range(6) if i != j]
    assert not any(one is not None and one.certain for one in found)
    for i in range(6):
        own, others = (correlation_at(takes[i], sounds[j], 0.0) for j in (i, i - 1))
        assert own > 0.6 > 0.3 > others


def test_noise_on_curves_and_sound_costs_no_more_than_a_frame():
    samples, take = talk(20.0, "60")
    random = np.random.default_rng(5)
    noisy = samples + random.normal(0, float(np.std(samples)) / 2, len(samples)).astype(np.float32)
    shaky = take.with_values(np.clip(take.values + random.normal(0, 0.03, take.values.shape), 0, 1).astype(np.float32))
    found = find_offset(shaky, delayed(noisy, 0.35))
    assert found is not None and found.certain and abs(found.seconds - 0.35) < 1 / 60


def test_a_still_mouth_silence_and_a_moment_tell_nothing():
    samples, take = talk(5.0, "60")
    assert find_offset(take.with_values(np.zeros_like(take.values)), samples) is None
    assert find_offset(take, np.zeros_like(samples)) is None
    assert find_offset(take, samples[: SAMPLE_RATE // 2]) is None


def test_a_wrong_rate_shows_as_drift():
    samples, take = talk(120.0, "60")
    slow = Take(take.names, take.values, FrameRate.parse("59.8"))
    found = find_offset(slow, samples)
    assert found is not None and not found.certain
    assert found.drift == pytest.approx(-60 * (60 / 59.8 - 1), abs=0.03)


def test_only_the_jaw_is_enough():
    samples, take = talk(12.0, "60")
    jaw = Take(("jawOpen",), take.curve("jawOpen")[:, None], take.rate)
    found = find_offset(jaw, delayed(samples, 0.5))
    assert found is not None and found.certain and abs(found.seconds - 0.5) < 0.010
