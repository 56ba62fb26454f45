"""Strengths, brows, sides and single shapes, one by one."""

import numpy as np
import pytest

from koemorph import arkit, lips
from koemorph.errors import SettingsError
from koemorph.performance import perform, perform_take
from koemorph.performance.brows import accents
from koemorph.performance.hearing import level_under
from koemorph.settings import Settings
from koemorph.shape_edits import ShapeEdit, parse_shape_edits, write_shape_edits
from koemorph.take import Take
from koemorph.timing import FrameRate

RAW = Settings.raw()
SIXTY = FrameRate.parse(60)


def performed(curves, **values):
    return perform(curves.copy(), None, RAW.with_values(**values), SIXTY)


def some(seed=0, frames=50, most=0.4):
    return (most * np.random.default_rng(seed).random((frames, 52))).astype(np.float32)


def gap(curves):
    return lips.lip_gap(Take(arkit.SHAPES, curves, SIXTY))


@pytest.mark.parametrize(
    ("name", "moved", "still"),
    [
        ("jaw_strength", ("jawOpen", "jawLeft", "mouthClose"), ("mouthFunnel", "browInnerUp", "eyeBlinkLeft")),
        ("lip_strength", ("mouthFunnel", "mouthSmileLeft", "cheekPuff"), ("jawOpen", "mouthClose", "browInnerUp")),
        ("upper_face_strength", ("browInnerUp", "eyeWideLeft", "noseSneerLeft"), ("jawOpen", "eyeBlinkLeft")),
        ("face_strength", arkit.SHAPES, ()),
    ],
)
def test_strengths(name, moved, still):
    curves = some()
    values = performed(curves, **{name: 1.5})
    for shape in moved:
        np.testing.assert_allclose(values[:, arkit.INDEX[shape]], 1.5 * curves[:, arkit.INDEX[shape]], rtol=1e-5)
    for shape in still:
        assert np.array_equal(values[:, arkit.INDEX[shape]], curves[:, arkit.INDEX[shape]])


@pytest.mark.parametrize("offset", [0.05, 0.15, -0.03, -0.2])
def test_the_lip_offset_is_in_units_of_the_jaw(offset):
    curves = some()
    changed = gap(performed(curves, lip_open_offset=offset)) - gap(curves)
    assert changed.max() <= max(offset, 0.0) + 1e-6 and changed.min() >= min(offset, 0.0) - 1e-6
    wide = gap(curves) > 0.25
    np.testing.assert_allclose(changed[wide], offset, atol=1e-5)


def test_brows_rise_on_stressed_syllables_only():
    level = np.full(600, -30.0, np.float32)
    level[300:315] = -15.0
    stress = accents(np.zeros((600, 52), np.float32), level, SIXTY)
    assert 285 < stress.argmax() < 310 and stress.max() > 0.3
    assert (stress[:240] < 0.02).all() and (stress[380:] < 0.02).all()


def test_asymmetry_keeps_the_mean_and_the_eyes():
    curves = some()
    values = performed(curves, asymmetry=1.0)
    left, right = (values[:, arkit.INDEX["mouthSmile" + side]] for side in ("Left", "Right"))
    assert np.abs(left / curves[:, arkit.INDEX["mouthSmileLeft"]] - 1).max() > 0.01
    factors = left / curves[:, arkit.INDEX["mouthSmileLeft"]] + right / curves[:, arkit.INDEX["mouthSmileRight"]]
    np.testing.assert_allclose(factors, 2.0, rtol=1e-4)
    for name in ("eyeBlinkLeft", "eyeLookInRight", "jawLeft", "mouthRight", "jawOpen"):
        assert np.array_equal(values[:, arkit.INDEX[name]], curves[:, arkit.INDEX[name]])


def test_mirror_twice_is_nothing():
    curves = some()
    once = performed(curves, mirror=True)
    assert np.array_equal(once[:, arkit.INDEX["jawLeft"]], curves[:, arkit.INDEX["jawRight"]])
    assert np.array_equal(once[:, arkit.INDEX["browInnerUp"]], curves[:, arkit.INDEX["browInnerUp"]])
    assert np.array_equal(performed(once, mirror=True), curves)


def test_single_shapes():
    curves = some()
    values = performed(curves, shape_edits="jawOpen x0.5; mouthSmile x1.2 +0.05; cheekPuff mute; brows -0.02")
    expected = curves.copy()
    expected[:, arkit.INDEX["jawOpen"]] *= 0.5
    for name in ("mouthSmileLeft", "mouthSmileRight"):
        expected[:, arkit.INDEX[name]] = expected[:, arkit.INDEX[name]] * 1.2 + 0.05
    expected[:, arkit.INDEX["cheekPuff"]] = 0.0
    for name in arkit.BROWS:
        expected[:, arkit.INDEX[name]] -= 0.02
    np.testing.assert_allclose(values, np.clip(expected, 0, 1), atol=1e-6)


def test_solo_silences_the_others_even_what_comes_later():
    values = performed(some(frames=600), shape_edits="jawOpen solo", blink_rate=60.0, gaze_strength=1.0)
    assert set(np.flatnonzero(values.any(axis=0))) == {arkit.INDEX["jawOpen"]}


def test_shape_edits_as_text_and_back():
    text = "jawOpen x0.5 +0.1; mouthSmileLeft mute; browInnerUp -0.2 solo"
    edits = parse_shape_edits(text)
    assert edits["jawOpen"] == ShapeEdit(gain=0.5, offset=0.1) and edits["browInnerUp"] == ShapeEdit(
        gain=1.0, offset=-0.2, solo=True
    )
    assert write_shape_edits(edits) == text and parse_shape_edits(write_shape_edits(edits)) == edits
    assert parse_shape_edits(" ; jawOpen x1 ;") == {}


@pytest.mark.parametrize(
    "text", ["jawOpen", "nose2 mute", "jawOpen 3", "jawOpen x", "jawOpen x-1", "jawOpen xnan", "x2"]
)
def test_bad_shape_edits(text, one_sentence):
    with pytest.raises(SettingsError) as refusal:
        parse_shape_edits(text)
    one_sentence(refusal.value)


def test_the_sound_of_a_take_from_a_file(speech_clip):
    """Frame by frame the level that analysis would have heard, wherever in the recording the take begins."""
    clip = speech_clip(3.0)
    whole = Take(("jawOpen",), np.zeros((180, 1)), SIXTY)
    part = whole.slice(60, 120)
    assert np.array_equal(level_under(part, clip), level_under(whole, clip)[60:120])
    assert np.ptp(level_under(whole, clip)) > 20.0


def test_performing_does_not_change_the_take():
    take = Take(arkit.SHAPES, some(), SIXTY)
    before = take.values.copy()
    assert perform_take(take, Settings()).frame_count == 50
    assert np.array_equal(take.values, before)


def test_a_high_temperature_lets_the_whole_face_go_along(speaking):
    """The network does its part in its own graph; this is what the performance adds: brows and moods."""
    curves, level, _ = speaking()

    def brows(temperature):
        settings = RAW.with_values(temperature=temperature, brow_emphasis=0.5, mood="sadness", mood_intensity=0.5)
        return perform(curves.copy(), level, settings, SIXTY)[:, arkit.INDEX["browInnerUp"]].mean()

    low, usual, high = (brows(temperature) for temperature in (0.05, 0.2, 0.5))
    assert low < 0.85 * usual and high > 1.15 * usual
