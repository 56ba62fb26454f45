"""Hearing: the most likely sequence of phones in a posterior, each as long as phones of its kind last.

The search over all segmentations is exact. Its state is what the longest phone reaches back, so a recording of any
length is heard piece by piece, and the result does not depend on the pieces.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .symbols import SILENCE, classes, tables
from .track import Phone, track

RATE: Final = 50
"""Frames a second of the posterior; frame m is centred on m / RATE."""
LONGEST: Final = 0.5
"""Seconds: what sounds for longer is joined from pieces."""
WEIGHT: Final = 1.0
"""How much durations count."""
ENTRY: Final = -0.6
"""What beginning a phone costs: more of it gives fewer and surer phones."""
HURRIED: Final = 2.4
"""Lips that meet may do so for as little as 20 ms: below what is usual their durations spread so much wider."""
FLOOR: Final = -9.0
_NEVER: Final = np.float32(-1e6)
_PIECE: Final = 1500
"""Frames that are searched together, small enough for the processor's cache."""
_MEETING: Final = ("p_", "b_", "m")
"""What is said with lips together."""
_EITHER: Final = 0.5
"""How much any of these counts for each of them: lips surely meet where only it is open what is said with them."""
_BORROWED: Final = Fraction(4, 100)
"""Seconds of closure before a release that was heard alone."""

Array = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Frames `first` to `stop` - 1 sound like this class, with this mean probability."""

    first: int
    stop: int
    name: str
    likely: float


class Hearing:
    """Feed it the posterior, piece by piece; `segments` tells what was heard."""

    def __init__(self, rate: int = RATE) -> None:
        self.rate = rate
        self._longest = max(2, round(LONGEST * rate))
        self._prior = _prior(rate, self._longest)
        self._past = np.full((len(classes()), self._longest), _NEVER, dtype=np.float32)
        self._best = np.concatenate([np.full(self._longest - 1, -np.inf), [0.0]])
        self._lengths: list[NDArray[np.uint8]] = []
        self._names: list[NDArray[np.uint8]] = []
        self._sums: list[Array] = []

    def feed(self, posterior: NDArray[np.floating]) -> None:
        """Log probabilities (n, classes) of the next frames."""
        for first in range(0, len(posterior), _PIECE):
            scores = np.maximum(posterior[first : first + _PIECE].T.astype(np.float32), np.float32(FLOOR))
            meeting = np.exp(scores[_rows()])
            scores[_rows()] = np.log((1 - _EITHER) * meeting + _EITHER * meeting.sum(axis=0))
            self._search(scores)

    def _search(self, scores: Array) -> None:
        longest, count = self._longest, scores.shape[1]
        known = np.concatenate([self._past, scores], axis=1)
        total = np.zeros_like(scores)
        gain = np.empty((longest, count), dtype=np.float32)
        name = np.empty((longest, count), dtype=np.uint8)
        for length in range(1, longest + 1):
            total += known[:, longest - length + 1 : longest - length + 1 + count]
            option = total + self._prior[:, length - 1, None]
            name[longest - length] = option.argmax(axis=0)
            gain[longest - length] = option[name[longest - length], np.arange(count)]
        rows = np.ascontiguousarray(gain.T, dtype=np.float64)
        best = np.concatenate([self._best, np.empty(count)])
        chosen = np.empty(count, dtype=np.int64)
        for frame in range(count):
            options = best[frame : frame + longest] + rows[frame]
            chosen[frame] = pick = options.argmax()
            best[frame + longest] = options[pick]
        self._best = best[count:]
        self._past = known[:, count:]
        self._lengths.append((longest - chosen).astype(np.uint8))
        self._names.append(name[chosen, np.arange(count)])
        whole = gain[chosen, np.arange(count)] - self._prior[self._names[-1], longest - chosen - 1]
        self._sums.append(whole.astype(np.float32))

    def segments(self) -> list[Segment]:
        """What was heard so far, in order, pauses included; together they cover it."""
        if not self._lengths:
            return []
        lengths, names, sums = (np.concatenate(part).tolist() for part in (self._lengths, self._names, self._sums))
        found: list[tuple[int, int, int, float]] = []
        stop = len(lengths)
        while stop > 0:
            first, name, total = stop - lengths[stop - 1], names[stop - 1], sums[stop - 1]
            if found and found[-1][2] == name:
                _, end, _, more = found.pop()
                found.append((first, end, name, total + more))
            else:
                found.append((first, stop, name, total))
            stop = first
        known = classes()
        return [
            Segment(first=first, stop=stop, name=known[name], likely=min(1.0, math.exp(total / (stop - first))))
            for first, stop, name, total in reversed(found)
        ]

    def phones(self) -> tuple[Phone, ...]:
        """What was heard so far as a track, in seconds from the first frame's centre."""
        return track(_phones(self.segments(), self.rate))


def hear(posterior: NDArray[np.floating], rate: int = RATE) -> tuple[Phone, ...]:
    """The track of a whole posterior, log probabilities (n, classes)."""
    hearing = Hearing(rate)
    hearing.feed(posterior)
    return hearing.phones()


def _phones(segments: Sequence[Segment], rate: int) -> list[Phone]:
    """Segments as phones: a closure and the release after it are one, either alone is a stop too."""
    closures = tables().closure
    result: list[Phone] = []
    number = 0
    while number < len(segments):
        segment = segments[number]
        following = segments[number + 1] if number + 1 < len(segments) else None
        start, end = edge(segment.first, rate), edge(segment.stop, rate)
        number += 1
        if segment.name == SILENCE or end <= start:
            continue
        symbol, release, likely = segment.name, None, segment.likely
        if symbol.endswith("_"):
            symbol, release = symbol[:-1], end
            if following is not None and following.name in closures:
                end = edge(following.stop, rate)
                held, opened = (part.likely * (part.stop - part.first) for part in (segment, following))
                if closures[following.name] == symbol or opened > held:
                    symbol = following.name
                likely = (held + opened) / (following.stop - segment.first)
                number += 1
        elif symbol in closures:
            release = start
            start = max(Fraction(0), start - _BORROWED)
            if result and result[-1].end > start:
                before = result[-1]
                start = max(
                    start, (before.start + before.end) / 2, before.start if before.release is None else before.release
                )
                result[-1] = replace(before, end=start)
        result.append(Phone(start=start, end=end, symbol=symbol, release=release, confidence=round(likely, 3)))
    return result


@lru_cache(2**12)
def edge(frame: int, rate: int) -> Fraction:
    """Where a frame begins: half a frame before its centre."""
    return max(Fraction(0), Fraction(2 * frame - 1, 2 * rate))


@cache
def _rows() -> list[int]:
    return [classes().index(name) for name in _MEETING]


@cache
def _prior(rate: int, longest: int) -> Array:
    """(classes, longest): what a segment of 1, 2... frames of each class costs. Pauses last as long as they like."""
    told = json.loads(files(__package__).joinpath("durations.json").read_text("utf-8"))["durations"]
    lengths = np.arange(1, longest + 1) / rate
    prior = np.zeros((len(classes()), longest), dtype=np.float32)
    for row, name in enumerate(classes()):
        if name != SILENCE:
            usual, spread = told[name]
            spreads = np.where((lengths < usual) & (name in _MEETING), HURRIED * spread, spread)
            prior[row] = -0.5 * WEIGHT * (np.log(lengths / usual) / spreads) ** 2
        prior[row] += ENTRY
    return prior
