"""A place to look at: both eyes go there, meet where it is near, and the head helps where it is far."""

import numpy as np
import pytest

from koemorph import arkit
from koemorph.errors import SettingsError, TakeError
from koemorph.performance import Frames, look_at, perform
from koemorph.performance.head import FULL_LOOK
from koemorph.places import Place, parse_places
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import FrameRate

SIXTY = FrameRate.parse(60)
RAW = Settings.raw()


def still(names, frames=60):
    return Take(names, np.zeros((frames, len(names)), np.float32), SIXTY)


def turned(take, side):
    """How far an eye looks to the character's left, in degrees."""
    out, into = ("Out", "In") if side == "Left" else ("In", "Out")
    return np.degrees(FULL_LOOK * (take.curve(f"eyeLook{out}{side}") - take.curve(f"eyeLook{into}{side}")))


def test_eyes_meet_at_a_place():
    take = look_at(still(arkit.SHAPES), (0.0, 0.0, 0.3))
    assert turned(take, "Left") == pytest.approx(-5.99, abs=0.02)
    assert turned(take, "Right") == pytest.approx(5.99, abs=0.02)
    centimetres = look_at(still(arkit.SHAPES), (0.0, 0.0, 30.0), eyes_apart=6.3)
    assert np.allclose(take.values, centimetres.values)


def test_what_is_far_aside_takes_the_head_along():
    names = (*arkit.SHAPES, *arkit.HEAD_TURNS)
    place = (1.0, -0.4, 1.0)
    alone, helped = look_at(still(arkit.SHAPES), place), look_at(still(names), place)
    assert alone.values.max() == 1.0, "eyes end at their limit"
    yaw, pitch = helped.curve("headYaw"), helped.curve("headPitch")
    assert np.all(yaw > 0.3) and np.all(pitch > 0.05)
    eyes = (turned(helped, "Left") + turned(helped, "Right")) / 2
    assert eyes + np.degrees(yaw) == pytest.approx(45.0, abs=0.2), "head and eyes together are there"
    assert np.all(helped.curve("eyeBlinkLeft") > 0.05), "lids go down with the look"


def test_eyes_follow_what_moves_and_nothing_else_changes():
    places = np.stack([np.linspace(-0.3, 0.3, 60), np.zeros(60), np.ones(60)], axis=1)
    take = look_at(still(("jawOpen", "other")), places)
    assert set(take.names) > {"jawOpen", "other"} and not take.values[:, :2].any()
    assert np.all(np.diff(turned(take, "Left")) > 0.0)


@pytest.mark.parametrize("places", [np.zeros((59, 3)), np.zeros(2), (0.0, 0.0, np.nan)])
def test_places_that_fit_no_take_are_refused(places, one_sentence):
    with pytest.raises(TakeError) as refusal:
        look_at(still(arkit.SHAPES), places)
    one_sentence(refusal.value)


def test_a_setting_does_the_same_and_changes_with_time():
    asked = RAW.with_values(look_at="0:00 0.2 0 1; 0:01 -0.2 0 1")
    frames = Frames.around(2, SIXTY, asked)
    curves = perform(np.zeros((120, 52), np.float32), None, asked, SIXTY, frames)
    once = look_at(still(arkit.SHAPES, 120), (0.2, 0.0, 1.0)).values
    assert np.allclose(curves[:40], once[:40], atol=1e-4)
    left, right = curves[:, arkit.INDEX["eyeLookOutLeft"]], curves[:, arkit.INDEX["eyeLookInLeft"]]
    assert left[:50].min() > 0.2 and right[75:].min() > 0.2
    assert np.abs(np.diff(left)).max() < 0.35, "a jump takes some frames"


def test_places_are_read_as_written(one_sentence):
    assert parse_places("0.4 0.1 1.5") == (Place(seconds=0.0, left=0.4, up=0.1, ahead=1.5),)
    assert [place.seconds for place in parse_places("0:00 0 0 1; 0:02.5 -0.6 0 1.2")] == [0.0, 2.5]
    for wrong in ("1 2", "0 0 0", "0:00 0 0 1; 0 0 1", "0:02 0 0 1; 0:01 0 0 1", "a b c", "0 0 nan", "1e9 0 0"):
        with pytest.raises(SettingsError) as refusal:
            parse_places(wrong)
        one_sentence(refusal.value)
