"""Hearing moods: pieces change nothing, silence has none, what is unsure is neutral, and a line may change its mood."""

import io

import numpy as np
import pytest

from koemorph.errors import ModelError
from koemorph.moods.hearing import MoodEar, _smoothed, hear_moods, pooled, shipped_ear, sound_in_cells, track_of

NAMES = ("neutral", "joy", "anger")
LOUD = np.full(3000, -25.0, np.float32)


def ear():
    """Joy is a large first tone, anger a large second one."""
    weights = np.zeros((8, 4), np.float32)
    weights[0, 1] = weights[1, 2] = 8.0
    return MoodEar(names=(*NAMES, "neutral"), weights=weights, bias=np.array([1.3, 0, 0, 1.3], np.float32))


def tones(*spans):
    """(cells, 8) of (seconds, joy, anger)."""
    rows = [(joy, anger, 0, 0, joy**2, anger**2, 0, 0) for seconds, joy, anger in spans for _ in range(2 * seconds)]
    return np.array(rows, np.float16)


def test_a_line_changes_its_mood():
    track = hear_moods(tones((8, 1, 0), (8, 0, 1), (8, 0, 0)), LOUD, ear())
    assert track.source == "detected" and [key.mood for key in track.keys] == ["joy", "anger", "neutral"]
    assert abs(track.keys[1].seconds - 8.0) <= 0.5 and abs(track.keys[2].seconds - 16.0) <= 1.0
    assert track.keys[0].seconds == 0.0 and track.keys[0].intensity > 0.7 and track.keys[0].arousal > 0.3


def test_what_is_unsure_is_neutral():
    assert [key.mood for key in hear_moods(tones((8, 0.2, 0.2)), LOUD, ear()).keys] == ["neutral"]


def test_silence_has_no_mood():
    assert hear_moods(tones((8, 1, 0)), np.full(960, -70.0, np.float32), ear()) is None
    assert hear_moods(tones(), LOUD, ear()) is None


def test_silence_within_a_line_changes_nothing():
    level = LOUD.copy()
    level[240:480] = -70.0
    assert [key.mood for key in hear_moods(tones((12, 1, 0)), level, ear()).keys] == ["joy"]


def test_mean_and_spread_come_from_what_sounds():
    values = np.random.default_rng(0).normal(1.0, 0.5, (6, 4)).astype(np.float32)
    cells = np.concatenate([values, values**2 + 0.1], axis=1)
    features, heard = pooled(cells, np.array([1, 1, 1, 0, 0, 0], np.float32))
    share = np.array([1.0, 1.0, 0.5])[:, None]
    mean = (values[:3] * share[::-1][::-1]).sum(axis=0) / share.sum()
    np.testing.assert_allclose(features[0, :4], (values[:3] * [[1.0], [1.0], [0.5]]).sum(axis=0) / 2.5, rtol=1e-5)
    assert mean.shape == (4,) and heard[0] == 2.5 and heard[5] == 0.0


def test_sound_is_counted_in_cells():
    level = np.array([-30.0] * 45 + [-60.0] * 15, np.float32)
    assert sound_in_cells(level, 30, 3).tolist() == [1.0, 0.5, 0.0]


def test_smoothing_counts_what_sounds():
    scores = np.ones((9, 2), np.float32)
    scores[4] = 100.0
    weights = np.ones(9, np.float32)
    weights[4] = 0.0
    np.testing.assert_allclose(_smoothed(scores, weights), 1.0, rtol=1e-5)


def test_the_shipped_one_hears_seven_moods():
    shipped = shipped_ear()
    assert set(shipped.names) == {"neutral", "joy", "anger", "sadness", "fear", "disgust", "boredom"}
    assert shipped.weights.shape == (1024, len(shipped.names))
    assert track_of(np.zeros((0, len(shipped.names)), np.float32), np.zeros(0, np.float32), shipped.names) is None


@pytest.mark.parametrize("harm", ["cut", "names", "nan", "none"])
def test_a_damaged_ear_is_refused(harm, one_sentence):
    arrays = {"names": np.array(NAMES), "weights": np.zeros((8, 3), np.float32), "bias": np.zeros(3, np.float32)}
    if harm == "names":
        arrays["names"] = np.array(["neutral", "glee", "anger"])
    if harm == "nan":
        arrays["bias"] = np.full(3, np.nan, np.float32)
    if harm == "none":
        del arrays["weights"]
    stored = io.BytesIO()
    np.savez(stored, **arrays)
    data = stored.getvalue()[: -40 if harm == "cut" else None]
    with pytest.raises(ModelError) as refusal:
        MoodEar.load(data, "ear.npz")
    one_sentence(refusal.value)
