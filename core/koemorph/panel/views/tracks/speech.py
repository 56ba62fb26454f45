"""Phones and words, edited by `koemorph.speech.editing`, as everywhere else."""

from __future__ import annotations

from collections.abc import Sequence

from ....speech import editing
from ....speech.by_hand import Side, symbol_of, with_edge
from ....speech.script import ENGLISH
from ....speech.track import Tracks
from ...qt import tr
from .editor import Span, TrackEditor, exact


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
        return with_edge(held, held.phones, number, side, exact(moment), editing.move, alone=alone)

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
