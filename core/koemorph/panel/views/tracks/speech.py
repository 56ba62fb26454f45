"""Phones and words, edited by `koemorph.speech.editing`, as everywhere else."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from ....speech import editing
from ....speech.by_hand import Side, symbol_of, with_edge
from ....speech.script import ENGLISH
from ....speech.track import Phone, Tracks, Word, unchanged
from ...document.state import State
from ...qt import tr
from .editor import Span, TrackEditor, exact


class SpeechEditor(TrackEditor):
    """What phones and words have in common."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._entries: Sequence[Phone | Word] = ()
        self._spans: list[Span] = []

    def spans(self) -> Sequence[Span]:
        """Of entries that are as they were, those of before: an edit is to be seen at once."""
        before, self._entries = self._entries, self.entries
        same, alike = unchanged(before, self._entries)
        new = map(_span, self._entries[same : len(self._entries) - alike])
        self._spans = [*self._spans[:same], *new, *self._spans[len(before) - alike :]]
        return self._spans

    @property
    @abstractmethod
    def entries(self) -> Sequence[Phone | Word]: ...

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
    @property
    def entries(self) -> Sequence[Phone]:
        return self.held.phones

    def with_edge(self, held: Tracks, number: int, side: Side, moment: float, *, alone: bool) -> Tracks:
        return with_edge(held, held.phones, number, side, exact(moment), editing.move, alone=alone)

    def renamed(self, held: Tracks, number: int, text: str) -> Tracks:
        return editing.set_symbol(held, held.phones[number].start, symbol_of(text))

    def without(self, held: Tracks, number: int) -> Tracks:
        return editing.drop(held, held.phones[number].start)

    def with_new(self, held: Tracks, start: float, end: float, text: str) -> Tracks:
        return editing.insert(held, exact(start), exact(end), symbol_of(text))


class WordEditor(SpeechEditor):
    @property
    def entries(self) -> Sequence[Word]:
        return self.held.words

    def with_edge(self, held: Tracks, number: int, side: Side, moment: float, *, alone: bool) -> Tracks:
        return with_edge(held, held.words, number, side, exact(moment), editing.move_word, alone=alone)

    def renamed(self, held: Tracks, number: int, text: str) -> Tracks:
        return editing.set_word(held, held.words[number].start, text, self._language())

    def without(self, held: Tracks, number: int) -> Tracks:
        return editing.drop_word(held, held.words[number].start)

    def with_new(self, held: Tracks, start: float, end: float, text: str) -> Tracks:
        return editing.insert_word(held, exact(start), exact(end), text, self._language())

    def _language(self) -> str:
        script = self.state.choices.script
        return script.language if script else ENGLISH


def _span(entry: Phone | Word) -> Span:
    return Span(
        start=float(entry.start),
        end=float(entry.end),
        text=entry.symbol if isinstance(entry, Phone) else entry.text,
        sure=entry.confidence,
        source=entry.source,
    )
