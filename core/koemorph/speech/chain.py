"""A script as a chain of units, and the best way through it for a sound: a Viterbi search, one unit after another.

A node is one unit of one phone, or a gap between words in which there may be a pause or something else that is said.
Every node comes after those it can follow, so each is done once, over all frames at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .reading import ScriptWord
from .symbols import classes, is_stop, units

STEP: Final = 2**-12
"""Scores are whole numbers of it: sums of them are exact, and the same on every machine."""
SKIP: Final = round(-9.0 / STEP)
"""What leaving a word out costs."""
AGAIN: Final = round(-7.0 / STEP)
"""What saying some words again costs."""
BACK: Final = 3
"""So many words may be said again."""
GAP: Final = -1
"""The owner of nodes that are of no word."""
_NEVER: Final = -(2**50)

Whole = NDArray[np.int64]
Link = tuple[int, int]
"""A node that may come before, and what that costs."""


@dataclass(frozen=True, eq=False)
class Scores:
    """How well each frame fits each class, and last a gap; `sums` (classes + 1, n + 1) are added up from the first."""

    sums: Whole

    @classmethod
    def of(cls, likely: NDArray[np.floating], other: NDArray[np.floating]) -> Scores:
        """Of log scores (n, classes), and (n,) of something that the script has not."""
        sums = np.zeros((likely.shape[1] + 1, len(likely) + 1), dtype=np.int64)
        sums[:-1, 1:] = np.rint(likely.T / STEP)
        sums[-1, 1:] = np.rint(other / STEP)
        return cls(np.cumsum(sums, axis=1, out=sums))

    @property
    def count(self) -> int:
        return int(self.sums.shape[1]) - 1

    def part(self, first: int, stop: int) -> Scores:
        """Frames first to stop - 1."""
        return Scores(self.sums[:, first : stop + 1])


@dataclass(kw_only=True)
class Chain:
    """Nodes in order. `owner` is the word that a node is of, `place` which of `every` phone of it, `unit` its class.

    `saying` is the first node of the same word: one of the script may stand more than once.
    """

    unit: list[int] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    saying: list[int] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    links: list[list[Link]] = field(default_factory=list)
    begins: dict[int, int] = field(default_factory=dict)
    """Nodes that may be the first, and what that costs."""
    ends: list[Link] = field(default_factory=list)
    """Nodes that may be the last."""

    @classmethod
    def of(cls, words: Sequence[ScriptWord], *, again: Collection[int] = (), to_the_end: bool = True) -> Chain:
        """`again` are words before which those beside them may be said twice.

        Unless `to_the_end`, the sound ends before the script does.
        """
        chain, left_out = cls(), SKIP if to_the_end else 0
        gap = chain._gap([])
        last: list[Link] = []
        for number in range(len(words) + 1):
            if number in again:
                early = chain._repeat(words, range(number, min(len(words), number + BACK)), [(gap, AGAIN)])
                late = chain._repeat(
                    words, range(max(0, number - BACK), number), [(gap, AGAIN), *early], to_the_last=True
                )
                gap = chain._gap([(gap, 0), *early, *late])
                last = [*last, *late]
            chain.begins[gap] = number * SKIP
            chain.ends.append((gap, (len(words) - number) * left_out))
            if number < len(words):
                chain.begins[len(chain.unit)] = number * SKIP
                last = [(node, 0) for node in chain._word(words, number, [(gap, 0), *last])]
                chain.ends += [(node, (len(words) - number - 1) * left_out) for node, _ in last]
                gap = chain._gap([*last, (gap, SKIP)])
        return chain

    def _gap(self, links: list[Link]) -> int:
        return self._node(0, GAP, GAP, 0, links)

    def _node(self, unit: int, owner: int, saying: int, place: int, links: list[Link]) -> int:
        self.unit.append(unit)
        self.owner.append(owner)
        self.saying.append(saying)
        self.place.append(place)
        self.links.append(links)
        return len(self.unit) - 1

    def _word(self, words: Sequence[ScriptWord], number: int, links: list[Link]) -> list[int]:
        """The nodes of a word after those, by each way of saying it; where it may end."""
        word, saying, extra = words[number], len(self.unit), len(words[number].phones)
        before = {0: links}
        for place, (symbol, _) in enumerate(word.phones):
            for variant in (variant for variant in word.variants if variant.first == place):
                ways = before[place]
                for other, _ in variant.said:
                    ways = self._phone(other, number, saying, extra, ways)
                    extra += 1
                before.setdefault(variant.stop, []).extend(ways)
            ways = self._phone(symbol, number, saying, place, before[place])
            before[place + 1] = ways + before.get(place + 1, [])
        return [node for node, _ in before[len(word.phones)]]

    def _phone(self, symbol: str, number: int, saying: int, place: int, links: list[Link]) -> list[Link]:
        """The nodes of a phone after those; where it may end. A stop's release may be missing."""
        index, names = _index(), units(symbol)
        for name in names:
            links = [(self._node(index[name], number, saying, place, links), 0)]
        return [*links, (len(self.unit) - len(names), 0)] if is_stop(symbol) else links

    def _repeat(
        self, words: Sequence[ScriptWord], numbers: range, links: list[Link], *, to_the_last: bool = False
    ) -> list[Link]:
        """Words once more, from any of them on; where they may end: with any of them, or with the last alone."""
        ends: list[Link] = []
        before: list[Link] = []
        for number in numbers:
            own = [(node, 0) for node in self._word(words, number, [*links, *before])]
            ends = own if to_the_last else [*ends, *own]
            left_out = [(node, cost + SKIP) for node, cost in before[-1:]]
            before = [*own, (self._gap([*own, *left_out]), 0)]
        return ends


@cache
def _index() -> dict[str, int]:
    return {name: number for number, name in enumerate(classes())}


def search(chain: Chain, scores: Scores) -> NDArray[np.int64]:
    """The node of every frame."""
    count, size = scores.count, len(chain.unit)
    row = [-1 if owner == GAP else unit for unit, owner in zip(chain.unit, chain.owner, strict=True)]
    over = np.full((size, count + 1), _NEVER)
    opened = np.empty(count, dtype=np.int64)
    for node in range(size):
        total = scores.sums[row[node]]
        _opened(chain, node, over, total, opened)
        np.maximum.accumulate(opened, out=opened)
        np.add(opened, total[1:], out=over[node, 1:])
    return _traced(chain, row, scores, over)


def _opened(chain: Chain, node: int, over: Whole, total: Whole, out: Whole) -> None:
    """The best score of beginning a node at every moment but the last, less what its class has summed up to there."""
    stop = len(out)
    links = chain.links[node]
    if links:
        first, cost = links[0]
        best = over[first, :stop] + cost if cost else over[first, :stop]
        for other, more in links[1:]:
            best = np.maximum(best, over[other, :stop] + more if more else over[other, :stop])
        np.subtract(best, total[:stop], out=out)
    else:
        out.fill(_NEVER)
    if node in chain.begins:
        out[0] = chain.begins[node] - total[0]


def _traced(chain: Chain, row: Sequence[int], scores: Scores, over: Whole) -> NDArray[np.int64]:
    time = scores.count
    path = np.empty(time, dtype=np.int64)
    node = max(chain.ends, key=lambda link: int(over[link[0], time]) + link[1])[0]
    while True:
        opened = np.empty(time, dtype=np.int64)
        _opened(chain, node, over, scores.sums[row[node]], opened)
        begin = int(opened.argmax())
        path[begin:time] = node
        if not (time := begin):
            return path
        node = max(chain.links[node], key=lambda link: int(over[link[0], time]) + link[1])[0]
