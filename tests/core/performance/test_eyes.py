"""Blinks and gaze: how often, how fast, together, and the same again."""

import numpy as np
import pytest

from koemorph import arkit
from koemorph.performance import Frames, perform
from koemorph.performance.blinks import blinks
from koemorph.performance.phrases import phrases, runs
from koemorph.settings import Settings
from koemorph.timing import FrameRate

RAW = Settings.raw()
SIXTY = FrameRate.parse(60)
SPOKEN = np.array([[6.0 * i, 6.0 * i + 4.5] for i in range(100)])


def performed(curves, settings, level=None, key="line", fps="60"):
    frames = Frames.around(len(curves) / SIXTY.fps, FrameRate.parse(fps), settings)
    return perform(curves.copy(), level, settings, SIXTY, frames, key)


def column(curves, name):
    return curves[:, arkit.INDEX[name]]


@pytest.mark.parametrize("rate", [6.0, 20.0, 40.0])
def test_blinks_come_as_often_as_asked(rate):
    settings = RAW.with_values(blink_rate=rate)
    counts = [len(blinks(SPOKEN, 0.0, 600.0, settings, str(line))) / 10 for line in range(20)]
    assert 0.8 * rate < np.mean(counts) < 1.2 * rate


def test_blinks_seek_the_ends_of_phrases():
    settings = RAW.with_values(blink_rate=20.0)
    near = alike = total = 0
    for line in range(20):
        times = np.array([one.begin for one in blinks(SPOKEN, 0.0, 600.0, settings, str(line))])
        near += (np.abs(times[:, None] - SPOKEN[None, :, 1]) < 0.25).any(axis=1).sum()
        alike += (np.abs(times[:, None] - SPOKEN[None, :, 0] - 2.0) < 0.25).any(axis=1).sum()
        total += len(times)
    assert near > 2.5 * alike and near / total > 0.2


def test_lids_close_faster_than_they_open():
    found = [
        one for line in range(30) for one in blinks(SPOKEN, 0.0, 60.0, RAW.with_values(blink_rate=20.0), str(line))
    ]
    assert all(0.075 <= one.closing <= 0.1 and 0.15 <= one.opening <= 0.25 for one in found)
    assert all(abs(one.later) < 0.015 for one in found)
    depths = np.array([one.depth for one in found])
    assert 0.04 < (depths < 0.66).mean() < 0.20, "some are half blinks"
    starts = [np.diff([one.begin for one in blinks(SPOKEN, 0, 600, RAW.with_values(blink_rate=20.0), "x")])]
    assert 0 < (np.concatenate(starts) < 0.6).mean() < 0.15, "double blinks are rare"


@pytest.mark.parametrize("fps", ["24", "25", "30", "60"])
def test_a_full_blink_shows_closed_on_a_frame(fps):
    values = performed(np.zeros((3600, 52), np.float32), RAW.with_values(blink_rate=20.0), fps=fps)
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        lid = column(values, name)
        peaks = np.array([lid[first:stop].max() for first, stop in runs(lid > 0.05)])
        assert len(peaks) >= 10 and ((peaks > 0.92) | (peaks < 0.96)).all() and (peaks > 0.92).mean() > 0.7
    assert np.abs(column(values, "eyeBlinkLeft") - column(values, "eyeBlinkRight")).max() < 0.2


def test_lids_that_are_closed_already_do_not_blink_again():
    curves = np.zeros((3600, 52), np.float32)
    curves[:, arkit.indices(("eyeBlinkLeft", "eyeBlinkRight"))] = 0.9
    assert np.array_equal(performed(curves, RAW.with_values(blink_rate=30.0)), curves)


def test_wide_eyes_close_in_a_blink():
    curves = np.zeros((3600, 52), np.float32)
    curves[:, arkit.indices(("eyeWideLeft", "eyeWideRight"))] = 0.6
    values = performed(curves, RAW.with_values(blink_rate=20.0))
    shut = column(values, "eyeBlinkLeft") > 0.9
    assert shut.any() and (column(values, "eyeWideLeft")[shut] < 0.07).all()


def test_both_eyes_look_the_same_way():
    values = performed(np.zeros((3600, 52), np.float32), RAW.with_values(gaze_strength=1.0))
    for left, right in (
        ("OutLeft", "InRight"),
        ("InLeft", "OutRight"),
        ("UpLeft", "UpRight"),
        ("DownLeft", "DownRight"),
    ):
        assert np.array_equal(column(values, "eyeLook" + left), column(values, "eyeLook" + right))
        assert column(values, "eyeLook" + left).max() > 0.01
    for side in ("Left", "Right"):
        assert not (column(values, "eyeLookIn" + side) * column(values, "eyeLookOut" + side)).any()
        assert not (column(values, "eyeLookUp" + side) * column(values, "eyeLookDown" + side)).any()


def test_eyes_jump_and_rest():
    """Small, mostly still, and quick when they move."""
    values = performed(np.zeros((36_000, 52), np.float32), RAW.with_values(gaze_strength=1.0))
    turn = column(values, "eyeLookOutLeft") - column(values, "eyeLookInLeft")
    speed = np.abs(np.diff(turn))
    assert (speed < 1e-6).mean() > 0.6 and np.percentile(np.abs(turn), 95) < 0.35
    assert len(runs(speed > 0.01)) > 60, "ten minutes of looks aside and back"


def test_gaze_is_added_to_where_the_eyes_look_already():
    curves = np.zeros((600, 52), np.float32)
    curves[:, arkit.indices(("eyeLookInLeft", "eyeLookOutRight"))] = 0.5
    values = performed(curves, RAW.with_values(gaze_strength=1.0))
    assert 0.3 < column(values, "eyeLookInLeft").mean() < 0.7 and not column(values, "eyeLookOutLeft").any()


def test_phrases_are_heard_or_seen(speaking):
    curves, level, _ = speaking(12.0)
    for found in (phrases(curves, level, SIXTY), phrases(curves, None, SIXTY)):
        assert len(found) == 2
        np.testing.assert_allclose(found, [[0.0, 4.5], [6.0, 10.5]], atol=0.2)
