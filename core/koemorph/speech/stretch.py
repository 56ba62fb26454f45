"""A script for a part of a line: what is said there, in the place of what was there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from .alignment import Aligned, listen
from .recognition import RATE
from .script import Script
from .track import Entry, Phone, Word, moved


@dataclass(frozen=True)
class ScriptStretch:
    """What is said between two moments of a line (seconds)."""

    begin: Fraction
    end: Fraction
    script: Script


def retold(said: Aligned, posterior: NDArray[np.floating], stretches: Iterable[ScriptStretch]) -> Aligned:
    """What is said in a line, each stretch as its script has it; later ones cover earlier."""
    for one in dict.fromkeys(stretches):
        first, stop = (round(moment * RATE) for moment in (one.begin, one.end))
        own = listen(posterior[first:stop], one.script)
        later = Fraction(first, RATE)
        if own.words:
            phones = _spliced(said.phones, moved(own.phones, later), one)
            said = replace(said, phones=phones, words=_spliced(said.words, moved(own.words, later), one))
        said = replace(said, notes=tuple(dict.fromkeys((*said.notes, *own.notes))))
    return said


def _spliced(entries: Sequence[Entry], own: Sequence[Entry], over: ScriptStretch) -> tuple[Entry, ...]:
    """Each is where its middle lies; where two meet the second begins when the first ends."""
    parts = [one for one in entries if not _inside(one, over)] + [one for one in own if _inside(one, over)]
    both: list[Entry] = sorted(parts, key=lambda one: one.start)
    free = [Fraction(0), *accumulate((one.end for one in both), max)]
    return tuple(_begun(one, max(one.start, then)) for one, then in zip(both, free, strict=False) if then < one.end)


def _inside(one: Phone | Word, over: ScriptStretch) -> bool:
    return over.begin <= (one.start + one.end) / 2 < over.end


def _begun(one: Entry, start: Fraction) -> Entry:
    if isinstance(one, Phone) and one.release is not None:
        return replace(one, start=start, release=max(one.release, start))
    return replace(one, start=start)
