"""Symbols as other tools write them, and moments as they do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from ..english import ARPABET
from ..symbols import is_stop, is_vowel, symbols_of
from ..track import Phone, track

_ARPABET: Final = re.compile(r"([A-Z]{1,2})([0-2]?)")
_SILENT: Final = frozenset(("", "sil", "sp", "spn", "pau", "<eps>", "#", "_", "<p:>"))


def phones_from(labels: Iterable[tuple[Fraction, Fraction, str]]) -> tuple[tuple[Phone, ...], tuple[str, ...]]:
    """Labels of any aligner as phones, and a note on what they hold that is no phone."""
    phones: list[Phone] = []
    unknown: dict[str, None] = {}
    for start, end, label in labels:
        if end <= start or label.strip().lower() in _SILENT:
            continue
        names, stress = read_symbol(label.strip())
        if not names:
            unknown[label] = None
        phones += _shared(names, start, end, stress)
    note = (f"Left out, because no such phone is known: {', '.join(list(unknown)[:8])}.",) if unknown else ()
    return track(phones), note


def read_symbol(label: str) -> tuple[list[str], int]:
    """IPA, or ARPABET as CMUdict writes it (AH0), as our symbols and the stress of the first vowel."""
    match = _ARPABET.fullmatch(label)
    if match and match[1] in ARPABET:
        return [ARPABET[match[1]]], {"1": 2, "2": 1}.get(match[2], 0)
    return symbols_of(label)


def _shared(names: list[str], start: Fraction, end: Fraction, stress: int) -> Iterator[Phone]:
    each = (end - start) / max(1, len(names))
    for number, name in enumerate(names):
        begin, stop = start + number * each, start + (number + 1) * each
        release = begin + (stop - begin) * Fraction(3, 5) if is_stop(name) else None
        mine = stress if is_vowel(name) else 0
        stress = 0 if mine else stress
        yield Phone(start=begin, end=stop, symbol=name, stress=mine, release=release, source="edited")


def seconds(moment: Fraction, digits: int = 6) -> str:
    """A moment as a decimal."""
    return f"{float(moment):.{digits}f}".rstrip("0").rstrip(".") or "0"
