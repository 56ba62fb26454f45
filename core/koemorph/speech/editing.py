"""Edits of a phone track: what is set by hand is sure, and its neighbours make room for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from ..errors import TakeError
from .symbols import is_stop
from .track import Phone, track

Phones = tuple[Phone, ...]
SHORTEST: Final = Fraction(1, 100)
"""Seconds that a neighbour keeps."""
_HELD: Final = Fraction(3, 5)
"""How much of a stop its closure is, where nobody says."""


def at(phones: Sequence[Phone], moment: Fraction) -> int:
    """Which phone sounds at a moment."""
    for number, phone in enumerate(phones):
        if phone.start <= moment < phone.end:
            return number
    raise TakeError(f"No phone sounds at {float(moment):.3f} s; `koemorph phones` prints when they do.")


def set_symbol(phones: Sequence[Phone], moment: Fraction, symbol: str) -> Phones:
    number = at(phones, moment)
    old = phones[number]
    new = _phone(old.start, old.end, symbol, old.stress)
    if old.release is not None and new.release is not None:
        new = replace(new, release=old.release)
    return (*phones[:number], new, *phones[number + 1 :])


def move(phones: Sequence[Phone], moment: Fraction, start: Fraction, end: Fraction) -> Phones:
    """Other boundaries for a phone; a neighbour that is in the way is made shorter."""
    number = at(phones, moment)
    old = phones[number]
    return insert((*phones[:number], *phones[number + 1 :]), start, end, old.symbol, old.stress)


def drop(phones: Sequence[Phone], moment: Fraction) -> Phones:
    number = at(phones, moment)
    return (*phones[:number], *phones[number + 1 :])


def insert(phones: Sequence[Phone], start: Fraction, end: Fraction, symbol: str, stress: int = 0) -> Phones:
    """A phone more; those that reach into it are made shorter."""
    new = _phone(start, end, symbol, stress)
    result = [new]
    for phone in phones:
        if phone.end <= start or phone.start >= end:
            result.append(phone)
        elif phone.start <= start - SHORTEST and phone.end <= end:
            result.append(_cut(phone, phone.start, start))
        elif phone.end >= end + SHORTEST and phone.start >= start:
            result.append(_cut(phone, end, phone.end))
        else:
            raise TakeError(
                f"{symbol} from {float(start):.3f} to {float(end):.3f} s leaves no room for the {phone.symbol} there; "
                "drop that first."
            )
    return track(sorted(result, key=lambda phone: phone.start))


def _phone(start: Fraction, end: Fraction, symbol: str, stress: int) -> Phone:
    release = start + _HELD * (end - start) if is_stop(symbol) else None
    return Phone(start=start, end=end, symbol=symbol, stress=stress, release=release, source="edited")


def _cut(phone: Phone, start: Fraction, end: Fraction) -> Phone:
    release = None if phone.release is None else min(max(phone.release, start), end)
    return replace(phone, start=start, end=end, release=release)
