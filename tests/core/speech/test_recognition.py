"""Hearing phones in a posterior: whole, in pieces, with stops put together, however long."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from koemorph.speech.recognition import RATE, Hearing, hear
from koemorph.speech.symbols import classes

F = Fraction


def posterior(*said: tuple[str, int], sure: float = 0.9) -> np.ndarray:
    """Frames of classes that are heard with this probability, the rest shared by all others."""
    rows = []
    for name, frames in said:
        row = np.full(len(classes()), (1 - sure) / (len(classes()) - 1))
        row[classes().index(name)] = sure
        rows += [row] * frames
    return np.log(np.array(rows)).astype(np.float16)


def test_phones_stand_where_their_frames_are() -> None:
    a, n, pause = hear(posterior(("", 10), ("a", 5), ("n", 4), ("", 8), ("s", 6)))
    assert (a.symbol, a.start, a.end) == ("a", F(19, 100), F(29, 100))
    assert (n.symbol, n.start, n.end) == ("n", F(29, 100), F(37, 100))
    assert pause.symbol == "s" and pause.start == F(53, 100)
    assert a.source == "heard" and a.confidence == pytest.approx(0.9, abs=0.01)


def test_a_closure_and_its_release_are_one_stop() -> None:
    (_, p, _) = hear(posterior(("a", 6), ("p_", 4), ("p", 2), ("a", 6)))
    assert (p.symbol, p.start, p.release, p.end) == ("p", F(11, 100), F(19, 100), F(23, 100))
    (_, t, _) = hear(posterior(("a", 6), ("t_", 4), ("tʃ", 4), ("a", 6)))
    assert (t.symbol, t.release) == ("tʃ", F(19, 100))


def test_half_a_stop_is_one_too() -> None:
    a, b = hear(posterior(("a", 8), ("b_", 5), ("", 20)))
    assert (b.symbol, b.release) == ("b", b.end)
    a, p, _ = hear(posterior(("a", 8), ("p", 3), ("i", 8)))
    assert p.symbol == "p" and p.release == F(15, 100) and p.start == a.end == F(11, 100)


def test_durations_take_out_what_is_too_short_to_be_a_phone() -> None:
    frames = posterior(("a", 6), ("ʃ", 1), ("a", 6), sure=0.6)
    assert [phone.symbol for phone in hear(frames)] == ["a"]


def test_lips_meet_where_only_it_is_open_what_is_said_with_them() -> None:
    frames = np.exp(posterior(("ɑ", 6), ("ə", 3), ("n", 5), sure=0.92).astype(np.float64))
    frames[6:9, [classes().index(name) for name in ("ə", "b_", "m")]] = 0.37, 0.3, 0.3
    assert [phone.symbol for phone in hear(np.log(frames))][1] in "bm"


def test_what_lasts_long_is_one_phone() -> None:
    (phone,) = hear(posterior(("u", 150)))
    assert phone.end == F(299, 100)


@pytest.mark.parametrize("piece", [1, 7, 333])
def test_pieces_do_not_matter(piece: int) -> None:
    random = np.random.default_rng(7)
    noise = random.normal(size=(900, len(classes()))) * 2
    noise -= np.log(np.exp(noise).sum(axis=1, keepdims=True))
    hearing = Hearing()
    for first in range(0, len(noise), piece):
        hearing.feed(noise[first : first + piece])
    assert hearing.phones() == hear(noise)
    segments = hearing.segments()
    assert [s.first for s in segments] == [0, *(s.stop for s in segments[:-1])] and segments[-1].stop == 900


def test_nothing_is_heard_in_nothing() -> None:
    assert Hearing().phones() == ()
    assert hear(posterior(("", 500))) == ()
    assert RATE == 50
