"""The silence gate: a mouth at rest where nothing sounds, free in time before and after."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koemorph import arkit
from koemorph.features.mel import FLOOR_DB
from koemorph.performance import perform
from koemorph.performance.gate import gate, rest_in_silence
from koemorph.settings import Settings
from koemorph.timing import FrameRate

SIXTY = FrameRate.parse(60)
EXACT = Settings(silence_gate=-50.0, noise_margin=0.0, silence_hold=0.2, silence_attack=0.0, silence_fade=0.0)


def levels(frames, *loud):
    level = np.full(frames, FLOOR_DB, np.float32)
    for first, stop in loud:
        level[first:stop] = -20.0
    return level


def test_the_hold_is_on_both_sides():
    opening = gate(levels(200, (100, 110)), EXACT, SIXTY)
    assert np.flatnonzero(opening).tolist() == list(range(100 - 12, 110 + 12))
    assert set(opening.tolist()) == {0.0, 1.0}


def test_the_fade_goes_outside_the_hold():
    """Half a second free around sound stays half a second, however long the fade."""
    settings = EXACT.with_values(silence_attack=0.3, silence_fade=0.3)
    opening = gate(levels(200, (100, 110)), settings, SIXTY)
    assert (opening[88:122] == 1.0).all()
    assert opening[88 - 19] == 0.0 and opening[122 + 18] == 0.0
    assert (np.diff(opening[60:100]) >= 0).all() and (np.diff(opening[110:150]) <= 0).all()
    assert np.abs(np.diff(opening)).max() <= 1 / 18


def test_the_attack_is_before_sound_and_the_fade_after_it():
    opening = gate(levels(200, (100, 110)), EXACT.with_values(silence_attack=0.05, silence_fade=0.5), SIXTY)
    assert np.flatnonzero(opening).tolist() == list(range(88 - 3, 122 + 30))


def test_the_threshold_is_in_decibels_and_just_above_counts():
    level = np.array([-50.0, -49.9], np.float32).repeat(50)
    opening = gate(level, EXACT.with_values(silence_hold=0.0), SIXTY)
    assert (opening[:50] == 0).all() and (opening[50:] == 1).all()


@given(
    st.lists(st.booleans(), min_size=1, max_size=80),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(["24", "30", "60"]),
)
def test_sound_is_never_gated_and_openings_are_shares(sounds, hold, fade, rate):
    level = np.where(sounds, -20.0, FLOOR_DB).astype(np.float32)
    settings = Settings(silence_hold=hold, silence_attack=fade, silence_fade=fade)
    opening = gate(level, settings, FrameRate.parse(rate))
    assert opening.shape == level.shape
    assert (opening[np.array(sounds)] == 1.0).all()
    assert opening.min() >= 0.0 and opening.max() <= 1.0
    if not any(sounds):
        assert (opening == 0.0).all()


def test_only_the_mouth_rests():
    curves = np.full((100, 52), 0.5, np.float32)
    rest_in_silence(curves, gate(levels(100), Settings(), SIXTY))
    assert (curves[:, arkit.indices(arkit.LOWER_FACE)] == 0).all()
    assert (curves[:, arkit.indices(arkit.UPPER_FACE)] == 0.5).all()


def test_lowest_is_off():
    curves = np.full((100, 52), 0.5, np.float32)
    rest_in_silence(curves, gate(levels(100), Settings(silence_gate=FLOOR_DB), SIXTY))
    assert (curves == 0.5).all()


def test_the_lowest_setting_is_the_floor_of_the_level():
    """'-70 turns it off' is true only as long as the two agree."""
    with pytest.raises(Exception, match="Silence gate"):
        Settings(silence_gate=FLOOR_DB - 0.1)


def test_the_gate_comes_after_smoothing():
    """Otherwise smoothing would carry the mouth's movement into the silence."""
    curves = np.zeros((240, 52), np.float32)
    curves[100:140] = 1.0
    settings = Settings.raw().with_values(
        lower_face_smoothing=0.1, silence_gate=-48.0, silence_hold=0.0, silence_attack=0.0, silence_fade=0.0
    )
    finished = perform(curves, levels(240, (100, 140)), settings, SIXTY)
    jaw = finished[:, arkit.INDEX["jawOpen"]]
    assert (jaw[:100] == 0).all() and (jaw[140:] == 0).all() and jaw[120] > 0.5


def test_everything_off_changes_nothing():
    curves = np.random.default_rng(0).random((60, 52), dtype=np.float32)
    raw = Settings.raw()
    assert np.array_equal(perform(curves.copy(), levels(60), raw, SIXTY), curves)


def test_perform_clamps():
    curves = np.array([[-0.5] * 52, [1.5] * 52], np.float32)
    raw = Settings.raw()
    assert perform(curves, levels(2), raw, SIXTY)[:, 0].tolist() == [0.0, 1.0]


def noisy(seconds, noise, *loud):
    """Level of steady noise in dB, with sound of -18 dB between (begin, end) seconds."""
    level = (noise + np.random.default_rng(3).normal(0, 0.7, round(60 * seconds))).astype(np.float32)
    for begin, end in loud:
        level[round(60 * begin) : round(60 * end)] = -18.0
    return level


@pytest.mark.parametrize("noise", [-60.0, -40.0, -28.0])
def test_the_mouth_rests_in_steady_noise_as_it_does_in_silence(noise):
    opening = gate(noisy(8, noise, (2, 4), (5, 6)), Settings(), SIXTY)
    assert (opening[: round(60 * 1.5)] == 0).all() and (opening[round(60 * 6.5) :] == 0).all()
    assert (opening[120:240] == 1).all() and (opening[300:360] == 1).all()


def test_noise_moves_the_mouth_where_its_margin_is_off():
    assert (gate(noisy(8, -28.0, (2, 4)), Settings(noise_margin=0.0), SIXTY) == 1).all()


@pytest.mark.parametrize("seconds", [0.05, 1, 20])
def test_a_held_note_is_not_taken_for_noise(seconds):
    assert (gate(noisy(seconds, -23.0 + 2.5), Settings(), SIXTY) == 1).all()


def test_talk_without_a_pause_is_not_taken_for_noise():
    """Words of a third of a second, 20 dB over what is between them."""
    words = [(0.5 * k, 0.5 * k + 0.35) for k in range(40)]
    assert (gate(noisy(20, -38.0, *words), Settings(), SIXTY) == 1).all()
