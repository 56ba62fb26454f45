"""What a hand does to a track: it takes a boundary elsewhere, and types a phone on a plain keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final, Literal

from ..errors import TakeError
from .english import ARPABET
from .symbols import symbols_of
from .track import Entry, Tracks

Side = Literal["start", "end"]
Move = Callable[[Tracks, Fraction, Fraction, Fraction], Tracks]
"""`editing.move` for phones, `editing.move_word` for words."""
NARROWEST: Final = Fraction(1, 100)
"""Seconds that an entry keeps when its neighbour is moved into it."""


def symbol_of(text: str) -> str:
    """The phone that somebody typed: in IPA, or in the letters of ARPAbet, which every keyboard has (sh, th, ng)."""
    symbols, _ = symbols_of(text.strip())
    if len(symbols) == 1:
        return symbols[0]
    known = ARPABET.get(text.strip().upper().rstrip("012"))
    if known is None:
        raise TakeError(f"{text.strip()!r} is no phone; write one in IPA, or as sh, th, ng, ah, iy in ARPAbet.")
    return known


def with_edge(
    tracks: Tracks,
    entries: Sequence[Entry],
    number: int,
    side: Side,
    moment: Fraction,
    move: Move,
    *,
    alone: bool = False,
) -> Tracks:
    """One boundary of an entry elsewhere; unless it moves `alone`, the entry that touches it there comes along.

    The entry that grows is the one that is moved; the one that touches it there is cut by that.
    """
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
