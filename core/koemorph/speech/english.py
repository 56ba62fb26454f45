"""English words to phones: the CMU Pronouncing Dictionary, its words with usual endings, then spelling rules.

The dictionary is packed small: sorted lines of a word, a tab, and one letter for each phone with its stress.
"""

from __future__ import annotations

import json
import re
import zlib
from bisect import bisect_left
from functools import cache
from importlib.resources import files
from typing import Final

from .symbols import is_vowel

_DATA: Final = json.loads(files(__package__).joinpath("english.json").read_text("utf-8"))
ARPABET: Final[dict[str, str]] = _DATA["arpabet"]
LETTERS: Final = {code: chr(ord("a" if number < 26 else "A") + number % 26) for number, code in enumerate(ARPABET)}
"""How the packed dictionary writes each phone."""
_CODES: Final = {letter: code for code, letter in LETTERS.items()}
_STRESS: Final = {"0": 0, "1": 2, "2": 1}

Said = tuple[tuple[str, int], ...]
"""Symbols, each with its stress."""

_RULES: Final = tuple(sorted(_DATA["rules"].items(), key=lambda rule: -len(rule[0])))
_LONG: Final = {"a": "EY", "e": "IY", "i": "AY", "o": "OW", "u": "UW"}
_SILENT_E: Final = re.compile(r"([aeiou])([bcdfgklmnpstvz])e$")
_ACCENTS: Final = str.maketrans("àáâäãåçèéêëìíîïñòóôöõùúûüý’", "aaaaaaceeeeiiiinooooouuuuy'")


def say(word: str) -> Said:
    """One word, letters and apostrophes only, as it is said."""
    accented = word.lower().endswith("é")
    word = word.lower().translate(_ACCENTS).strip("'")
    found = _looked_up(word)
    if found is not None and accented and not is_vowel(found[-1][0]):
        found = (*found, ("eɪ", 0))
    if found is None and word.endswith("s") and (stem := _looked_up(word.removesuffix("s").removesuffix("'"))):
        found = stem + _plural(stem[-1][0])
    if found is None:
        found = _joined(word)
    return found if found is not None else by_rule(word)


def _plural(last: str) -> Said:
    if last in ("s", "z", "ʃ", "ʒ", "tʃ", "dʒ"):
        return (("ɪ", 0), ("z", 0))
    return (("s" if last in "ptkfθ" else "z", 0),)


def spell(letters: str) -> Said:
    """Letters said one by one, as in BBC."""
    return tuple(phone for letter in letters.lower() for phone in (_looked_up(letter + ".") or say(letter)))


def is_known(word: str) -> bool:
    return _looked_up(word.lower()) is not None


def _joined(word: str) -> Said | None:
    """A compound of two words that are known, as headlights or doorknob; none shorter than three letters."""
    for cut in range(len(word) - 3, 2, -1):
        first = _looked_up(word[:cut])
        second = _looked_up(word[cut:]) if first else None
        if first and second:
            return first + second
    return None


def by_rule(word: str) -> Said:
    """How the spelling of an unknown word is read; its first vowel is stressed."""
    plain = "".join(letter for letter in word if "a" <= letter <= "z")
    codes: list[str] = []
    ending: list[str] = []
    if match := _SILENT_E.search(plain):
        ending = [_LONG[match[1]], *_read(match[2])]
        plain = plain[: match.start()]
    elif len(plain) > 2 and plain.endswith("e") and not plain.endswith("ee"):
        plain = plain[:-1]
    elif len(plain) > 1 and plain.endswith("y") and plain[-2] not in "aeou":
        ending, plain = ["IY"], plain[:-1]
    codes = [*_read(plain), *ending]
    said = [ARPABET[code] for code in codes]
    stressed = next((number for number, symbol in enumerate(said) if is_vowel(symbol)), -1)
    return tuple((symbol, 2 if number == stressed else 0) for number, symbol in enumerate(said))


def _read(plain: str) -> list[str]:
    codes: list[str] = []
    while plain:
        written, code = next((rule for rule in _RULES if plain.startswith(rule[0])), (plain[0], ""))
        codes += code.split()
        plain = plain[len(written) :]
    return codes


def _looked_up(word: str) -> Said | None:
    lines = _dictionary()
    key = word.encode("ascii", "ignore") + b"\t"
    place = bisect_left(lines, key)
    if not word or place >= len(lines) or not lines[place].startswith(key):
        return None
    return unpacked(lines[place][len(key) :].decode("ascii"))


def unpacked(packed: str) -> Said:
    said: list[tuple[str, int]] = []
    for letter in packed:
        if letter in _STRESS:
            symbol = said[-1][0]
            unstressed = letter == "0"
            said[-1] = ({"ʌ": "ə", "ɝ": "ɚ"}.get(symbol, symbol) if unstressed else symbol, _STRESS[letter])
        else:
            said.append((ARPABET[_CODES[letter]], 0))
    return tuple(said)


@cache
def _dictionary() -> list[bytes]:
    """Sorted lines; unpacking them takes some 30 ms, once."""
    return zlib.decompress(files(__package__).joinpath("cmudict.bin").read_bytes()).split(b"\n")
