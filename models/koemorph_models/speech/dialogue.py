"""Things that people say to each other, for voices that speak as people do: sentences put together by a small grammar.

`dialogue.json` has for each language patterns ("lines") and what fills their {slots}, alternatives parted by "|".
Mandarin is in pinyin with tones, Japanese in kana as it sounds.
"""

from __future__ import annotations

import json
import random
import re
from functools import cache
from importlib.resources import files
from typing import Final

from ..errors import DataError

_SLOT: Final = re.compile(r"\{(\w+)\}")
_LONGEST: Final = 110
"""Characters: what is longer is put together anew."""
_NAMES: Final = {"cmn": "zh"}


def dialogue(language: str, chance: random.Random) -> str:
    """A line of `language` ("en-us", "pt-br", "ja", ...): a statement, question, order or exclamation."""
    short = language.split("-", maxsplit=1)[0]
    grammar = _grammars().get(_NAMES.get(short, short))
    if grammar is None:
        raise DataError(f"No dialogue is written in {language!r}; dialogue.json has {', '.join(_grammars())}.")
    while True:
        line = _filled("{lines}", grammar, chance)
        if len(line) <= _LONGEST:
            return "".join(part[:1].upper() + part[1:] for part in re.split(r"(?<=[.!?])( )", line))


def _filled(pattern: str, grammar: dict[str, tuple[str, ...]], chance: random.Random) -> str:
    return _SLOT.sub(lambda slot: _filled(chance.choice(grammar[slot[1]]), grammar, chance), pattern)


@cache
def _grammars() -> dict[str, dict[str, tuple[str, ...]]]:
    data = json.loads(files(__package__).joinpath("dialogue.json").read_text("utf-8"))
    return {
        language: {slot: tuple(choices.split("|")) for slot, choices in slots.items()}
        for language, slots in data.items()
    }
