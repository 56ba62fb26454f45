"""The head tilts, and brows go up, where a voice rises at the end of a phrase; nowhere else."""

import numpy as np
import pytest

from koemorph import arkit
from koemorph.performance import Frames, PerformedLine, perform
from koemorph.performance.questions import heard, written
from koemorph.settings import Settings
from koemorph.speech.track import Word
from koemorph.timing import FrameRate

SIXTY = FrameRate.parse(60)
SPOKEN = np.array([[0.5, 2.5], [4.0, 6.0]])
LEVEL = np.full(480, -70.0, np.float32)
for _begin, _end in SPOKEN:
    LEVEL[int(60 * _begin) : int(60 * _end)] = -20.0


def said(rise, creaks=False):
    """Two phrases, the first of which ends `rise` octaves higher than it was."""
    time = np.arange(160) / 20
    octaves = np.full(160, np.nan, np.float32)
    for begin, end in SPOKEN:
        octaves[(time > begin + 0.05) & (time < end)] = 1.2
    end = (time > 2.0) & (time < 2.5)
    octaves[end] += rise * (time[end] - 2.0) / 0.45
    if creaks:
        octaves[(time > 2.3) & (time < 2.5)] = 1.2 + np.array([0.9, 0.4, 0.8], np.float32)
    return octaves


@pytest.mark.parametrize("rise", [-0.5, 0.0, 0.1])
def test_statements_are_none(rise):
    assert not heard(said(rise), LEVEL, SPOKEN, SIXTY).any()
    assert not heard(said(0.0, creaks=True), LEVEL, SPOKEN, SIXTY).any(), "leaps are misheard"


def test_a_question_shows_at_its_end_and_is_gone_soon():
    asked = heard(said(0.6), LEVEL, SPOKEN, SIXTY)
    assert asked[150] > 0.9 and not asked[:110].any() and not asked[210:].any()
    assert 0.0 < heard(said(0.2), LEVEL, SPOKEN, SIXTY).max() < 1.0, "half a rise is half a question"


def test_a_voice_that_was_as_high_before_asks_nothing():
    excited = said(0.6)
    excited[20:30] += 0.6
    assert heard(said(0.6), LEVEL, SPOKEN, SIXTY).max() > 0.9 and not heard(excited, LEVEL, SPOKEN, SIXTY).any()


def test_what_is_written_counts_before_what_is_heard():
    words = [Word(start=one, end=one + 1, text=text) for one, text in enumerate(("Well", "you?", "Yes"))]
    assert written(words, "Well you? Yes") == (2.0,)
    assert written(words[::2], "Well. Yes.") == () and written(words[::2], "well yes") is None
    assert written((), "Well you?") is None, "a script that does not fit tells nothing"
    assert written(words[::2], "Well you? Yes.") is None, "nor does one whose question was not found"

    def line(asked):
        settings = Settings.raw().with_values(head_strength=1.0)
        curves, frames = np.zeros((480, 55), np.float32), Frames(rate=SIXTY, count=480)
        kept = PerformedLine(curves, LEVEL, settings, SIXTY, frames, melody=said(0.6), keep=True)
        kept.say(())
        return kept.say((), asked)[:, 54]

    risen, none, later = line(None), line(()), line((6.0,))
    asked = np.abs(np.degrees(later - none))
    assert np.abs(risen - none).argmax() in range(130, 190), "the rise that is heard"
    assert 4.0 < asked.max() < 9.0 and asked.argmax() in range(320, 400) and not asked[:300].any()


def test_voices_that_are_missing_ask_nothing():
    assert not heard(np.full(160, np.nan, np.float32), LEVEL, SPOKEN, SIXTY).any()
    assert not heard(said(0.6)[:4], LEVEL, SPOKEN, SIXTY).any()


def test_head_and_brows_ask():
    settings = Settings.raw().with_values(head_strength=1.0, brow_emphasis=1.0)

    def performed(melody):
        return perform(np.zeros((480, 55), np.float32), LEVEL, settings, SIXTY, melody=melody)

    more = performed(said(0.6)) - performed(said(0.0))
    roll, pitch = np.degrees(more[:, 54]), np.degrees(more[:, 53])
    assert 4.0 < np.abs(roll).max() < 9.0 and np.abs(roll).argmax() in range(130, 190)
    assert pitch.min() < -1.0 and more[:, arkit.INDEX["browInnerUp"]].max() > 0.2
    assert not more[:110].any() and not more[230:].any()
