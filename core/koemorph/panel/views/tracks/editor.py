"""What a lane shows of its track, and how an edit of it becomes a choice that can be undone. No widget in here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ....speech.by_hand import Side
from ...document.state import State
from ...qt import tr


@dataclass(frozen=True, kw_only=True)
class Span:
    """What is drawn of an entry: seconds of the recording, its text, how sure it is (0 to 1) and who says so."""

    start: float
    end: float
    text: str
    sure: float
    source: str


def exact(moment: float) -> Fraction:
    """Thousandths of a second are as fine as anybody drags."""
    return Fraction(round(moment * 1000), 1000)


class TrackEditor(ABC):
    """One track of the state's take. `held` is the track as an edit begins from it; edits give another one."""

    choices: tuple[str, ...] = ()
    """What an entry can be, where that is a short list; else it is typed."""

    def __init__(self, state: State) -> None:
        self.state = state

    @property
    @abstractmethod
    def held(self) -> Any: ...

    @abstractmethod
    def spans(self) -> Sequence[Span]: ...

    @abstractmethod
    def with_edge(self, held: Any, number: int, side: Side, moment: float, *, alone: bool) -> Any:
        """One boundary elsewhere; unless it moves `alone`, an entry that touches there comes along."""

    @abstractmethod
    def renamed(self, held: Any, number: int, text: str) -> Any: ...

    @abstractmethod
    def without(self, held: Any, number: int) -> Any: ...

    @abstractmethod
    def with_new(self, held: Any, start: float, end: float, text: str) -> Any: ...

    @abstractmethod
    def put(self, edited: Any, why: str) -> None:
        """Make it the state's choice."""

    @abstractmethod
    def forget(self) -> None:
        """All edits of this track; what was heard counts again."""

    @property
    @abstractmethod
    def is_edited(self) -> bool: ...

    def locked(self) -> str:
        """Why it cannot be edited now; empty where it can."""
        if self.state.shown is None:
            return tr("Open a recording first.")
        if self.state.comparing:
            return tr("This is the kept take; press B to go back to the one that can be edited.")
        if self.state.finished:
            return tr("A finished take keeps its tracks; go on from its recording (right click) to edit them.")
        return ""

    def room_for_new(self, moment: float, usual: float) -> tuple[float, float]:
        """When something new fits: in the gap around a moment, else over the later half of what is there."""
        spans = self.spans()
        for span in spans:
            if span.start <= moment < span.end:
                return (span.start + span.end) / 2, span.end
        before = max((span.end for span in spans if span.end <= moment), default=moment - usual)
        after = min((span.start for span in spans if span.start > moment), default=moment + usual)
        return max(before, moment - usual / 2), min(after, moment + usual / 2)


def describe(span: Span) -> str:
    """An entry in words."""
    sources = {
        "heard": tr("heard"),
        "script": tr("from the script"),
        "edited": tr("set by hand"),
        "detected": tr("heard in the voice"),
    }
    told = f"{span.text}  {span.start:.3f} - {span.end:.3f} s, {sources.get(span.source, span.source)}"
    return told if span.source == "edited" else f"{told}, {span.sure:.0%}"
