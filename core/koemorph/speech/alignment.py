"""A script on what was heard: when each of its words is said, which are not, and whether it is this line's at all.

One Viterbi search over the words in their order. Between words there may be a pause or something that the script has
not; words may be left out, and said again. What the script says counts where it fits the sound; elsewhere hearing does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .reading import ScriptWord, read_script
from .recognition import RATE, edge, hear
from .script import Script, ScriptError
from .symbols import classes, is_stop, is_vowel, tables, units
from .track import Phone, Word, track

LONGEST: Final = 20 * 60
"""Seconds of recording that a script is laid on."""
MOST_STATES: Final = 40_000
FITTING: Final = -1.2
"""Log probability under the best class, a frame on average, down to which a word is believed to be said."""
BELIEVED: Final = -0.7
"""The mean of that over all words, down to which the script is believed to be this line's."""
_ABSENT: Final = -2.0
"""What a word that is not found counts in it."""
_FLOOR: Final = -6.0
_KIN: Final = 0.08
"""How much a phone of the same kind counts as the one that was asked for."""
_OTHER: Final = -1.3
"""What a frame of something that the script has not costs."""
_SKIP: Final = -9.0
_AGAIN: Final = -7.0
_BACK: Final = 3
"""So many words may be said again."""
_NEVER: Final = np.float32(-1e8)
_STAY, _NEXT, _LEAP, _PAST, _FIRST_BACK = range(5)

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Aligned:
    """The tracks, and a sentence for each thing about the script that somebody should know."""

    phones: tuple[Phone, ...]
    words: tuple[Word, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Chain:
    """States in order: before each word and after the last a gap, then the word's units. `owner` is -1 for gaps."""

    unit: NDArray[np.int64]
    owner: NDArray[np.int64]
    phone: NDArray[np.int64]
    leap: NDArray[np.bool_]
    """Whether the state before may be left out."""
    gaps: NDArray[np.int64]


def listen(posterior: NDArray[np.floating], script: Script | None = None, rate: int = RATE) -> Aligned:
    """What is said, as tracks: heard, or as the script has it; one that cannot be read is said so."""
    if script is None:
        return Aligned(hear(posterior, rate), ())
    try:
        return align(read_script(script), posterior, rate)
    except ScriptError as err:
        return Aligned(hear(posterior, rate), (), (str(err),))


def align(script: Sequence[ScriptWord], posterior: NDArray[np.floating], rate: int = RATE) -> Aligned:
    """Tracks of a script on log probabilities (n, classes); what was heard where it does not fit."""
    heard = hear(posterior, rate)
    if len(posterior) > LONGEST * rate:
        return Aligned(heard, (), (f"The script was left out: recordings over {LONGEST // 60} min are only heard.",))
    chain = _chain(script)
    if len(chain.unit) > MOST_STATES or len(posterior) < 2:
        return Aligned(heard, (), ("The script was left out: it is too long for this recording.",))
    likely = _likely(posterior)
    best = np.maximum(np.asarray(posterior, dtype=np.float32).max(axis=1), _FLOOR)
    path = _search(chain, likely, best)
    said = _said(script, chain, path, likely, best, rate)
    fits = {number: fit for number, fit, _ in said}
    said = [(number, fit, phones) for number, fit, phones in said if fit >= FITTING]
    if sum(fits.get(number, _ABSENT) for number in range(len(script))) < BELIEVED * len(script):
        return Aligned(heard, (), ("The script does not fit what is said in the recording; what is heard is used.",))
    words, phones = _tracks(script, said)
    missing = [script[number].text for number in sorted(set(range(len(script))) - {n for n, _, _ in said})]
    shown = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
    notes = (f"Words of the script that were not found in the recording: {shown}.",) if missing else ()
    return Aligned(_filled(phones, words, heard), words, notes)


def _likely(posterior: NDArray[np.floating]) -> Array:
    """Log scores (n, classes): mostly the class itself, a little its kind, so that an odd sound still passes."""
    chances = np.exp(np.asarray(posterior, dtype=np.float32))
    kinds = _kinds()
    score: Array = np.maximum(np.log((1 - _KIN) * chances + _KIN * (chances @ kinds) @ kinds.T + 1e-9), _FLOOR)
    return score


def _kinds() -> Array:
    """(classes, kinds): silence, closure, vowel, release, fricative, other consonant."""
    stops = tables().closure
    kinds = np.zeros((len(classes()), 6), dtype=np.float32)
    for row, name in enumerate(classes()):
        if not name:
            kind = 0
        elif name.endswith("_"):
            kind = 1
        elif is_vowel(name):
            kind = 2
        else:
            kind = 3 if name in stops else 4 if name in "fvθðszʃʒhçx" else 5
        kinds[row, kind] = 1.0
    return kinds


def _chain(words: Sequence[ScriptWord]) -> _Chain:
    index = {name: number for number, name in enumerate(classes())}
    unit, owner, phone, leap, gaps = [0], [-1], [-1], [False], [0]
    for number, word in enumerate(words):
        for place, (symbol, _) in enumerate(word.phones):
            parts = units(symbol)
            for part, name in enumerate(parts):
                after_release = place > 0 and is_stop(word.phones[place - 1][0]) and part == 0
                unit.append(index[name])
                owner.append(number)
                phone.append(place)
                leap.append((place == 0 and part == 0) or after_release)
        gaps.append(len(unit))
        unit.append(0)
        owner.append(-1)
        phone.append(-1)
        leap.append(is_stop(word.phones[-1][0]))
    return _Chain(np.array(unit), np.array(owner), np.array(phone), np.array(leap), np.array(gaps))


def _search(chain: _Chain, likely: Array, best: Array) -> NDArray[np.int64]:
    """The state of every frame."""
    count, size, gaps = len(likely), len(chain.unit), chain.gaps
    other = np.maximum(likely[:, 0], best + np.float32(_OTHER))
    leap = np.where(chain.leap, np.float32(0.0), _NEVER)
    value = np.full(size, _NEVER, dtype=np.float32)
    came = np.empty((count, size), dtype=np.uint8)
    ends = gaps[1:] - 1
    moves = np.empty((2, size), dtype=np.float32)
    for frame in range(count):
        code = came[frame]
        if frame == 0:
            new = np.full(size, _NEVER, dtype=np.float32)
            new[:2] = 0.0
            if len(gaps) > 1:
                new[gaps[1:]] = _SKIP * np.arange(1, len(gaps))
            code[:] = _STAY
        else:
            moves[0, 0], moves[0, 1:] = _NEVER, value[:-1]
            moves[1, :2], moves[1, 2:] = _NEVER, value[:-2]
            moves[1] += leap
            new = np.maximum(value, moves[0])
            np.greater(moves[0], value, out=code, casting="unsafe")
            np.maximum(new, moves[1], out=new)
            code[moves[1] >= new] = _LEAP
            code[(new == value)] = _STAY
            finished = value[ends]
            _better(new, code, gaps[1:], value[gaps[:-1]] + np.float32(_SKIP), _PAST)
            for back in range(_BACK):
                _better(new, code, gaps[: len(ends) - back], finished[back:] + np.float32(_AGAIN), _FIRST_BACK + back)
        emitted = likely[frame, chain.unit]
        emitted[gaps] = other[frame]
        value = new + emitted
    return _traced(chain, came, value)


def _better(new: Array, code: NDArray[np.uint8], states: NDArray[np.int64], offered: Array, sign: int) -> None:
    better = offered > new[states]
    if better.any():
        chosen = states[better]
        new[chosen] = offered[better]
        code[chosen] = sign


def _traced(chain: _Chain, came: NDArray[np.uint8], value: Array) -> NDArray[np.int64]:
    gaps = chain.gaps
    word_of_gap = {int(state): number for number, state in enumerate(gaps)}
    last = [int(gaps[-1]), int(gaps[-1]) - 1, *([int(gaps[-1]) - 2] if chain.leap[-1] else [])]
    skipped = [(float(value[state]) + _SKIP * (len(gaps) - 1 - number), state) for state, number in word_of_gap.items()]
    state = max([(float(value[state]), state) for state in last] + skipped)[1]
    path = np.empty(len(came), dtype=np.int64)
    for frame in range(len(came) - 1, -1, -1):
        path[frame] = state
        sign = int(came[frame, state])
        if sign == _NEXT:
            state -= 1
        elif sign == _LEAP:
            state -= 2
        elif sign == _PAST:
            state = int(gaps[word_of_gap[state] - 1])
        elif sign >= _FIRST_BACK:
            state = int(gaps[word_of_gap[state] + sign - _FIRST_BACK + 1]) - 1
    return path


def _said(
    words: Sequence[ScriptWord], chain: _Chain, path: NDArray[np.int64], likely: Array, best: Array, rate: int
) -> list[tuple[int, float, list[Phone]]]:
    """Number, fit and phones of every word that was found, in the order of time."""
    found = []
    owner = chain.owner[path]
    steps = np.flatnonzero((np.diff(owner) != 0) | (np.diff(path) < 0)) + 1
    for first, stop in zip([0, *steps.tolist()], [*steps.tolist(), len(path)], strict=True):
        number = int(owner[first])
        if number < 0:
            continue
        states = path[first:stop]
        scores = likely[np.arange(first, stop), chain.unit[states]]
        fit = float((scores - best[first:stop]).mean())
        found.append((number, fit, _placed(words[number], chain, states, scores, first, rate)))
    return found


def _placed(
    word: ScriptWord, chain: _Chain, states: NDArray[np.int64], scores: Array, first: int, rate: int
) -> list[Phone]:
    """The phones of one word; a stop's closure and release are one."""
    phones = []
    places = chain.phone[states]
    for place, (symbol, stress) in enumerate(word.phones):
        own = np.flatnonzero(places == place)
        if not len(own):
            continue
        start, end = edge(first + int(own[0]), rate), edge(first + int(own[-1]) + 1, rate)
        release = None
        if is_stop(symbol):
            opened = own[states[own] > states[own[0]]]
            release = edge(first + int(opened[0]), rate) if len(opened) else end
        if end > start:
            confidence = round(float(np.exp(scores[own].mean())), 3)
            phones.append(
                Phone(
                    start=start,
                    end=end,
                    symbol=symbol,
                    stress=stress,
                    release=release,
                    confidence=min(1.0, confidence),
                    source="script",
                )
            )
    return phones


def _tracks(
    words: Sequence[ScriptWord], said: list[tuple[int, float, list[Phone]]]
) -> tuple[tuple[Word, ...], list[Phone]]:
    placed, phones = [], []
    for number, fit, own in said:
        if own:
            text = words[number].text
            start, end = own[0].start, own[-1].end
            placed.append(Word(start=start, end=end, text=text, confidence=round(min(1.0, math.exp(fit)), 3)))
            phones += own
    return track(placed, "word"), phones


def _filled(phones: Sequence[Phone], words: Sequence[Word], heard: Sequence[Phone]) -> tuple[Phone, ...]:
    """The script's phones, and those that were heard in the time between its words."""
    result = list(phones)
    gaps: list[tuple[Fraction, Fraction | None]] = []
    now = Fraction(0)
    for word in words:
        gaps.append((now, word.start))
        now = word.end
    gaps.append((now, None))
    place = 0
    for begin, end in gaps:
        while place < len(heard) and heard[place].end <= begin:
            place += 1
        for phone in heard[place:]:
            if end is not None and phone.start >= end:
                break
            middle = (phone.start + phone.end) / 2
            if middle > begin and (end is None or middle < end):
                result.append(_clipped(phone, begin, end))
    return track(sorted(result, key=lambda phone: phone.start))


def _clipped(phone: Phone, begin: Fraction, end: Fraction | None) -> Phone:
    start, stop = max(phone.start, begin), phone.end if end is None else min(phone.end, end)
    release = None if phone.release is None else min(max(phone.release, start), stop)
    return replace(phone, start=start, end=stop, release=release)
