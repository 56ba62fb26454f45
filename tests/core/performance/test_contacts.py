"""Phones drive the lips: closed where the track closes, open elsewhere, round and bitten where it says so."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from koemorph import arkit, lips
from koemorph.performance import Frames, perform
from koemorph.performance.contacts import follow
from koemorph.settings import Settings
from koemorph.speech.track import Phone
from koemorph.take import Take
from koemorph.timing import FrameRate

F = Fraction
RATE = FrameRate(F(60))


EACH, START = F(1, 10), F(1, 2)


def say(text: str, each: Fraction = EACH, start: Fraction = START) -> tuple[Phone, ...]:
    """Phones of a tenth of a second, one after the other; stops open in their last third."""
    phones = []
    for number, symbol in enumerate(text.split()):
        begin = start + number * each
        release = begin + each * F(2, 3) if symbol in "pb" else None
        phones.append(Phone(start=begin, end=begin + each, symbol=symbol, release=release))
    return tuple(phones)


def mumble(seconds: float = 2.0, jaw: float = 0.15, seed: int = 1) -> np.ndarray:
    """A jaw that goes up and down, lips that follow a little."""
    time = np.arange(round(seconds * 60)) / 60
    curves = np.zeros((len(time), 52), np.float32)
    curves[:, arkit.INDEX["jawOpen"]] = jaw * (0.6 + 0.4 * np.sin(11 * time + seed))
    curves[:, arkit.INDEX["mouthClose"]] = 0.3 * curves[:, arkit.INDEX["jawOpen"]]
    for name in ("mouthLowerDownLeft", "mouthLowerDownRight"):
        curves[:, arkit.INDEX[name]] = 0.2
    return curves


def take_of(curves: np.ndarray) -> Take:
    return Take(arkit.SHAPES, curves, RATE)


def shut(curves: np.ndarray) -> np.ndarray:
    return lips.closure(take_of(curves)) >= lips.THRESHOLD


def frames(begin: float, end: float) -> slice:
    return slice(round(begin * 60), round(end * 60))


@pytest.mark.parametrize("symbol", ["p", "b", "m"])
@pytest.mark.parametrize("jaw", [0.02, 0.15, 0.4])
def test_lips_meet_at_the_centre_and_part_for_the_vowels(symbol: str, jaw: float) -> None:
    curves = mumble(jaw=jaw)
    follow(curves, say(f"a {symbol} a"), RATE)
    closed = shut(curves)
    assert closed[frames(0.6 + 0.02, 0.6 + 0.06)].all()
    assert not closed[frames(0.5, 0.6)].any() and not closed[frames(0.71, 0.8)].any()


def test_a_short_closure_lasts_two_frames() -> None:
    curves = mumble()
    follow(curves, (*say("a"), Phone(start=F(3, 5), end=F(61, 100), symbol="m"), *say("a", start=F(61, 100))), RATE)
    assert 2 <= shut(curves)[frames(0.5, 0.8)].sum() <= 3


def test_lips_that_the_network_closes_without_a_reason_stay_open() -> None:
    curves = mumble()
    curves[36:42] = 0.0  # shut in the middle of the second vowel
    assert shut(curves)[36:42].all()
    jaw = curves[:, arkit.INDEX["jawOpen"]].copy()
    follow(curves, say("a n a"), RATE)
    assert not shut(curves)[frames(0.5, 0.8)].any()
    assert np.array_equal(curves[:, arkit.INDEX["jawOpen"]], jaw)


def test_one_closure_where_network_and_track_differ_by_a_little() -> None:
    curves = mumble()
    curves[33:37] = 0.0  # the network is 50 ms early
    follow(curves, say("a m a"), RATE)
    edges = np.diff(shut(curves)[frames(0.45, 0.85)].astype(int))
    assert (edges == 1).sum() == 1 and (edges == -1).sum() == 1
    assert not shut(curves)[33:36].any()


def test_in_pauses_lips_may_rest_together() -> None:
    curves = np.zeros((120, 52), np.float32)
    follow(curves, say("a"), RATE)
    closed = shut(curves)
    assert closed[:20].all() and closed[50:].all() and not closed[frames(0.5, 0.6)].any()


def test_away_from_speech_nothing_changes_at_all() -> None:
    curves = np.zeros((240, 52), np.float32)
    curves[:, list(arkit.indices(("mouthPressLeft", "mouthPressRight", "jawOpen")))] = 0.1, 0.1, 0.01
    before = curves.copy()
    follow(curves, say("a m a"), RATE)
    changed = np.flatnonzero((curves != before).any(axis=1)) / 60
    assert changed.min() > 0.5 - 0.2 and changed.max() < 0.8 + 0.2


def test_the_lower_lip_goes_to_the_teeth_and_nowhere_else() -> None:
    curves = mumble()
    curves[:, arkit.INDEX["mouthRollLower"]] = 0.4
    follow(curves, say("a f a v a s a"), RATE)
    bitten = lips.labiodental(take_of(curves)) >= lips.THRESHOLD
    assert bitten[frames(0.62, 0.68)].all() and bitten[frames(0.82, 0.88)].all()
    for start in (0.50, 0.745, 0.97, 1.02, 1.12):
        assert not bitten[frames(start, start + 0.02)].any()


def test_round_vowels_are_rounder_than_spread_ones() -> None:
    curves = mumble()
    curves[:, arkit.INDEX["mouthPucker"]] = 0.2
    follow(curves, say("u s i s o s ɛ", F(3, 20)), RATE)
    round_ = lips.rounding(take_of(curves))
    u, i, o, e = (round_[frames(start + 0.05, start + 0.1)].mean() for start in (0.5, 0.8, 1.1, 1.4))
    assert min(u, o) > 0.25 > max(i, e)


@pytest.mark.parametrize(("own", "heard"), [(0.0, 0.3), (0.5, 0.3)])
def test_lips_are_as_round_as_heard_even_where_they_meet_or_bite(own: float, heard: float) -> None:
    curves = mumble()
    curves[:, arkit.INDEX["mouthFunnel"]] = own
    curves[:, arkit.INDEX["mouthStretchLeft"]] = 0.1
    phones = say("u b u f u")
    follow(curves, phones, RATE, rounding=np.full(len(curves), heard, np.float32))
    assert shut(curves)[frames(0.62, 0.66)].all()
    np.testing.assert_allclose(lips.rounding(take_of(curves))[frames(0.4, 1.0)], heard, atol=0.01)


def test_without_a_track_or_strength_nothing_changes() -> None:
    for phones, strength in (((), 1.0), (say("a m a"), 0.0)):
        curves = mumble()
        follow(curves, phones, RATE, strength)
        assert np.array_equal(curves, mumble())


def test_an_edit_changes_only_its_neighbourhood() -> None:
    before, after = mumble(8.0), mumble(8.0)
    text = "s a n a l a s o n a " * 6
    phones = list(say(text))
    follow(before, phones, RATE)
    phones[30] = Phone(start=phones[30].start, end=phones[30].end, symbol="m")
    follow(after, phones, RATE)
    changed = np.flatnonzero((before != after).any(axis=1)) / 60
    middle = float(phones[30].start) + 0.05
    assert len(changed) and changed.min() > middle - 0.5 and changed.max() < middle + 0.5


@pytest.mark.parametrize("fps", ["24", "29.97", "60"])
def test_closures_reach_the_finished_performance_at_every_rate(fps: str) -> None:
    phones, rate = say("a m a p i b u"), FrameRate.parse(fps)
    level = np.full(120, -20.0, np.float32)
    settings = Settings().with_values(lower_face_smoothing=0.1, face_strength=1.4)
    finished = perform(mumble(), level, settings, RATE, Frames.around(F(2), rate, settings), "key", phones=phones)
    time = np.arange(len(finished)) / float(rate.fps)
    closed = shut(finished)
    for phone in phones:
        inside = (time >= float(phone.start) - 0.02) & (time <= float(phone.held) + 0.02)
        assert phone.symbol not in "pbm" or closed[inside].any()
    assert not closed[(time > 0.52) & (time < 0.57)].any()
