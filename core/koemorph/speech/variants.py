"""How words are said where dictionaries write it otherwise: the "-en" of German "haben", "Lippen", "kommen", "sagen".

Its vowel falls away, and its n is spoken where the consonant before it was: "haben" ends in b and m, or in a short m
alone, and the lips stay together. Which of them it is in a recording, its alignment decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .symbols import is_vowel

LANGUAGES: Final = frozenset(("de",))
_PLACES: Final = {"p": "m", "b": "m", "m": "m", "k": "ŋ", "ɡ": "ŋ", "ŋ": "ŋ"}
"""The nasal that is spoken where each consonant is."""
_SWALLOWED: Final = frozenset("bmɡŋ")
"""Consonants of which no more may be left than that nasal."""


@dataclass(frozen=True)
class Variant:
    """Phones `first` to `stop` - 1 of a word may be said as these instead."""

    first: int
    stop: int
    said: tuple[tuple[str, int], ...]


def variants(symbols: Sequence[str], language: str) -> tuple[Variant, ...]:
    """The other ways of saying a word that is written with these phones."""
    if language.partition("-")[0] not in LANGUAGES:
        return ()
    found = []
    for place, symbol in enumerate(symbols):
        ends = tuple(symbols[place + 1 : place + 3]) == ("ə", "n") and not any(map(is_vowel, symbols[place + 3 :][:1]))
        if ends and symbol in _PLACES:
            nasal = ((_PLACES[symbol], 0),)
            found.append(Variant(place + 1, place + 3, nasal))
            found += [Variant(place, place + 3, nasal)] if place and symbol in _SWALLOWED else []
    return tuple(found)
