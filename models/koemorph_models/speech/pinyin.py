"""Mandarin in pinyin with tone digits ("wo3 men5") to IPA: espeak-ng's own reading muddles tones and finals."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from ..errors import DataError

_SYLLABLE: Final = re.compile(r"([a-zü]+)([1-5])")
_OWN_VOWEL: Final = ("z", "c", "s", "zh", "ch", "sh", "r")


def read(word: str) -> list[tuple[list[str], int]]:
    """The syllables of a word, each as its IPA phones and its tone (1 to 4, 5 for none)."""
    word = word.lower()
    if not word or _SYLLABLE.sub("", word):
        raise DataError(f"{word!r} is not pinyin: each syllable ends with its tone, as in zhong1guo2.")
    return [(_phones(letters), int(tone)) for letters, tone in _SYLLABLE.findall(word)]


def _phones(letters: str) -> list[str]:
    data = _data()
    initial = next((one for one in (letters[:2], letters[:1]) if one in data["initials"]), "")
    final = data["spelling"].get(letters, letters[len(initial) :])
    initial = "" if letters in data["spelling"] else initial
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "ü" + final[1:]
    if final not in data["finals"]:
        raise DataError(f"{letters!r} is not a syllable of pinyin.")
    vowels = ["ɨ"] if final == "i" and initial in _OWN_VOWEL else data["finals"][final].split()
    return [data["initials"][initial], *vowels] if initial else vowels


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files(__package__).joinpath("pinyin.json").read_text("utf-8"))
    return data
