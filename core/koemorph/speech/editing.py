"""Edits of a take's phones and words: what is set is sure, its neighbours make room, words go with their phones.

Each takes tracks and gives the edited ones. `Take.tracks` has those of a take, and a `Session` renders the edited ones.
A phone or a word is named by a moment at which it sounds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from ..errors import TakeError
from .reading import read_script
from .script import ENGLISH, Script
from .symbols import is_stop, is_vowel
from .track import Entry, Phone, Tracks, Word, track

SHORTEST: Final = Fraction(1, 100)
"""Seconds that a neighbour keeps."""
_HELD: Final = Fraction(3, 5)
"""How much of a stop its closure is, where nobody says."""
_VOWEL: Final = 2
"""A vowel takes as much of a word as so many consonants."""

Owned = tuple[Phone, Word | None]
"""A phone, and the word that it is of."""


def at(entries: Sequence[Entry], moment: Fraction) -> int:
    """Which phone or word sounds at a moment."""
    number = bisect_right(entries, moment, key=lambda entry: entry.start) - 1
    if number >= 0 and moment < entries[number].end:
        return number
    what = "word" if entries and isinstance(entries[0], Word) else "phone"
    raise TakeError(f"No {what} sounds at {float(moment):.3f} s; `koemorph phones` prints when they do.")


def phones_of(tracks: Tracks, word: Word) -> tuple[Phone, ...]:
    """Those that a word is said with."""
    return tuple(phone for phone, owner in _owned(tracks) if owner == word)


def set_symbol(tracks: Tracks, moment: Fraction, symbol: str) -> Tracks:
    """Another phone in the place of one."""
    number = at(tracks.phones, moment)
    old = tracks.phones[number]
    new = _phone(old.start, old.end, symbol, old.stress)
    if old.release is not None and new.release is not None:
        new = replace(new, release=old.release)
    return replace(tracks, phones=(*tracks.phones[:number], new, *tracks.phones[number + 1 :]))


def move(tracks: Tracks, moment: Fraction, start: Fraction, end: Fraction) -> Tracks:
    """Other boundaries for a phone; a neighbour that is in the way is made shorter."""
    owned, number = _owned(tracks), at(tracks.phones, moment)
    old, word = owned[number]
    others = [*owned[:number], *owned[number + 1 :]]
    return _joined(tracks, owned, _inserted(others, _phone(start, end, old.symbol, old.stress), word))


def drop(tracks: Tracks, moment: Fraction) -> Tracks:
    """Without a phone; a word that has no other goes as well."""
    owned, number = _owned(tracks), at(tracks.phones, moment)
    return _joined(tracks, owned, [*owned[:number], *owned[number + 1 :]])


def insert(tracks: Tracks, start: Fraction, end: Fraction, symbol: str, stress: int = 0) -> Tracks:
    """A phone more; those that reach into it are made shorter. It is of the word that it is in, or touches."""
    owned = _owned(tracks)
    return _joined(tracks, owned, _inserted(owned, _phone(start, end, symbol, stress), None))


def set_word(tracks: Tracks, moment: Fraction, text: str, language: str = ENGLISH) -> Tracks:
    """Another word in the place of one, with the phones that it is said with."""
    old = tracks.words[at(tracks.words, moment)]
    return insert_word(drop_word(tracks, moment), old.start, old.end, text, language)


def move_word(tracks: Tracks, moment: Fraction, start: Fraction, end: Fraction) -> Tracks:
    """Other boundaries for a word; its phones are stretched with it, and the words beside it make room."""
    old = tracks.words[at(tracks.words, moment)]
    own = phones_of(tracks, old)
    return _with_word(drop_word(tracks, moment), *_stretched(old, own, start, end, edited=True))


def drop_word(tracks: Tracks, moment: Fraction) -> Tracks:
    """Without a word and its phones."""
    old = tracks.words[at(tracks.words, moment)]
    owned = _owned(tracks)
    words = tuple(word for word in tracks.words if word is not old)
    return replace(tracks, phones=tuple(phone for phone, word in owned if word is not old), words=words)


def insert_word(tracks: Tracks, start: Fraction, end: Fraction, text: str, language: str = ENGLISH) -> Tracks:
    """A word more, in the place of what was heard there; the words beside it make room."""
    new = Word(start=start, end=end, text=" ".join(text.split()), source="edited")
    said = [phone for word in read_script(Script(text, language)) for phone in word.phones]
    shares = [_VOWEL if is_vowel(symbol) else 1 for symbol, _ in said]
    edges = [start + (end - start) * Fraction(sum(shares[:place]), sum(shares)) for place in range(len(said) + 1)]
    own = [_phone(edges[place], edges[place + 1], *phone) for place, phone in enumerate(said)]
    return _with_word(tracks, new, own)


def _owned(tracks: Tracks) -> list[Owned]:
    """Every phone with the word that its middle is in."""
    words, place = tracks.words, 0
    if not words:
        return [(phone, None) for phone in tracks.phones]
    owned: list[Owned] = []
    for phone in tracks.phones:
        middle = (phone.start + phone.end) / 2
        while place < len(words) and words[place].end <= middle:
            place += 1
        inside = place < len(words) and words[place].start <= middle
        owned.append((phone, words[place] if inside else None))
    return owned


def _inserted(owned: Sequence[Owned], new: Phone, word: Word | None) -> list[Owned]:
    """With a phone more, of that word if it still stands beside it."""
    first = bisect_right(owned, new.start, key=lambda one: one[0].end)
    stop = bisect_left(owned, new.end, key=lambda one: one[0].start)
    before, after = list(owned[:first]), list[Owned]()
    for phone, owner in owned[first:stop]:
        if phone.end <= new.start or (phone.start <= new.start - SHORTEST and phone.end <= new.end):
            before.append((_cut(phone, phone.start, min(phone.end, new.start)), owner))
        elif phone.start >= new.end or (phone.end >= new.end + SHORTEST and phone.start >= new.start):
            after.append((_cut(phone, max(phone.start, new.end), phone.end), owner))
        else:
            raise TakeError(
                f"{new.symbol} from {float(new.start):.3f} to {float(new.end):.3f} s leaves no room for the "
                f"{phone.symbol} there; drop that first."
            )
    after += owned[max(first, stop) :]
    left, right = (before[-1] if before else None), (after[0] if after else None)
    alone = word is not None and not any(owner is word for _, owner in owned)
    owner = _owner(new, left, right, word, alone)
    return [*before, (new, owner), *after]


def _owner(new: Phone, left: Owned | None, right: Owned | None, word: Word | None, alone: bool) -> Word | None:
    """The word around it, else its own as long as it is beside that, else the one that it touches."""
    sides = [owner for side in (left, right) if side is not None and (owner := side[1]) is not None]
    if len(sides) == 2 and sides[0] is sides[1]:
        return sides[0]
    if word is not None and (alone or any(side is word for side in sides)):
        return word
    if left is not None and left[0].end == new.start and left[1] is not None:
        return left[1]
    return right[1] if right is not None and right[0].start == new.end else None


def _joined(before: Tracks, was: Sequence[Owned], owned: Sequence[Owned]) -> Tracks:
    """The phones as they are now, and each word from its first phone to its last; `was` are those there were."""
    words: list[Word] = []
    olds, nows = _by_word(was), _by_word(owned)
    for word in before.words:
        old, now = olds.get(id(word), []), nows.get(id(word), [])
        if old == now:
            words.append(word)
        elif now:
            start, end = (now[0].start if old[0].start == word.start else min(word.start, now[0].start)), now[-1].end
            words.append(replace(word, start=start, end=end if old[-1].end == word.end else max(word.end, end)))
    return replace(before, phones=track(phone for phone, _ in owned), words=_in_order(words))


def _by_word(owned: Sequence[Owned]) -> dict[int, list[Phone]]:
    phones: dict[int, list[Phone]] = {}
    for phone, word in owned:
        if word is not None:
            phones.setdefault(id(word), []).append(phone)
    return phones


def _with_word(tracks: Tracks, new: Word, own: Sequence[Phone]) -> Tracks:
    """Other words shrink with their phones; phones of no word are cut, or go where they are in its place."""
    words: list[Word] = [new]
    phones: list[Phone] = list(own)
    for phone, owner in _owned(tracks):
        if owner is None and not new.start <= phone.start < phone.end <= new.end:
            phones += _beside(phone, new)
    for word in tracks.words:
        start, end = word.start, word.end
        if word.start < new.end and word.end > new.start:
            start, end = (word.start, new.start) if word.start < new.start else (new.end, word.end)
        theirs = phones_of(tracks, word)
        if end - start < SHORTEST * max(1, len(theirs)):
            raise TakeError(f"{new.text} leaves no room for {word.text} there; drop or move that first.")
        pressed, theirs = _stretched(word, theirs, start, end)
        words.append(pressed)
        phones += theirs
    return replace(tracks, phones=track(sorted(phones, key=lambda phone: phone.start)), words=_in_order(words))


def _stretched(
    word: Word, phones: Sequence[Phone], start: Fraction, end: Fraction, *, edited: bool = False
) -> tuple[Word, tuple[Phone, ...]]:
    """A word and its phones in other time."""
    if (start, end) == (word.start, word.end):
        return word, tuple(phones)
    if start >= end:
        raise TakeError(f"{word.text} cannot end at {float(end):.3f} s, for it begins at {float(start):.3f} s.")
    sure: dict[str, Any] = {"source": "edited", "confidence": 1.0} if edited else {}

    def there(moment: Fraction) -> Fraction:
        return start + (moment - word.start) * (end - start) / (word.end - word.start)

    moved = (
        replace(
            phone,
            start=there(phone.start),
            end=there(phone.end),
            release=None if phone.release is None else there(phone.release),
            **sure,
        )
        for phone in phones
    )
    return replace(word, start=start, end=end, **sure), tuple(moved)


def _beside(phone: Phone, word: Word) -> list[Phone]:
    """What is left of a phone beside a word that takes its place."""
    if phone.end <= word.start or phone.start >= word.end:
        return [phone]
    left = _cut(phone, phone.start, word.start) if phone.start <= word.start - SHORTEST else None
    right = _cut(phone, word.end, phone.end) if phone.end >= word.end + SHORTEST and left is None else None
    return [part for part in (left, right) if part]


def _in_order(words: Sequence[Word]) -> tuple[Word, ...]:
    return track(sorted(words, key=lambda word: word.start), "word")


def _phone(start: Fraction, end: Fraction, symbol: str, stress: int) -> Phone:
    release = start + _HELD * (end - start) if is_stop(symbol) else None
    return Phone(start=start, end=end, symbol=symbol, stress=stress, release=release, source="edited")


def _cut(phone: Phone, start: Fraction, end: Fraction) -> Phone:
    if (start, end) == (phone.start, phone.end):
        return phone
    release = None if phone.release is None else min(max(phone.release, start), end)
    return replace(phone, start=start, end=end, release=release)
