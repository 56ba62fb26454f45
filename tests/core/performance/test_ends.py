"""The ends of a line: at rest soon after the last sound, lips closed in pauses, whatever the mood."""

from fractions import Fraction

import numpy as np
import pytest

from koemorph import arkit, lips
from koemorph.analysis import analysis_frames
from koemorph.moods import MoodKey, MoodTrack
from koemorph.performance import Frames, PerformedLine, perform
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import FrameRate

SIXTY = FrameRate.parse(60)


def line(curves, level, settings, rate="60", mood="surprise"):
    """With two seconds before and after in which the network does not come to rest."""
    still = np.full((120, 52), 0.1, np.float32)
    curves = np.concatenate([still, curves[:240], still])
    level = np.concatenate([np.full(120, -66.0), level[:240], np.full(120, -66.0)]).astype(np.float32)
    wide = np.concatenate([curves, np.zeros((len(curves), 3), np.float32)], axis=1)
    target = FrameRate.parse(rate)
    heard = MoodTrack((MoodKey(seconds=0.0, mood=mood, intensity=0.8),), "detected")
    return perform(wide, level, settings, SIXTY, Frames.around(8, target, settings), "line", heard), target


@pytest.mark.parametrize("rate", ["24", "60"])
@pytest.mark.parametrize("mood", ["joy", "surprise", "neutral"])
def test_everything_is_at_rest_soon_after_the_last_sound(speaking, rate, mood):
    curves, level, _ = speaking()
    values, target = line(curves, level, Settings(), rate, mood)
    moments = np.arange(len(values)) / float(target.fps)
    assert np.abs(values[moments >= 6.4]).max() < 0.005, "0.4 s after the last sound, for as long as there is"
    assert np.abs(values[moments <= 1.6]).max() < 0.005, "and before the first"
    assert np.abs(values[(moments > 2.5) & (moments < 5.5), :52]).max() > 0.2


def test_it_eases_and_can_be_left_out(speaking):
    curves, level, _ = speaking()
    values, _ = line(curves, level, Settings())
    left, _ = line(curves, level, Settings(rest_time=0.0))
    brow = arkit.INDEX["browInnerUp"]
    assert np.abs(np.diff(values[:, brow])).max() < 0.12 and left[-1, brow] > 0.2


@pytest.mark.parametrize("rate", ["24", "60"])
def test_a_line_cut_at_its_sounds_begins_and_ends_at_rest(speaking, rate):
    curves, level, _ = speaking(4.0)
    level = np.maximum(level, -30.0)
    target = FrameRate.parse(rate)
    heard = MoodTrack((MoodKey(seconds=0.0, mood="joy", intensity=0.8),), "detected")
    rested, restless = (
        perform(curves.copy(), level, settings, SIXTY, Frames.around(4, target, settings), "line", heard)
        for settings in (Settings(head_strength=0.0), Settings(head_strength=0.0, rest_time=0.0))
    )
    assert len(rested) == 4 * target.fps and rested[[0, -1]].max() < 0.01 and restless[[0, -1]].max() > 0.2
    jaw, smile, moments = arkit.INDEX["jawOpen"], arkit.INDEX["mouthSmileLeft"], np.arange(len(rested)) / target.fps
    speaks = (moments > 0.13) & (moments < 3.81)
    assert np.array_equal(rested[speaks, jaw], restless[speaks, jaw]), "what speaks goes on until it has to stop"
    assert np.abs(np.diff(rested[:, smile])).max() * target.fps < 5.0, "and a smile takes its time"


@pytest.mark.parametrize("rate", ["24", "25", "30000/1001", "60"])
@pytest.mark.parametrize("seconds", ["2", "2.017", "2.05"])
def test_the_last_frame_rests_however_far_before_the_end_it_stands(speaking, rate, seconds):
    """A recording has a few more frames of curves than it lasts, and its last frame at another rate may come early."""
    duration, settings = Fraction(seconds), Settings(head_strength=0.0)
    raw, level, _ = speaking(3.0)
    count = analysis_frames(duration)
    frames = Frames.around(duration, FrameRate.parse(rate), settings)
    loud = np.maximum(level[:count], -30.0)
    line = PerformedLine(raw[:count].copy(), loud, settings, SIXTY, frames, duration=float(duration))
    values = line.say(())
    assert values[-1].max() < 0.01 and values[0].max() < 0.01 and values[len(values) // 2].max() > 0.1


def test_a_recording_too_short_to_rest_shows_its_pose(speaking):
    curves, level, _ = speaking(4.0)
    assert perform(curves[30:31], level[30:31], Settings(), SIXTY)[0, arkit.INDEX["jawOpen"]] > 0.05


def test_lips_close_in_a_pause_whatever_the_mood(speaking):
    curves, level, _ = speaking(12.0)
    heard = MoodTrack((MoodKey(seconds=0.0, mood="surprise", intensity=1.0),), "detected")
    values = perform(curves.copy(), level, Settings(head_strength=0.0), SIXTY, heard=heard)
    closed = lips.closure(Take(arkit.SHAPES, values, SIXTY)) >= lips.THRESHOLD
    assert closed[300:335].all(), "from 4.5 to 6 s nobody speaks"
    assert values[330, arkit.INDEX["browInnerUp"]] > 0.3, "and the mood stays"


def test_a_silent_recording_keeps_living():
    level = np.full(600, -80.0, np.float32)
    values = perform(np.zeros((600, 52), np.float32), level, Settings(head_strength=0.0), SIXTY)
    assert values[:, arkit.INDEX["eyeBlinkLeft"]].max() > 0.8


@pytest.mark.parametrize("mood", ["sadness", "anger", "disgust"])
def test_no_mood_closes_lips_that_were_open(mood):
    curves = np.zeros((120, 52), np.float32)
    curves[:, arkit.INDEX["jawOpen"]] = np.linspace(0.0, 0.12, 120)
    before = lips.lip_gap(Take(arkit.SHAPES, curves, SIXTY))
    values = perform(curves.copy(), None, Settings.raw().with_values(mood=mood, mood_intensity=1.0), SIXTY)
    after = lips.lip_gap(Take(arkit.SHAPES, values, SIXTY))
    assert np.all(after[before > lips.CLOSED_GAP] > lips.CLOSED_GAP)
