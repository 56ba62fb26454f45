"""Moods on the face: they replace what contradicts them, come and go in their time, and never pile up."""

import numpy as np
import pytest

from koemorph import arkit, lips
from koemorph.moods import MoodKey, MoodTrack, moods, parse_mood_keys
from koemorph.performance import mood_track, perform
from koemorph.performance.moods import weights
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import FrameRate

RAW = Settings.raw()
SIXTY = FrameRate.parse(60)
MOMENTS = np.arange(600) / 60
HEARD = MoodTrack((MoodKey(seconds=0.0, mood="sadness", intensity=0.6),), "detected")


def performed(curves, heard=None, **values):
    settings = RAW.with_values(**values)
    return perform(curves.copy(), None, settings, SIXTY, heard=heard)


def some(seed=0, frames=50, most=0.4):
    return (most * np.random.default_rng(seed).random((frames, 52))).astype(np.float32)


def column(curves, name):
    return curves[:, arkit.INDEX[name]]


def test_a_mood_adds_its_shapes_and_takes_what_contradicts_it():
    curves = some()
    curves[:, arkit.indices(("mouthPucker", "mouthFunnel", "mouthRollLower"))] = 0.0
    values = performed(curves, mood="joy", mood_intensity=0.5)
    joy = moods()["joy"]
    for name in arkit.SHAPES:
        kept = column(curves, name) * (1 - 0.5 * (1 - joy.keeps.get(name, 1.0)))
        expected = kept + 0.5 * joy.shapes.get(name, 0.0) * (1 - kept)
        np.testing.assert_allclose(column(values, name), expected, atol=1e-6)
    assert values.max() <= 1.0
    assert np.array_equal(performed(curves, mood="joy", mood_intensity=0.0), curves)


@pytest.mark.parametrize("mood", ["anger", "disgust", "sadness"])
def test_lips_at_the_teeth_stay_there_and_no_others_come(mood):
    curves = np.zeros((2, 52), np.float32)
    curves[:, arkit.INDEX["jawOpen"]] = 0.2
    curves[0, arkit.INDEX["mouthRollLower"]] = 0.36
    curves[1, arkit.INDEX["mouthRollLower"]] = 0.20
    at_teeth, apart = lips.weighted(performed(curves, mood=mood, mood_intensity=1.0), arkit.SHAPES, lips.BITING)
    assert at_teeth > lips.BITE + 0.05 and apart < lips.BITE - 0.05


@pytest.mark.parametrize(
    ("mood", "gone", "shown"),
    [
        ("anger", "mouthSmile", "browDown"),
        ("joy", "mouthFrown", "mouthSmile"),
        ("joy", "browDown", "cheekSquint"),
        ("fear", "eyeSquint", "eyeWide"),
        ("disgust", "mouthSmile", "noseSneer"),
    ],
)
def test_what_contradicts_a_mood_goes(mood, gone, shown):
    values = performed(np.full((60, 52), 0.3, np.float32), mood=mood, mood_intensity=1.0)
    assert column(values, gone + "Left").max() < 0.05
    assert column(values, shown + "Left").min() > 0.5


def test_rounded_lips_are_not_drawn_into_a_smile():
    rounded = np.zeros((60, 52), np.float32)
    rounded[:, arkit.INDEX["mouthPucker"]] = 1.0
    smiles = [column(performed(c, mood="joy"), "mouthSmileLeft")[0] for c in (rounded, np.zeros_like(rounded))]
    assert smiles[0] < 0.4 * smiles[1]


def test_closed_lips_stay_closed_in_every_mood(speaking):
    curves, level, _ = speaking()
    plain = lips.closure(Take(arkit.SHAPES, curves, SIXTY)) >= lips.THRESHOLD
    for mood in moods():
        settings = RAW.with_values(mood=mood, mood_intensity=1.0, lip_seal=1.0)
        shown = perform(curves.copy(), level, settings, SIXTY)
        closed = lips.closure(Take(arkit.SHAPES, shown, SIXTY)) >= lips.THRESHOLD
        spoken = plain & (level > -45.0)
        assert (closed | ~spoken)[30:].all(), mood


def test_moods_give_way_to_one_another():
    names, shown = weights(parse_mood_keys("0:00 joy 0.5; 0:04.2 anger 0.8; 0:07.5 neutral"), MOMENTS, 0.5)
    anger, joy = shown[names.index("anger")], shown[names.index("joy")]
    assert (joy[:240] == 0.5).all() and (joy[265:] < 1e-6).all()
    assert (anger[:240] < 1e-6).all() and np.allclose(anger[265:350], 0.8, atol=1e-3) and (anger[490:] < 1e-6).all()
    assert abs(joy[252] - 0.25) < 0.02 and abs(anger[252] - 0.4) < 0.03
    assert shown.sum(axis=0).max() < 0.81
    crowded = "; ".join(f"{0.1 * i:.1f} {mood}" for i, mood in enumerate([*moods()] * 5))
    assert weights(parse_mood_keys(crowded), MOMENTS, 0.5)[1].sum(axis=0).max() <= 1.0 + 1e-5


def test_a_mood_settles_after_its_apex_and_surprise_soonest():
    for name in ("joy", "surprise", "sadness"):
        mood = moods()[name]
        _, shown = weights((MoodKey(seconds=1.0, mood=name, intensity=1.0),), MOMENTS, 0.5)
        top = 1.0 + mood.onset / 2 + mood.apex / 2
        assert shown[0, round(60 * top)] > 0.99
        assert abs(shown[0, -1] - mood.settles) < 1e-3 and not shown[0, : round(60 * (1.0 - mood.onset / 2))].any()
    cut = weights(parse_mood_keys("0:04 joy"), MOMENTS, 0.0)[1][0]
    assert not cut[:240].any() and (cut[240:300] == 1.0).all()


def test_what_is_set_by_hand_goes_before_what_is_heard():
    assert mood_track(Settings(), HEARD) is HEARD
    assert mood_track(Settings(mood_from_voice="off"), HEARD) is None
    assert mood_track(Settings(mood="joy", mood_intensity=0.3), HEARD).keys == (
        MoodKey(seconds=0.0, mood="joy", intensity=0.3),
    )
    keyed = mood_track(Settings(mood="joy", mood_keys="0 neutral"), HEARD)
    assert keyed.source == "edited" and [key.mood for key in keyed.keys] == ["neutral"]
    assert np.array_equal(performed(some(), HEARD, mood_from_voice="on", mood_keys="0 neutral"), some())


def test_strength_scales_every_mood():
    still = np.zeros((60, 52), np.float32)
    brows = [
        column(performed(still, HEARD, mood_from_voice="on", mood_strength=s), "browInnerUp")[30] for s in (0, 1, 1.5)
    ]
    assert brows[0] == 0.0 and abs(brows[2] - 1.5 * brows[1]) < 1e-5 and brows[1] > 0.3


def test_many_keys_cost_what_their_own_time_costs():
    keys = tuple(
        MoodKey(seconds=float(second + 1), mood=("joy", "anger")[second % 2], intensity=0.5) for second in range(3600)
    )
    _, shown = weights(keys, np.arange(3600 * 60) / 60, 0.5)
    assert shown.sum(axis=0).max() <= 0.5 + 1e-5
