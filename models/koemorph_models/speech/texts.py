"""Things to say: random sentences in which every phone turns up, those that show on the lips most often.

Languages with a word list on the system use it, with small words between for a natural rhythm; the others, and
those whose list is missing, speak in invented words.
"""

from __future__ import annotations

import json
import random
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

WORD_LISTS: Final = Path("/usr/share/dict")
_LABIALS: Final = frozenset("pbmfvw")
_ALIASES: Final = {"cmn": "zh"}


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files(__package__).joinpath("texts.json").read_text("utf-8"))
    return data


@cache
def word_list(language: str) -> tuple[str, ...]:
    """Plain words of 2 to 11 letters, those with lip sounds three times; empty where the system has no list."""
    path = WORD_LISTS / _data()["lists"].get(language, "-")
    if not path.is_file():
        return ()
    words = []
    for word in path.read_text("utf-8", errors="ignore").split():
        if word.isalpha() and 2 <= len(word) <= 11 and not word.isupper() and (language == "de" or word.islower()):
            words += [word] * (3 if len(_LABIALS & set(word.lower())) > 1 else 1)
    return tuple(words)


def random_words(language: str, chance: random.Random) -> str:
    """Six to sixteen words of `language` ("en-us", "de", ...), with commas, ended by a full stop, ! or ?."""
    short = language.split("-", maxsplit=1)[0]
    short = _ALIASES.get(short, short)
    words: list[str] = []
    for _ in range(chance.randint(4, 8)):
        small = _data()["small"].get(short)
        if small and chance.random() < 0.6:
            words += chance.choices(small, k=chance.randint(1, 2))
        words.append(_word(short, chance))
    spoken = []
    for number, word in enumerate(words):
        pause = 1 < number < len(words) - 2 and chance.random() < 0.12
        spoken.append(word + ("," if pause else ""))
    return " ".join(spoken) + chance.choices([".", "?", "!"], [8, 2, 1])[0]


def _word(language: str, chance: random.Random) -> str:
    listed = word_list(language)
    if listed:
        return chance.choice(listed)
    parts = _data()["syllables"].get(language, _data()["syllables"]["ca"])
    if "whole" in parts and chance.random() < 0.5:
        return " ".join(chance.choices(parts["whole"].split(), k=2))
    onset, vowel, coda = (parts[part][0].split(" ") for part in ("onset", "vowel", "coda"))
    return "".join(
        chance.choice(onset) + chance.choice(vowel) + chance.choice(coda) for _ in range(chance.randint(1, 3))
    )
