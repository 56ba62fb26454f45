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

from .chain import Scores
from .laying import Saying, lay, runs
from .reading import ScriptWord, read_script
from .recognition import RATE, hear
from .script import Script, ScriptError
from .symbols import classes, is_stop, is_vowel, tables
from .track import Phone, Word, track

LONGEST: Final = 20 * 60
"""Seconds of recording that a script is laid on."""
FITTING: Final = -1.2
"""Log probability under the best class, a frame on average, down to which a word is believed to be said."""
FITTING_AGAIN: Final = -0.4
"""That of a word said once more, which may be any word that the script has not."""
BELIEVED: Final = 0.25
"""The mean of that over all words, and `_COVERS` for all that is said, down to which the script is this line's."""
_COVERS: Final = 1.5
"""What it counts if its words cover all of what is said. A line with its own script reaches 1, with another's 0."""
_ABSENT: Final = -2.0
"""What a word that is not found counts."""
_FLOOR: Final = -6.0
_KIN: Final = 0.15
"""How much a phone of the same kind counts as the one that was asked for."""
_OTHER: Final = -2.0
"""What a frame of something that the script has not costs."""
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Aligned:
    """The tracks, and a sentence for each thing about the script that somebody should know."""

    phones: tuple[Phone, ...]
    words: tuple[Word, ...]
    notes: tuple[str, ...] = ()


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
    if len(posterior) < 2:
        return Aligned(heard, (), ("The script was left out: the recording is too short.",))
    likely = _likely(posterior)
    best = np.maximum(np.asarray(posterior, dtype=np.float32).max(axis=1), _FLOOR)
    said = _said(script, likely, best, rate)
    fits: dict[int, float] = {}
    for number, fit, _ in said:
        fits[number] = max(fit, fits.get(number, fit))
    said = [entry for entry in said if entry[1] >= (FITTING if entry[1] == fits[entry[0]] else FITTING_AGAIN)]
    fit = sum(fits.get(number, _ABSENT) for number in range(len(script))) / len(script)
    if fit + _COVERS * _covered(likely, best, said, rate) < BELIEVED:
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


def _said(words: Sequence[ScriptWord], likely: Array, best: Array, rate: int) -> list[tuple[int, float, list[Phone]]]:
    """Number, fit and phones of every word that was found, in the order of time."""
    other = np.maximum(likely[:, 0], best + np.float32(_OTHER))
    found = []
    sayings = lay(words, Scores.of(likely, other))
    edges = _edges(sayings, likely, other, rate)
    for saying in sayings:
        scores = likely[np.arange(saying.first, saying.stop), saying.units]
        fit = float((scores - best[saying.first : saying.stop]).sum()) / len(scores)
        found.append((saying.number, fit, _placed(words[saying.number], saying, scores, edges)))
    return found


def _covered(likely: Array, best: Array, said: Sequence[tuple[int, float, list[Phone]]], rate: int) -> float:
    """How much of what is said is in words that were found."""
    spoken = likely[:, 0] < best - 1.0
    found = np.zeros(len(spoken), dtype=bool)
    for _, _, phones in said:
        if phones:
            found[int(phones[0].start * rate + Fraction(1, 2)) : int(phones[-1].end * rate + Fraction(1, 2))] = True
    return float((found & spoken).sum() / max(1, spoken.sum()))


def _edges(sayings: Sequence[Saying], likely: Array, other: Array, rate: int) -> NDArray[np.int64]:
    """When each frame begins, and the last ends, in milliseconds.

    Where another unit begins that is where the two are equally likely, between the centres of the frames beside it.
    """
    count, gap = len(likely), likely.shape[1]
    unit = np.full(count, gap)
    for saying in sayings:
        unit[saying.first : saying.stop] = saying.units
    scores, frames = np.column_stack([likely, other]), np.arange(1, count)
    before = scores[frames - 1, unit[:-1]] - scores[frames - 1, unit[1:]]
    after = scores[frames, unit[1:]] - scores[frames, unit[:-1]]
    clear = (before > 0) & (after > 0)
    share = np.where(clear, before / np.where(clear, before + after, 1), 0.5)
    moments = np.concatenate([[0.0], frames - 1 + share, [count - 0.5]])
    return np.rint(1000 * moments / rate).astype(np.int64)


def _placed(word: ScriptWord, saying: Saying, scores: Array, edges: NDArray[np.int64]) -> list[Phone]:
    """The phones of one word; a stop's closure and release are one."""
    phones = []
    for begin, stop in runs(saying.places):
        symbol, stress = word.every[saying.places[begin]]
        start, end = (Fraction(int(edges[saying.first + frame]), 1000) for frame in (begin, stop))
        release = None
        if is_stop(symbol):
            held = int((saying.units[begin:stop] == saying.units[begin]).sum())
            release = Fraction(int(edges[saying.first + begin + held]), 1000)
        if end > start:
            confidence = round(math.exp(float(scores[begin:stop].sum()) / (stop - begin)), 3)
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
