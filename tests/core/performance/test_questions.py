"""The head tilts, and brows go up, where a voice rises at the end of a phrase; nowhere else."""

import numpy as np
import pytest

from koemorph import arkit
from koemorph.performance import perform
from koemorph.performance.questions import questions
from koemorph.settings import Settings
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
    assert not questions(said(rise), LEVEL, SPOKEN, SIXTY).any()
    assert not questions(said(0.0, creaks=True), LEVEL, SPOKEN, SIXTY).any(), "leaps are misheard"


def test_a_question_shows_at_its_end_and_is_gone_soon():
    asked = questions(said(0.6), LEVEL, SPOKEN, SIXTY)
    assert asked[150] > 0.9 and not asked[:110].any() and not asked[210:].any()
    assert 0.0 < questions(said(0.35), LEVEL, SPOKEN, SIXTY).max() < 1.0, "half a rise is half a question"


def test_voices_that_are_missing_ask_nothing():
    assert not questions(np.full(160, np.nan, np.float32), LEVEL, SPOKEN, SIXTY).any()
    assert not questions(said(0.6)[:4], LEVEL, SPOKEN, SIXTY).any()


def test_head_and_brows_ask():
    settings = Settings.raw().with_values(head_strength=1.0, brow_emphasis=1.0)

    def performed(melody):
        return perform(np.zeros((480, 55), np.float32), LEVEL, settings, SIXTY, melody=melody)

    more = performed(said(0.6)) - performed(said(0.0))
    roll, pitch = np.degrees(more[:, 54]), np.degrees(more[:, 53])
    assert 4.0 < np.abs(roll).max() < 9.0 and np.abs(roll).argmax() in range(130, 190)
    assert pitch.min() < -1.0 and more[:, arkit.INDEX["browInnerUp"]].max() > 0.2
    assert not more[:110].any() and not more[230:].any()
