"""Forced alignment: which of a text's phones sounds when.

    koemorph-models align recording.wav "What is said in it" --aligner aligner.pt

espeak-ng reads the text, so any of its languages can be aligned. Between words and at both ends there may be
silence; the release of a stop may be missing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.errors import KoeMorphError
from koemorph.files import write_text
from koemorph.speech import symbols
from koemorph.speech.decoding import Unit, viterbi
from koemorph.speech.variants import Variant
from koemorph.timing import SAMPLE_RATE

from . import picture
from .classifier import Aligner
from .reading import Spoken, read_text
from .sound import FRAMES_PER_SECOND, at_level, load
from .utterance import SILENCE, Phone

SILENCE_FRAMES: Final = 5
SILENCE_ENTRY: Final = -3.0
LONGEST: Final = 45
LONGEST_RELEASE: Final = 14
FLOOR: Final = -7.0
EDGE_WEIGHT: Final = 0.5
ENDING: Final = 6
"""Frames by which it is judged whether a recording ends in speech."""
LEAST_REACHED: Final = 0.25
"""Share of a text's phones that must be there, else it is the text of something longer."""
_QUICK: Final = frozenset("ɾʔ")


@dataclass(frozen=True)
class Alignment:
    """`score` is the mean log score of a speaking frame: the higher, the better text and sound agree."""

    phones: tuple[Phone, ...]
    score: float


class AlignmentFailed(KoeMorphError):
    """The text does not fit the sound."""


def align(samples: NDArray[np.float32], phones: Sequence[Spoken], aligner: Aligner) -> Alignment:
    """Places `phones` in 16 kHz sound; raises `AlignmentFailed` when there are none or too many for its length.

    It searches twice: the second time with durations shifted to the speaker's own pace. A recording that ends while
    somebody speaks may have been cut off, so that its text may end early, too.
    """
    if not phones:
        raise AlignmentFailed("There is nothing to align: the text has no phones.")
    seconds = len(samples) / SAMPLE_RATE
    probabilities, edges = aligner.listen(at_level(samples))
    emissions = emission_scores(probabilities, aligner.priors)
    gain = EDGE_WEIGHT * np.log(np.maximum(edges, 0.02))
    cut = bool(probabilities[-ENDING:, 0].mean() < 0.5)
    sequence, owner, every = _sequence(phones)
    mean = aligner.log_mean
    path, total = viterbi(emissions, gain, sequence, mean, aligner.log_sd, cut=cut)
    if np.isfinite(total):
        placed = [
            np.log(end - start) - mean[unit.index]
            for unit, (start, end) in ((u, s) for u, s in zip(sequence, path, strict=True) if s is not None)
            if unit.longest == LONGEST
        ]
        pace = float(np.clip(np.median(placed), -0.7, 0.9)) if placed else 0.0
        path, total = viterbi(emissions, gain, sequence, mean + pace, aligner.log_sd, cut=cut)
    reached = len({mine for mine, span in zip(owner, path, strict=True) if span is not None and mine >= 0})
    if not np.isfinite(total) or reached < LEAST_REACHED * len(phones):
        raise AlignmentFailed(f"{len(phones)} phones do not fit into {seconds:.2f} s of sound.")
    scores = [
        emissions[span[0] : span[1], unit.index]
        for unit, span in zip(sequence, path, strict=True)
        if span is not None and unit.index != 0
    ]
    return Alignment(_phones(every, owner, path, seconds), float(np.mean(np.concatenate(scores))))


def emission_scores(probabilities: NDArray[np.float64], priors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Class probabilities as scores: mostly the class itself, a little its kind, so that an odd sound still passes."""
    groups = _kinds()
    kind = (probabilities @ groups) / (priors @ groups) ** 0.7
    sharp = probabilities / priors**0.7
    return np.asarray(np.maximum(np.log(0.85 * sharp + 0.15 * (kind @ groups.T) + 1e-12), FLOOR))


def _kinds() -> NDArray[np.float64]:
    """(classes, kinds) of ones: silence, closure, vowel, release, fricative, other consonant."""
    names = symbols.classes()
    closures = set(symbols.tables().closure)
    kinds = np.zeros((len(names), 6))
    for row, name in enumerate(names):
        if name == SILENCE:
            kind = 0
        elif name.endswith("_"):
            kind = 1
        elif symbols.is_vowel(name):
            kind = 2
        elif name in closures:
            kind = 3
        else:
            kind = 4 if name in "fvθðszʃʒhçx" else 5
        kinds[row, kind] = 1.0
    return kinds


def _sequence(phones: Sequence[Spoken]) -> tuple[list[Unit], list[int], list[Spoken]]:
    """The units to place, which phone each belongs to (-1: silence), and all those phones, of variants too."""
    silence = Unit(index=0, shortest=SILENCE_FRAMES, longest=0, optional=True, entry=SILENCE_ENTRY)
    sequence, owner, every = [replace(silence, entry=0.0)], [-1], [*phones]
    ends: dict[int, tuple[int, ...]] = {0: (0,)}
    """The units with which what comes before each phone may end."""
    ways: dict[int, list[Variant]] = {}

    def say(mine: int, after: tuple[int, ...]) -> tuple[int, ...]:
        for unit in _units(every[mine].symbol):
            sequence.append(replace(unit, after=after))
            owner.append(mine)
            after = (len(sequence) - 1,)
        return after

    for number, phone in enumerate(phones):
        for way in phone.variants:
            ways.setdefault(number + way.first, []).append(replace(way, first=number, stop=number + way.stop))
        before = ends[number]
        if phone.pause_before and number:
            sequence.append(replace(silence, after=before))
            owner.append(-1)
            before = (len(sequence) - 1,)
        for way in ways.get(number, ()):
            after = before
            for symbol, stress in way.said:
                every.append(Spoken(symbol, stress))
                after = say(len(every) - 1, after)
            ends[way.stop] = (*ends.get(way.stop, ()), *after)
        ends[number + 1] = (*say(number, before), *ends.get(number + 1, ()))
    sequence.append(replace(silence, entry=0.0, after=ends[len(phones)]))
    owner.append(-1)
    return sequence, owner, every


def _units(symbol: str) -> list[Unit]:
    """What a phone is made of: one unit, or a closure and its release."""
    index = _index()
    names = symbols.units(symbol)
    if len(names) == 2:
        plosive = symbols.tables().closure[names[1]] == names[1]
        return [
            Unit(index=index[names[0]], longest=LONGEST),
            Unit(index=index[names[1]], shortest=1, longest=LONGEST_RELEASE if plosive else 25, optional=plosive),
        ]
    shortest = 3 if symbols.is_vowel(names[0]) else 1 if names[0] in _QUICK else 2
    return [Unit(index=index[names[0]], shortest=shortest, longest=LONGEST)]


@cache
def _index() -> dict[str, int]:
    return {name: number for number, name in enumerate(symbols.classes())}


def _phones(
    every: Sequence[Spoken], owner: Sequence[int], path: Sequence[tuple[int, int] | None], seconds: float
) -> tuple[Phone, ...]:
    """Phones that cover 0 to `seconds`; a stop without release opens at its end."""
    result: list[Phone] = []
    last = max(number for number, span in enumerate(path) if span is not None)
    for number, (mine, span) in enumerate(zip(owner, path, strict=True)):
        if span is None:
            continue
        start, end = span[0] / FRAMES_PER_SECOND, span[1] / FRAMES_PER_SECOND
        end = round(seconds, 4) if number == last else end
        if mine < 0:
            result.append(Phone(symbol=SILENCE, start=start, end=end))
            continue
        told = every[mine]
        is_stop = symbols.is_stop(told.symbol)
        if is_stop and number and owner[number - 1] == mine:
            closure = result.pop()
            result.append(Phone(symbol=told.symbol, start=closure.start, end=end, stress=told.stress, release=start))
        else:
            result.append(
                Phone(symbol=told.symbol, start=start, end=end, stress=told.stress, release=end if is_stop else None)
            )
    return tuple(result)


def as_json(phones: Sequence[Phone], score: float) -> str:
    return json.dumps({"score": round(score, 3), "phones": [asdict(p) for p in phones]}, ensure_ascii=False) + "\n"


def as_tsv(phones: Sequence[Phone]) -> str:
    """start, end, symbol, stress, release: seconds, a pause has an empty symbol."""
    lines = ["start\tend\tsymbol\tstress\trelease"]
    for phone in phones:
        release = "" if phone.release is None else f"{phone.release:.3f}"
        lines.append(f"{phone.start:.3f}\t{phone.end:.3f}\t{phone.symbol}\t{phone.stress}\t{release}")
    return "\n".join(lines) + "\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("wav", type=Path)
    parser.add_argument("text")
    parser.add_argument("--aligner", type=Path, required=True)
    parser.add_argument("--listener", type=Path, required=True)
    parser.add_argument("--language", default="en", help="espeak-ng's name of the language, e.g. en, de, fr, ja")
    parser.add_argument("--format", choices=("tsv", "json"), default="tsv")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--picture", type=Path, help="also draw it into this PNG")


def run(options: argparse.Namespace) -> None:
    samples = load(options.wav)
    found = align(samples, read_text(options.text, options.language), Aligner.load(options.aligner, options.listener))
    written = as_json(found.phones, found.score) if options.format == "json" else as_tsv(found.phones)
    if options.output:
        write_text(options.output, written)
    else:
        sys.stdout.write(written)
    if options.picture:
        picture.save(options.picture, samples, found.phones, f"{options.text}  (score {found.score:.2f})")
