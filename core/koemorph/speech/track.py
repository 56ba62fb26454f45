"""Tracks of a take: which phone and which word sounds from when to when.

Moments are exact seconds of the recording. A track holds what sounds; where nothing of it lies, there is a pause.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from fractions import Fraction
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Final, TypeVar, cast

from ..errors import TakeError
from .symbols import is_stop, tables

SOURCES: Final = ("heard", "script", "edited")
"""Who says so: hearing alone, the script that was given, or a person who changed it."""
LONGEST_TEXT: Final = 200
"""Letters that a word may have."""
_MOMENT: Final = re.compile(r"-?\d{1,18}(/[1-9]\d{0,17}|\.\d{1,12})?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Phone:
    """One phone in our IPA symbols. A stop's `release` is when its closure opens; `stress` is 2, 1 or 0."""

    start: Fraction
    end: Fraction
    symbol: str
    stress: int = 0
    release: Fraction | None = None
    confidence: float = 1.0
    source: str = "heard"

    def __post_init__(self) -> None:
        _check_span(self.symbol, self.start, self.end, self.confidence, self.source)
        if self.symbol not in tables().fold:
            raise TakeError(f"{self.symbol!r} is no phone that KoeMorph knows; `koemorph phones --symbols` lists them.")
        if self.stress not in (0, 1, 2):
            raise TakeError(f"The stress of {self.symbol} is {self.stress}; it must be 0, 1 or 2.")
        if self.release is not None and not (is_stop(self.symbol) and self.start <= self.release <= self.end):
            raise TakeError(f"{self.symbol} at {float(self.start):.3f} s cannot open at {float(self.release):.3f} s.")

    @property
    def held(self) -> Fraction:
        """Until when it is held: a stop to its release, any other phone to its end."""
        return self.end if self.release is None else self.release


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """One word as it is written."""

    start: Fraction
    end: Fraction
    text: str
    confidence: float = 1.0
    source: str = "script"

    def __post_init__(self) -> None:
        _check_span(self.text, self.start, self.end, self.confidence, self.source)
        if not self.text.strip() or len(self.text) > LONGEST_TEXT:
            raise TakeError(f"A word at {float(self.start):.3f} s has no letters, or too many.")


Entry = TypeVar("Entry", Phone, Word)


@dataclass(frozen=True)
class Tracks:
    """The phones and words of one line. `notes` is a sentence for each thing in a file that is not in the tracks."""

    phones: tuple[Phone, ...] = ()
    words: tuple[Word, ...] = ()
    notes: tuple[str, ...] = ()


def track(entries: Iterable[Entry], what: str = "phone") -> tuple[Entry, ...]:
    """The entries as a track, if they stand in order and none reaches into the next."""
    result = tuple(entries)
    for before, after in pairwise(result):
        begin, end = after.start, before.end
        if begin.numerator * end.denominator < end.numerator * begin.denominator:  # quicker than fractions compare
            raise TakeError(
                f"The {what} at {float(after.start):.3f} s begins before the one at {float(before.start):.3f} s ends."
            )
    return result


def unchanged(before: Sequence[Any], after: Sequence[Any]) -> tuple[int, int]:
    """How many entries at the begin and at the end of two versions of a track are the same."""
    most = min(len(before), len(after))
    same = next((i for i in range(most) if _differ(before[i], after[i])), most)
    return same, next((i for i in range(most - same) if _differ(before[-1 - i], after[-1 - i])), most - same)


def _differ(one: object, other: object) -> bool:
    return one is not other and one != other


def within(entries: Sequence[Entry], begin: Fraction, end: Fraction) -> tuple[Entry, ...]:
    """Those of a track that sound between two moments, whole."""
    first = bisect_right(entries, begin, key=lambda entry: entry.end)
    return tuple(entries[first : bisect_left(entries, end, key=lambda entry: entry.start)])


def moved(entries: Sequence[Entry], seconds: Fraction) -> tuple[Entry, ...]:
    """The same, later by so many seconds."""
    if not seconds:
        return tuple(entries)
    return tuple(
        replace(entry, **{name: moment + seconds for name, moment in _moments(entry).items()}) for entry in entries
    )


def _moments(entry: Phone | Word) -> dict[str, Any]:
    kind: Any = type(entry)
    values = {name: getattr(entry, name) for name in _fields(kind)}
    return {name: value for name, value in values.items() if isinstance(value, Fraction)}


@cache
def _fields(kind: Any) -> dict[str, Any]:
    """The names of what is told of an entry, and what each is as usual."""
    return {known.name: known.default for known in fields(kind)}


def described(entry: Phone | Word) -> dict[str, Any]:
    """As JSON can hold it: moments as exact fractions, and nothing that is as usual."""
    told: dict[str, Any] = {}
    kind: Any = type(entry)
    for name, usual in _fields(kind).items():
        value = getattr(entry, name)
        if type(value) is Fraction:
            told[name] = str(value)
        elif value is not usual and value != usual:
            told[name] = value
    return told


def _check_span(what: str, start: Fraction, end: Fraction, confidence: float, source: str) -> None:
    if not start < end:
        raise TakeError(f"{what} at {float(start):.3f} s ends at {float(end):.3f} s, not after it began.")
    if not 0.0 <= confidence <= 1.0:
        raise TakeError(f"The confidence of {what} is {confidence:g}; it must be between 0 and 1.")
    if source not in SOURCES:
        raise TakeError(f"{what} comes from {source!r}; it must be one of {', '.join(SOURCES)}.")


def entry_from(kind: type[Entry], told: Mapping[str, Any]) -> Entry:
    """What `described` told; ValueError, TypeError or TakeError where it is not one."""
    which: Any = kind
    return cast(Entry, _entry(which, tuple(told.items())))


@lru_cache(4096)
def _entry(kind: Any, told: tuple[tuple[str, Any], ...]) -> Phone | Word:
    """Remembered: of an edited track all but an entry or two were read a moment before."""
    known = _fields(kind)
    values = {name: _read(name, value) for name, value in told if name in known}
    if unknown := sorted({name for name, _ in told} - set(known)):
        raise ValueError(f"a {kind.__name__.lower()} has no {unknown[0]!r}")
    missing = [name for name, usual in known.items() if usual is MISSING and name not in values]
    if missing:
        raise ValueError(f"a {kind.__name__.lower()} without {missing[0]}")
    entry: Phone | Word = kind(**values)
    return entry


def _read(name: str, value: Any) -> Any:
    if name in ("start", "end", "release"):
        return exact(str(value))
    if name == "stress":
        return int(value)
    return float(value) if name == "confidence" else str(value)


def exact(text: str) -> Fraction:
    """A moment written as a fraction, or as a decimal of seconds."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no moment")
    return Fraction(text)
