"""Which windows a token holds, and the pass that measures them beside the network."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koemorph.errors import AudioError, Cancelled, SettingsError
from koemorph.features.backends import emotion_backend
from koemorph.features.emotion import (
    FUNCTIONALS,
    SAMPLE_RATE,
    STEP_SAMPLES,
    TOKEN_SIZE,
    WINDOW_SAMPLES,
    token_count,
    window_count,
    windows_of_token,
)
from koemorph.features.track import EmotionTrack

lengths = st.integers(1, 100 * SAMPLE_RATE)


def silence(start, stop):
    return np.zeros(stop - start, np.float32)


class Numbered:
    """Window j holds j everywhere."""

    name = "numbered"

    def __init__(self, block=3, wrong=0, failure=None):
        self.block, self.wrong, self.failure = block, wrong, failure

    def windows(self, read, sample_count):
        total = window_count(sample_count) + self.wrong
        for first in range(0, total, self.block):
            if self.failure is not None and first >= 2 * self.block:
                raise self.failure
            read(0, 1)
            rows = np.arange(first, min(first + self.block, total), dtype=np.float32)
            yield np.repeat(rows[:, None], FUNCTIONALS, axis=1)


@given(lengths)
def test_windows_are_whole_and_none_is_missing(samples):
    last = (window_count(samples) - 1) * STEP_SAMPLES + WINDOW_SAMPLES
    assert window_count(samples) == 1 or last <= samples
    assert last + STEP_SAMPLES > samples


@given(lengths)
def test_tokens_reach_the_end_of_the_clip(samples):
    last = (token_count(samples) - 1) * STEP_SAMPLES
    assert samples <= last < samples + STEP_SAMPLES


@given(lengths, st.integers(0, 400))
def test_a_token_holds_the_windows_that_end_there(samples, token):
    windows = window_count(samples)
    newest, middle, oldest = windows_of_token(token, windows)
    assert 0 <= oldest <= middle <= newest <= windows - 1
    ends = newest * STEP_SAMPLES + WINDOW_SAMPLES
    if 0 < newest < windows - 1:
        assert 0 <= token * STEP_SAMPLES - ends < STEP_SAMPLES
        assert (middle, oldest) == (newest - 1, max(newest - 2, 0))


def test_short_clips_have_one_window_for_all_tokens():
    assert window_count(20 * SAMPLE_RATE) == 1
    assert {windows_of_token(token, 1) for token in range(100)} == {(0, 0, 0)}


def test_tokens_inside_and_outside():
    samples = 21 * SAMPLE_RATE
    with EmotionTrack(Numbered(), silence, samples) as track:
        values, inside = track.tokens(-4, token_count(samples) + 4)
    assert values.shape == (token_count(samples) + 8, TOKEN_SIZE)
    assert inside.tolist() == [0.0] * 4 + [1.0] * token_count(samples) + [0.0] * 4
    assert (values[:4] == 0).all() and (values[-4:] == 0).all()
    last = window_count(samples) - 1
    assert values[-5].reshape(3, FUNCTIONALS)[:, 0].tolist() == [last, last - 1, last - 2]


def test_tokens_come_in_any_pieces():
    samples = 30 * SAMPLE_RATE
    with EmotionTrack(Numbered(block=1), silence, samples) as track:
        parts = [track.tokens(first, first + 7) for first in range(-7, 105, 7)]
    with EmotionTrack(Numbered(block=50), silence, samples) as track:
        values, inside = track.tokens(-7, 105)
    assert np.array_equal(np.concatenate([part[0] for part in parts]), values)
    assert np.array_equal(np.concatenate([part[1] for part in parts]), inside)


@pytest.mark.parametrize("failure", [AudioError("The file went away."), ValueError("x"), MemoryError()])
def test_errors_of_the_pass_reach_who_waits(failure):
    with (
        pytest.raises(type(failure)) as caught,
        EmotionTrack(Numbered(failure=failure), silence, 60 * SAMPLE_RATE) as track,
    ):
        track.tokens(0, token_count(60 * SAMPLE_RATE))
    assert caught.value is failure


@pytest.mark.parametrize("wrong", [-1, 1, 40])
@pytest.mark.timeout(20)
def test_a_backend_that_miscounts_is_caught(wrong):
    samples = 30 * SAMPLE_RATE
    with (
        pytest.raises((RuntimeError, ValueError)),
        EmotionTrack(Numbered(wrong=wrong), silence, samples) as track,
    ):
        track._thread.join()
        track.tokens(0, token_count(samples))


def test_leaving_stops_the_pass_soon():
    class Endless(Numbered):
        stopped_by = None

        def windows(self, read, sample_count):
            try:
                while True:
                    read(0, 160)
            except BaseException as reason:
                Endless.stopped_by = reason
                raise
            yield

    with EmotionTrack(Endless(), silence, SAMPLE_RATE):
        assert any(thread.name == "koemorph-emotion" for thread in threading.enumerate())
    assert not any(thread.name == "koemorph-emotion" for thread in threading.enumerate())
    assert isinstance(Endless.stopped_by, Cancelled)


def test_unknown_backends(one_sentence):
    with pytest.raises(SettingsError) as refusal:
        emotion_backend("crystal-ball")
    one_sentence(refusal.value)
