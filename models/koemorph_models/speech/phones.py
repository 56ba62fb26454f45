"""From an engine's segments to phones: IPA symbols, closures and releases of stops, pauses, stress."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from koemorph.speech import symbols

from .engine_symbols import from_engine
from .utterance import SILENCE, Phone

if TYPE_CHECKING:
    from .engines import Segment

ESPEAK_CLOSURE: Final = 0.036
"""Seconds of closure before those of espeak-ng's stop events that stand at the release."""
SHORT_PAUSE: Final = 0.075
"""espeak-ng writes a pause of up to this length where a closure is."""
HOP: Final = 0.001


def from_espeak(segments: Sequence[Segment], samples: NDArray[np.float32], rate: int) -> list[Phone]:
    """Cuts compound symbols and lets every stop begin at its closure.

    A voiceless stop's event stands at the release, the closure lies before it. So it is with a voiced stop after
    a consonant, but after a vowel its event begins with the closure: then the sound shows a burst inside.
    """
    phones: list[Phone] = []
    for segment in segments:
        names, stress = symbols.from_ipa(segment.symbol)
        if not names and segment.symbol.startswith("(") and phones:
            phones[-1] = replace(phones[-1], end=segment.end)
        elif not names:
            phones.append(Phone(symbol=SILENCE, start=segment.start, end=segment.end))
        else:
            start = segment.start
            held = len(phones) > 1 and phones[-1].symbol == SILENCE
            if held and names[0] in "rlmnɾ" and start - phones[-1].start <= SHORT_PAUSE:
                start = phones.pop().start
            phones += cut(names, start, segment.end, stress)
    rise = high_rise(samples, rate)
    result: list[Phone] = []
    for phone in phones:
        if not symbols.is_stop(phone.symbol):
            result.append(phone)
            continue
        release = _burst(rise, phone) if phone.symbol[0] in "bdɡ" else phone.start
        closed = phone.start
        if release == phone.start and result:
            before = result[-1]
            room = before.end - before.start
            if before.symbol == SILENCE and len(result) > 1 and room <= SHORT_PAUSE:
                closed = before.start
                result.pop()
            else:
                closed -= min(ESPEAK_CLOSURE, room / 2)
                result[-1] = replace(before, end=closed)
        result.append(replace(phone, start=closed, release=release))
    return tidy(result)


def _burst(rise: NDArray[np.float64], phone: Phone) -> float:
    """Where a voiced stop's event has its burst: inside, or at its very start."""
    first, last = max(0, round((phone.start - 0.005) / HOP)), min(len(rise), round((phone.end - 0.004) / HOP))
    found = (first + int(np.argmax(rise[first:last]))) * HOP if last - first > 3 else phone.start
    return float(found) if found > phone.start + 0.012 else phone.start


def from_labels(
    segments: Iterable[Segment], table: str, samples: NDArray[np.float32], rate: int, offset: float = 0.0
) -> list[Phone]:
    """flite and festival, labels `offset` seconds late: a stop is closure and burst, cut at the largest high rise."""
    phones: list[Phone] = []
    for segment in segments:
        symbol, stress = from_engine(segment.symbol, table)
        stress = max(stress, segment.stress) if symbols.is_vowel(symbol) else 0
        phones.append(
            Phone(
                symbol=symbol, start=max(0.0, segment.start - offset), end=max(0.0, segment.end - offset), stress=stress
            )
        )
    rise = high_rise(samples, rate)
    return [
        replace(phone, release=release_time(rise, phone.start, phone.end)) if symbols.is_stop(phone.symbol) else phone
        for phone in tidy(phones)
    ]


def cut(names: Sequence[str], start: float, end: float, stress: int) -> list[Phone]:
    """Shares a compound's time out, vowels twice as long as consonants."""
    weights = np.array([2.0 if symbols.is_vowel(name) else 1.0 for name in names])
    edges = start + (end - start) * np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
    return [
        Phone(
            symbol=name, start=float(edges[i]), end=float(edges[i + 1]), stress=stress if symbols.is_vowel(name) else 0
        )
        for i, name in enumerate(names)
    ]


def tidy(phones: Iterable[Phone]) -> list[Phone]:
    """No empty phones; neighbouring pauses and doubled consonants become one."""
    result: list[Phone] = []
    for phone in phones:
        if phone.end - phone.start < 1e-4:
            continue
        if result and result[-1].symbol == phone.symbol and not symbols.is_vowel(phone.symbol):
            result[-1] = replace(result[-1], end=phone.end, release=phone.release)
        else:
            result.append(phone)
    return result


def high_rise(samples: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """How much the energy of the differenced (so: high) sound rises around each millisecond, in nats (5 ms sides)."""
    high = np.diff(samples.astype(np.float64), n=2, prepend=[0.0, 0.0]) ** 2
    edges = np.floor(np.arange(0, len(high), rate * HOP)).astype(int)
    energy = np.add.reduceat(high, edges) / (rate * HOP) if len(high) else np.zeros(1)
    smooth = np.log(np.convolve(np.pad(energy, (5, 5), mode="edge"), np.ones(5) / 5, "valid") + 1e-9)
    return np.asarray(smooth[5:] - smooth[:-5])


def release_time(rise: NDArray[np.float64], start: float, end: float) -> float:
    """The instant of the largest rise inside a stop; its middle when the stop is too short to tell."""
    first, last = round((start + 0.012) / HOP), round((end - 0.004) / HOP)
    last = min(last, len(rise))
    if last - first < 3:
        return (start + end) / 2
    return float((first + int(np.argmax(rise[first:last]))) * HOP)


def with_stress(phones: Sequence[Phone], spoken: Iterable[Iterable[str]]) -> list[Phone]:
    """Stress from espeak-ng's reading of the text, where it has the same phone at the same place."""
    reading = [(name, stress) for word in spoken for text in word for name, stress in _stressed(text)]
    fold = symbols.tables().fold
    mine = [fold.get(phone.symbol, "") for phone in phones]
    result = list(phones)
    matcher = SequenceMatcher(None, mine, [fold[name] for name, _ in reading], autojunk=False)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            name, stress = reading[block.b + step]
            if stress and symbols.is_vowel(name):
                result[block.a + step] = replace(result[block.a + step], stress=stress)
    return result


def _stressed(text: str) -> list[tuple[str, int]]:
    """The first vowel of a stressed compound takes the stress."""
    names, stress = symbols.from_ipa(text)
    result = []
    for name in names:
        mine = stress if symbols.is_vowel(name) else 0
        result.append((name, mine))
        stress = 0 if mine else stress
    return result
