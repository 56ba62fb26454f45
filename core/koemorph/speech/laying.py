"""Which words of a script are said when: window after window of the sound, then closer where words are said twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .chain import BACK, GAP, Chain, Scores, search
from .reading import ScriptWord

WINDOW: Final = 80 * 50
"""Frames that are searched at a time; what that needs of memory and time grows with its square."""
KEPT: Final = 60 * 50
"""Of them, those whose words are believed: what comes after may still change them."""
FASTEST: Final = 0.6
"""Phones a frame: nobody speaks faster."""
_TWICE: Final = 8
"""Frames of something else between words from which on it is looked whether some of them are said twice."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Saying:
    """A word of the script, said from frame `first` on: the class and the place among its phones of every frame."""

    number: int
    first: int
    units: NDArray[np.int64]
    places: NDArray[np.int64]

    @property
    def stop(self) -> int:
        return self.first + len(self.units)


def lay(words: Sequence[ScriptWord], scores: Scores) -> list[Saying]:
    """In the order of time."""
    found: list[Saying] = []
    begin = number = 0
    while begin < scores.count and number < len(words):
        last = begin + WINDOW >= scores.count
        end = scores.count if last else begin + WINDOW
        part = _sayable(words[number:], end - begin)
        whole = last and len(part) == len(words) - number
        sayings = _searched(part, scores, begin, end, number, to_the_end=whole)
        if last:
            found += sayings
            break
        kept = [saying for saying in sayings if saying.stop <= begin + KEPT]
        found += kept
        begin, number = (kept[-1].stop, kept[-1].number + 1) if kept else (begin + KEPT, number)
    return _twice(words, scores, found)


def runs(values: NDArray[np.int64]) -> list[tuple[int, int]]:
    """First and stop of every stretch of one value."""
    steps = (np.flatnonzero(np.diff(values)) + 1).tolist()
    return list(zip([0, *steps], [*steps, len(values)], strict=True))


def _sayable(words: Sequence[ScriptWord], frames: int) -> Sequence[ScriptWord]:
    """As many as can be said in that time."""
    left = FASTEST * frames
    for number, word in enumerate(words):
        left -= len(word.phones)
        if left < 0:
            return words[: number + 1]
    return words


def _searched(
    words: Sequence[ScriptWord],
    scores: Scores,
    begin: int,
    end: int,
    number: int,
    *,
    again: Collection[int] = (),
    to_the_end: bool = True,
) -> list[Saying]:
    """The words from `number` on in some frames."""
    chain = Chain.of(words, again=again, to_the_end=to_the_end)
    path = search(chain, scores.part(begin, end))
    owner, unit, place, saying = (np.array(told)[path] for told in (chain.owner, chain.unit, chain.place, chain.saying))
    return [
        Saying(number=number + int(owner[first]), first=begin + first, units=unit[first:stop], places=place[first:stop])
        for first, stop in runs(saying)
        if owner[first] != GAP
    ]


def _twice(words: Sequence[ScriptWord], scores: Scores, found: list[Saying]) -> list[Saying]:
    """Where something else is said between two words, it may be those beside it once more."""
    place = len(found)
    while place >= 0:
        if not _something_else(scores, found, place):
            place -= 1
            continue
        number = _next(found, place)
        near = range(max(0, number - BACK), min(len(words), number + BACK))
        first = stop = place
        while first and found[first - 1].number in near:
            first -= 1
        while stop < len(found) and found[stop].number in near:
            stop += 1
        again = {
            _next(found, gap) - near.start for gap in range(first, stop + 1) if _something_else(scores, found, gap)
        }
        begin, end = _gap(scores, found, first)[0], _gap(scores, found, stop)[1]
        anew = _searched(words[near.start : near.stop], scores, begin, end, near.start, again=again)
        if [saying.number for saying in anew] != [saying.number for saying in found[first:stop]]:
            found[first:stop] = anew
            place = min(first, place)
        place -= 1
    return found


def _next(found: Sequence[Saying], place: int) -> int:
    """The word of the script that comes next after those before a place."""
    return found[place - 1].number + 1 if place else 0


def _gap(scores: Scores, found: Sequence[Saying], place: int) -> tuple[int, int]:
    """First and stop of the time before a saying, or after the last."""
    return found[place - 1].stop if place else 0, found[place].first if place < len(found) else scores.count


def _something_else(scores: Scores, found: Sequence[Saying], place: int) -> bool:
    """Whether a gap holds more than silence."""
    begin, end = _gap(scores, found, place)
    if end - begin < _TWICE:
        return False
    part = scores.sums[:, begin : end + 1]
    return int((np.diff(part[0]) < np.diff(part[-1])).sum()) >= _TWICE
