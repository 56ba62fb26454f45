"""Edits of phones and words as words: what flags say, on the command line and in hosts; and the tracks as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from ..timing import parse_seconds
from . import editing
from .by_hand import symbol_of
from .track import Tracks


@dataclass(frozen=True)
class EditKind:
    """An edit by what has to be said of it; times are seconds of the recording."""

    words: tuple[str, ...]
    about: str
    work: Callable[..., Tracks]
    reads: bool = False
    """Whether its last word is text in a language."""

    def done(self, tracks: Tracks, told: Sequence[str], language: str) -> Tracks:
        moments = [parse_seconds(word) for word, what in zip(told, self.words, strict=True) if what in _MOMENTS]
        texts = [symbol_of(word) if what == "SYMBOL" else word for word, what in zip(told, self.words, strict=True)]
        return self.work(tracks, *moments, *texts[len(moments) :], *([language] if self.reads else ()))


_MOMENTS: Final = ("TIME", "START", "END")
EDITS: Final = {
    "set": EditKind(("TIME", "SYMBOL"), "rename the phone there", editing.set_symbol),
    "move": EditKind(("TIME", "START", "END"), "other boundaries for it", editing.move),
    "drop": EditKind(("TIME",), "take it out", editing.drop),
    "insert": EditKind(("START", "END", "SYMBOL"), "put one in", editing.insert),
    "set-word": EditKind(
        ("TIME", "TEXT"), "another word there, with the phones that it is said with", editing.set_word, True
    ),
    "move-word": EditKind(
        ("TIME", "START", "END"), "other boundaries for the word; its phones go along", editing.move_word
    ),
    "drop-word": EditKind(("TIME",), "take it and its phones out", editing.drop_word),
    "insert-word": EditKind(("START", "END", "TEXT"), "put one in", editing.insert_word, True),
}
"""By what a flag calls them."""
_STRESS: Final = {2: "ˈ", 1: "ˌ"}


def rows(tracks: Tracks, moment: Callable[[Fraction], str]) -> Iterator[str]:
    """A row for each phone, with the words that begin there, or before it; `moment` says how times are written."""
    waiting = list(tracks.words)
    for phone in tracks.phones:
        begun = []
        while waiting and waiting[0].start < phone.end:
            begun.append(waiting.pop(0).text)
        yield (
            f"{moment(phone.start)} {moment(phone.end)}  {_STRESS.get(phone.stress, '') + phone.symbol:<4} "
            f"{phone.confidence:4.2f} {phone.source:<7} {' '.join(begun)}".rstrip()
        )
