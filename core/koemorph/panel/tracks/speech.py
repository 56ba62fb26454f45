"""Phones and words, edited by `koemorph.speech.editing`, as everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from ...errors import TakeError
from ...speech import editing
from ...speech.english import ARPABET
from ...speech.script import ENGLISH
from ...speech.symbols import symbols_of
from ...speech.track import Entry, Tracks
from ..qt import tr
from .editor import NARROWEST, Side, Span, TrackEditor, exact

Move = Callable[[Tracks, Fraction, Fraction, Fraction], Tracks]


class SpeechEditor(TrackEditor):
    """What phones and words have in common."""

    @property
    def held(self) -> Tracks:
        chosen, take = self.state.choices.edited, self.state.shown
        if chosen is not None and not self.state.comparing:
            return chosen
        return take.tracks if take is not None else Tracks()

    def put(self, edited: Tracks, why: str) -> None:
        self.state.choose(why, edited=edited)

    def forget(self) -> None:
        self.state.choose(tr("Phones as heard"), edited=None)
        self.state.end_drag()

    @property
    def is_edited(self) -> bool:
        return self.state.choices.edited is not None


class PhoneEditor(SpeechEditor):
    def spans(self) -> Sequence[Span]:
        return [
            Span(
                start=float(phone.start),
                end=float(phone.end),
                text=phone.symbol,
                sure=phone.confidence,
                source=phone.source,
            )
            for phone in self.held.phones
        ]

    def with_edge(self, held: Tracks, number: int, side: Side, moment: float, *, alone: bool) -> Tracks:
        return _dragged(held, held.phones, number, side, exact(moment), editing.move, alone=alone)

    def renamed(self, held: Tracks, number: int, text: str) -> Tracks:
        return editing.set_symbol(held, held.phones[number].start, symbol_of(text))

    def without(self, held: Tracks, number: int) -> Tracks:
        return editing.drop(held, held.phones[number].start)

    def with_new(self, held: Tracks, start: float, end: float, text: str) -> Tracks:
        return editing.insert(held, exact(start), exact(end), symbol_of(text))


class WordEditor(SpeechEditor):
    def spans(self) -> Sequence[Span]:
        return [
            Span(
                start=float(word.start),
                end=float(word.end),
                text=word.text,
                sure=word.confidence,
                source=word.source,
            )
            for word in self.held.words
        ]

    def with_edge(self, held: Tracks, number: int, side: Side, moment: float, *, alone: bool) -> Tracks:
        return _dragged(held, held.words, number, side, exact(moment), editing.move_word, alone=alone)

    def renamed(self, held: Tracks, number: int, text: str) -> Tracks:
        return editing.set_word(held, held.words[number].start, text, self._language())

    def without(self, held: Tracks, number: int) -> Tracks:
        return editing.drop_word(held, held.words[number].start)

    def with_new(self, held: Tracks, start: float, end: float, text: str) -> Tracks:
        return editing.insert_word(held, exact(start), exact(end), text, self._language())

    def _language(self) -> str:
        script = self.state.choices.script
        return script.language if script else ENGLISH


def symbol_of(text: str) -> str:
    """The phone that somebody typed: in IPA, or in the letters of ARPAbet, which every keyboard has (sh, th, ng)."""
    symbols, _ = symbols_of(text.strip())
    if len(symbols) == 1:
        return symbols[0]
    known = ARPABET.get(text.strip().upper().rstrip("012"))
    if known is None:
        raise TakeError(
            tr("{name} is no phone; write one in IPA, or as sh, th, ng, ah, iy in ARPAbet.", name=repr(text.strip()))
        )
    return known


def _dragged(
    tracks: Tracks, entries: Sequence[Entry], number: int, side: Side, moment: Fraction, move: Move, *, alone: bool
) -> Tracks:
    """The entry that grows is the one that is moved; the one that touches it there is cut by that."""
    if side == "start" and number and entries[number - 1].end == entries[number].start and not alone:
        number, side = number - 1, "end"
    own = entries[number]
    after = entries[number + 1] if number + 1 < len(entries) else None
    before = entries[number - 1] if number else None
    if side == "end":
        last = after.end - NARROWEST if after else moment
        moment = min(max(moment, own.start + NARROWEST), max(last, own.end))
        if after is not None and after.start == own.end and moment < own.end and not alone:
            return move(tracks, after.start, moment, after.end)
        return move(tracks, own.start, own.start, moment)
    first = before.start + NARROWEST if before else moment
    return move(tracks, own.start, max(min(moment, own.end - NARROWEST), min(first, own.start)), own.end)
