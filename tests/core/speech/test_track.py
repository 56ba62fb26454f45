"""Tracks of phones and words: exact, checked, carried along by whatever is done to a take, and kept in take files."""

from __future__ import annotations

import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from koemorph import formats
from koemorph.errors import TakeError
from koemorph.speech.track import Phone, Word, described, entry_from
from koemorph.take import Take
from koemorph.timing import FrameRate

F = Fraction
PHONES = (
    Phone(start=F(1, 3), end=F(1, 2), symbol="p", release=F(2, 5), confidence=0.75),
    Phone(start=F(1, 2), end=F(7, 10), symbol="aɪ", stress=2, source="edited"),
    Phone(start=F(3, 2), end=F(8, 5), symbol="m"),
)
WORDS = (Word(start=F(1, 3), end=F(7, 10), text="pie"),)


def a_take() -> Take:
    values = np.linspace(0.0, 1.0, 120, dtype=np.float32)[:, None]
    return Take(("jawOpen",), values, FrameRate(F(60)), phones=PHONES, words=WORDS)


def test_a_part_of_a_take_has_what_sounds_in_it() -> None:
    take = a_take()
    assert take.slice(0, 30).phones == PHONES[:1]
    assert take.slice(30, 120).phones == PHONES[1:]
    assert take.slice(30, 120).words == WORDS
    assert take.slice(50, 80).phones == ()
    assert take.retime(FrameRate(F(24))).phones == PHONES
    assert take.retime(FrameRate(F(24)), F(1), F(2)).phones == PHONES[2:]


def test_a_later_take_has_later_tracks() -> None:
    later = a_take().shift(F(10, 3))
    assert later.phones[0] == Phone(start=F(11, 3), end=F(23, 6), symbol="p", release=F(56, 15), confidence=0.75)
    assert later.words[0].start == F(11, 3)
    assert later.shift(F(-10, 3)).phones == PHONES


def test_take_files_keep_tracks_exactly(tmp_path: Path) -> None:
    path = tmp_path / "line.take"
    formats.write_take(a_take(), path)
    read = formats.read_take(path)
    assert (read.phones, read.words) == (PHONES, WORDS)
    formats.write_take(read, tmp_path / "again.take")
    assert (tmp_path / "again.take").read_bytes() == path.read_bytes()


def test_takes_without_tracks_are_read_as_before(tmp_path: Path) -> None:
    path = tmp_path / "old.take"
    formats.write_take(Take(("jawOpen",), np.zeros((2, 1), np.float32), FrameRate(F(30))), path)
    assert zipfile.ZipFile(path).namelist() == ["take.json", "values.npy"]
    assert formats.read_take(path).phones == ()


@pytest.mark.parametrize(
    "told",
    [
        {"start": "0", "end": "1"},
        {"start": "0", "end": "1", "symbol": "m", "color": "red"},
        {"start": "1e9", "end": "2", "symbol": "m"},
        {"start": "1/0", "end": "2", "symbol": "m"},
    ],
)
def test_entries_that_are_none_are_refused(told: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"phone|moment"):
        entry_from(Phone, told)


def test_entries_go_through_json_exactly() -> None:
    assert [entry_from(Phone, described(phone)) for phone in PHONES] == list(PHONES)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"end": F(0)}, "not after it began"),
        ({"symbol": "☃"}, "no phone"),
        ({"stress": 3}, "0, 1 or 2"),
        ({"confidence": float("nan")}, "between 0 and 1"),
        ({"source": "guessed"}, "one of heard"),
        ({"release": F(1, 2)}, "cannot open"),
    ],
)
def test_what_no_phone_can_be_is_said(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(TakeError, match=said):
        Phone(**{"start": F(0), "end": F(1), "symbol": "m", **wrong})


def test_entries_may_not_overlap() -> None:
    with pytest.raises(TakeError, match="begins before"):
        Take(("jawOpen",), np.zeros((2, 1), np.float32), FrameRate(F(30)), phones=(PHONES[1], PHONES[0]))
