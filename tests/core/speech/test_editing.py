"""Edits of tracks: what is set is sure, neighbours make room, and words go with their phones."""

from __future__ import annotations

from fractions import Fraction

import pytest

from koemorph.errors import TakeError
from koemorph.speech import editing
from koemorph.speech.track import Phone, Tracks, Word


def line(*phones: tuple[str, float, float], words: tuple[tuple[str, float, float], ...] = ()) -> Tracks:
    def moment(seconds: float) -> Fraction:
        return Fraction(str(seconds))

    return Tracks(
        tuple(Phone(start=moment(start), end=moment(end), symbol=symbol) for symbol, start, end in phones),
        tuple(Word(start=moment(start), end=moment(end), text=text) for text, start, end in words),
    )


def seen(tracks: Tracks) -> tuple[list[tuple[str, float, float]], list[tuple[str, float, float]]]:
    return (
        [(phone.symbol, float(phone.start), float(phone.end)) for phone in tracks.phones],
        [(word.text, float(word.start), float(word.end)) for word in tracks.words],
    )


F = Fraction
NIGHT, UP = ("night", 0.1, 0.5), ("up", 0.7, 0.9)
TRACKS = line(("n", 0.1, 0.3), ("aɪ", 0.3, 0.5), ("ʌ", 0.7, 0.8), ("p", 0.8, 0.9), words=(NIGHT, UP))


def test_a_symbol_is_set_and_the_times_stay() -> None:
    found = editing.set_symbol(TRACKS, F(1, 5), "m")
    assert found.phones[0] == Phone(start=F(1, 10), end=F(3, 10), symbol="m", source="edited")
    assert (found.phones[1:], found.words) == (TRACKS.phones[1:], TRACKS.words)
    assert editing.set_symbol(TRACKS, F(17, 20), "b").phones[3].release is not None


def test_a_word_ends_where_its_moved_phone_does() -> None:
    phones, words = seen(editing.move(TRACKS, F(2, 5), F(1, 5), F(3, 5)))
    assert phones[:2] == [("n", 0.1, 0.2), ("aɪ", 0.2, 0.6)]
    assert words == [("night", 0.1, 0.6), UP]


def test_a_phone_that_leaves_its_word_joins_the_one_it_is_in() -> None:
    phones, words = seen(editing.move(TRACKS, F(2, 5), F("0.9"), F(1)))
    assert phones[-1] == ("aɪ", 0.9, 1.0)
    assert words == [("night", 0.1, 0.3), ("up", 0.7, 1.0)]


def test_a_word_without_phones_is_dropped_and_one_with_fewer_is_shorter() -> None:
    shorter = editing.drop(TRACKS, F(1, 5))
    assert seen(shorter)[1] == [("night", 0.3, 0.5), UP]
    assert seen(editing.drop(shorter, F(2, 5)))[1] == [UP]


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("0.5", "0.6", [("night", 0.1, 0.6), UP]),
        ("0.55", "0.6", [NIGHT, UP]),
        ("0.6", "0.7", [NIGHT, ("up", 0.6, 0.9)]),
        ("0.25", "0.4", [NIGHT, UP]),
    ],
)
def test_an_inserted_phone_is_of_the_word_it_is_in_or_touches(start: str, end: str, words: object) -> None:
    found = editing.insert(TRACKS, F(start), F(end), "s")
    assert seen(found)[1] == words and found.phones[editing.at(found.phones, F(start))].source == "edited"


def test_moved_words_stretch_their_phones_and_press_their_neighbours() -> None:
    phones, words = seen(editing.move_word(TRACKS, F(1, 5), F(0), F("0.8")))
    assert phones == [("n", 0.0, 0.4), ("aɪ", 0.4, 0.8), ("ʌ", 0.8, 0.85), ("p", 0.85, 0.9)]
    assert words == [("night", 0.0, 0.8), ("up", 0.8, 0.9)]
    with pytest.raises(TakeError, match="no room for up"):
        editing.move_word(TRACKS, F(1, 5), F(0), F("0.895"))


def test_another_word_is_said_in_the_place_of_one() -> None:
    found = editing.set_word(TRACKS, F(1, 5), "my mom")
    assert [phone.symbol for phone in found.phones] == ["m", "aɪ", "m", "ɑ", "m", "ʌ", "p"]
    assert seen(found)[1] == [("my mom", 0.1, 0.5), UP]
    assert {phone.source for phone in found.phones[:5]} == {"edited"} and found.phones[0].start == F(1, 10)


def test_a_word_takes_the_place_of_what_was_heard_there() -> None:
    heard = line(("s", 0.0, 0.3), ("t", 0.3, 0.4), ("a", 0.4, 0.9))
    phones, words = seen(editing.insert_word(heard, F("0.2"), F("0.5"), "bee"))
    assert phones == [("s", 0.0, 0.2), ("b", 0.2, 0.3), ("i", 0.3, 0.5), ("a", 0.5, 0.9)]
    assert words == [("bee", 0.2, 0.5)]
    assert seen(editing.drop_word(TRACKS, F(1, 5))) == (seen(TRACKS)[0][2:], [UP])


def test_what_cannot_be_edited_is_one_sentence() -> None:
    with pytest.raises(TakeError, match="No phone sounds"):
        editing.drop(TRACKS, F(3, 5))
    with pytest.raises(TakeError, match="no room for the n"):
        editing.insert(TRACKS, F(1, 10), F(1, 2), "b")
    with pytest.raises(TakeError, match="No word sounds"):
        editing.drop_word(TRACKS, F(3, 5))
