"""One set of IPA symbols for every language, and the 68 classes that hearing folds them into.

A symbol carries no length, tone or stress mark: length is in the times, stress in its own field. Diphthongs and
affricates are single symbols. The tables are data (`symbols.json`).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

SILENCE: Final = ""
"""The symbol of a pause."""
PRIMARY: Final = "ˈ"
SECONDARY: Final = "ˌ"
_THIRD_TONE: Final = "ɜ"
"""How espeak-ng marks Mandarin's third tone; alone it is German's last vowel in "Vater" (English has a long one)."""
_IGNORED: Final = frozenset("ː̞ˑ.0123456789'-ʰ͡‿~_:;|")


@dataclass(frozen=True, kw_only=True)
class Tables:
    """`fold` sends a symbol to its class; `closure` sends a stop's class to the stop whose closure it begins with."""

    fold: dict[str, str]
    vowels: frozenset[str]
    stops: frozenset[str]
    closure: dict[str, str]
    spelling: tuple[tuple[str, str], ...]
    longest: int


@cache
def tables() -> Tables:
    data = json.loads(files(__package__).joinpath("symbols.json").read_text("utf-8"))
    fold: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    for kind in ("vowels", "consonants", "stops"):
        for name, symbols in data[kind].items():
            members.setdefault(kind, []).extend(symbols)
            fold.update({normal(symbol): normal(name) for symbol in symbols})
    spelling = {normal(odd): plain for odd, plain in data["spelling"].items()}
    closure = {name: data["closures"].get(name, name) for name in data["stops"]}
    return Tables(
        fold=fold,
        vowels=frozenset(map(normal, members["vowels"])),
        stops=frozenset(members["stops"]),
        closure=closure,
        spelling=tuple(sorted(spelling.items(), key=lambda pair: -len(pair[0]))),
        longest=max(map(len, fold)),
    )


def normal(symbol: str) -> str:
    """The one form that symbols have everywhere: a letter with its sign is one character where there is one."""
    return unicodedata.normalize("NFC", symbol)


def from_ipa(text: str) -> tuple[list[str], int]:
    """One of espeak-ng's phones, cut into our symbols, and its stress: "ˈaɪɚ" -> (["aɪ", "ɚ"], 2).

    Language switches such as "(en)" and marks without a sound give no symbol.
    """
    if text.startswith("("):
        return [], 0
    stress = 2 if PRIMARY in text else 1 if SECONDARY in text else 0
    plain = normal(text.replace(PRIMARY, "").replace(SECONDARY, ""))
    plain = "ɐ" if plain == _THIRD_TONE else plain.removesuffix(_THIRD_TONE)
    for odd, usual in tables().spelling:
        plain = plain.replace(odd, usual)
    plain = "".join(mark for mark in plain if mark not in _IGNORED)
    return [piece for piece in pieces(plain, tables().fold, tables().longest) if piece in tables().fold], stress


def pieces(text: str, known: Container[str], longest: int) -> Iterator[str]:
    """A text cut into the longest known parts, letters that are in none of them alone."""
    while text:
        size = next((size for size in range(min(longest, len(text)), 0, -1) if text[:size] in known), 1)
        yield text[:size]
        text = text[size:]


def symbols_of(text: str) -> tuple[list[str], int]:
    """IPA as people write it, cut into our symbols, and its stress; nothing where any of it is unknown."""
    names, stress = from_ipa(text)
    known = "".join(names) or None
    plain = "".join(mark for mark in normal(text) if mark not in _IGNORED and mark not in (PRIMARY, SECONDARY))
    for odd, usual in tables().spelling:
        plain = plain.replace(odd, usual)
    return (names, stress) if known == plain else ([], 0)


def is_vowel(symbol: str) -> bool:
    return symbol in tables().vowels


def is_stop(symbol: str) -> bool:
    """True of plosives and affricates: phones that begin with a closure."""
    return symbol in tables().stops


def units(symbol: str) -> tuple[str, ...]:
    """The classes a phone passes through: one, or a stop's closure ("p_") and release ("p")."""
    if symbol == SILENCE:
        return (SILENCE,)
    name = tables().fold[symbol]
    return (tables().closure[name] + "_", name) if name in tables().closure else (name,)


@cache
def classes() -> tuple[str, ...]:
    """All classes that hearing tells apart, silence first."""
    found = {unit for symbol in tables().fold for unit in units(symbol)}
    return (SILENCE, *sorted(found))
