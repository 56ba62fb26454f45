"""How late the words of a take begin, where it is known which phones sound when."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from koemorph.speech.reading import read_script
from koemorph.speech.script import Script
from koemorph.speech.symbols import is_vowel, tables
from koemorph.take import Take

from ..speech.utterance import SILENCE, Phone


def late(take: Take, script: Script, phones: Sequence[Phone]) -> list[float]:
    """Seconds by which each word of a take begins late."""
    words, spoken = read_script(script), [phone for phone in phones if phone.symbol != SILENCE]
    reading = [
        (number, place, symbol) for number, word in enumerate(words) for place, (symbol, _) in enumerate(word.phones)
    ]
    true: dict[int, float] = {}
    for mine, theirs in _matched([symbol for _, _, symbol in reading], [phone.symbol for phone in spoken]):
        if reading[mine][1] == 0:
            true[reading[mine][0]] = spoken[theirs].start
    found, result, next_one = list(take.words), list[float](), 0
    for number, word in enumerate(words):
        ahead = next((at for at in range(next_one, len(found)) if found[at].text == word.text), None)
        if ahead is not None and ahead - next_one <= 2:
            next_one = ahead + 1
            result += [float(found[ahead].start) - true[number]] if number in true else []
    return result


def _matched(mine: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Which symbols of two readings are the same sound, or at least the same kind, by edit distance."""
    fold = tables().fold
    cost = np.zeros((len(mine), len(theirs)))
    for row, one in enumerate(mine):
        for column, other in enumerate(theirs):
            kin = is_vowel(one) == is_vowel(other)
            cost[row, column] = 0.0 if fold.get(one) == fold.get(other, "?") else 0.6 if kin else 1.6
    best = np.add.outer(np.arange(len(mine) + 1.0), np.arange(len(theirs) + 1.0))
    for row in range(1, len(mine) + 1):
        for column in range(1, len(theirs) + 1):
            stay = best[row - 1, column - 1] + cost[row - 1, column - 1]
            best[row, column] = min(stay, best[row - 1, column] + 1, best[row, column - 1] + 1)
    pairs, row, column = list[tuple[int, int]](), len(mine), len(theirs)
    while row and column:
        here = cost[row - 1, column - 1]
        if best[row, column] == best[row - 1, column - 1] + here:
            pairs += [(row - 1, column - 1)] if here < 1 else []
            row, column = row - 1, column - 1
        elif best[row, column] == best[row - 1, column] + 1:
            row -= 1
        else:
            column -= 1
    return pairs[::-1]
