"""Where does each unit of a known sequence lie? A hidden semi-Markov Viterbi search, one unit after the other.

Every unit stays for a number of frames between its limits, judged by a log-normal prior; some units may be
skipped. The search is exact and vectorised over time and duration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
NEVER: Final = -1e9


@dataclass(frozen=True, kw_only=True)
class Unit:
    """`index` is the class. `longest` 0 means: as long as it likes, and without a prior. `entry` is added once.

    `after` are the units that it may follow, by their number; the one before it if none are told.
    """

    index: int
    shortest: int = 2
    longest: int = 45
    optional: bool = False
    entry: float = 0.0
    after: tuple[int, ...] = ()


def viterbi(
    emissions: Array,
    edges: Array,
    sequence: Sequence[Unit],
    log_mean: Array,
    log_sd: Array,
    weight: float = 2.0,
    *,
    cut: bool = False,
) -> tuple[list[tuple[int, int] | None], float]:
    """(start, end) frames of each unit, None for a skipped one, and the path's total.

    `emissions` (frames, classes) are log scores, `edges` (frames,) is what beginning a unit at a frame brings,
    `log_mean` and `log_sd` describe the logarithm of each class's duration in frames. When the sequence cannot
    be fitted into the frames, all are None and the total is -inf. With `cut` the frames may end within any unit,
    and those after it were never there.
    """
    count = len(emissions)
    sums = np.zeros((count + 1, emissions.shape[1]))
    np.cumsum(emissions, axis=0, out=sums[1:])
    gain = np.append(edges, 0.0)
    times = np.arange(count + 1)
    ends: list[Array] = []  # ends[u][t]: best score with unit u over exactly at t
    starts: list[NDArray[np.int64]] = []
    before: list[NDArray[np.int64]] = []
    for number, unit in enumerate(sequence):
        score, came = _entries(ends, sequence, number, count)
        score = score + gain + unit.entry
        total = sums[:, unit.index]
        open_score = score - total
        if unit.longest == 0:
            best = np.maximum.accumulate(open_score)
            chosen = np.maximum.accumulate(np.where(open_score >= best, times, 0))
            ended = np.full(count + 1, NEVER)
            begun = np.zeros(count + 1, np.int64)
            short = unit.shortest
            ended[short:] = best[: count + 1 - short] + total[short:]
            begun[short:] = chosen[: count + 1 - short]
        else:
            lengths = np.arange(unit.shortest, unit.longest + 1)
            prior = -0.5 * weight * ((np.log(lengths) - log_mean[unit.index]) / log_sd[unit.index]) ** 2
            padded = np.concatenate([np.full(unit.longest, NEVER), open_score])
            windows = np.lib.stride_tricks.sliding_window_view(padded, unit.longest + 1)
            # windows[t, longest - d] is the score of having begun d frames before t.
            options = windows[:, unit.longest - lengths] + prior
            pick = np.argmax(options, axis=1)
            ended = options[times, pick] + total
            begun = times - lengths[pick]
        ends.append(ended)
        starts.append(begun)
        before.append(came)
    return _trace(ends, starts, before, sequence, count, cut)


def _entries(
    ends: Sequence[Array], sequence: Sequence[Unit], number: int, count: int
) -> tuple[Array, NDArray[np.int64]]:
    """Best score of arriving at each time from any unit that may come before, and which it was (-1: the start)."""
    best = np.full(count + 1, NEVER)
    came = np.full(count + 1, -1, np.int64)
    for previous in _before(sequence, number):
        if previous >= 0:
            better = ends[previous] > best
            best[better] = ends[previous][better]
            came[better] = previous
        elif best[0] < 0.0:
            best[0], came[0] = 0.0, -1
    return best, came


def _before(sequence: Sequence[Unit], number: int) -> list[int]:
    """The units that may come right before one, where optional ones may be skipped; -1 is the start."""
    found: list[int] = []
    near = [*(sequence[number].after or (number - 1,))] if number < len(sequence) else [number - 1]
    for previous in near:
        if previous not in found:
            found.append(previous)
            if previous >= 0 and sequence[previous].optional:
                near += sequence[previous].after or (previous - 1,)
    return found


def _trace(
    ends: Sequence[Array],
    starts: Sequence[NDArray[np.int64]],
    before: Sequence[NDArray[np.int64]],
    sequence: Sequence[Unit],
    count: int,
    cut: bool,
) -> tuple[list[tuple[int, int] | None], float]:
    path: list[tuple[int, int] | None] = [None] * len(sequence)
    last = len(sequence) - 1
    choices = [*range(last, -1, -1)] if cut else [one for one in _before(sequence, last + 1) if one >= 0]
    number = max(choices, key=lambda choice: float(ends[choice][count]))
    total = float(ends[number][count])
    if total < NEVER / 2:
        return path, float("-inf")
    time = count
    while number >= 0:
        begin = int(starts[number][time])
        path[number] = (begin, time)
        number, time = int(before[number][begin]), begin
    return path, total
