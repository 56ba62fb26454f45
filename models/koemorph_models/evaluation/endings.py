"""German "-ben" as it is spoken: an m where the text has b, ə and n, in the lines in which two judges hear one.

`endings.json` lists them and tells who the judges are. One of them is our own aligner; lines that it alone would change
are not among them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Final

from ..speech.utterance import Phone

_WRITTEN: Final = ["b", "ə", "n"]


def as_spoken(line: str, phones: Sequence[Phone]) -> list[Phone]:
    """The phones of a line with its first such ending as one m; as they are, where the line is not listed."""
    symbols = [phone.symbol for phone in phones]
    places = (place for place in range(len(phones)) if line in _lines() and symbols[place : place + 3] == _WRITTEN)
    place = next(places, None)
    if place is None:
        return list(phones)
    return [*phones[:place], replace(phones[place + 2], symbol="m", start=phones[place].start), *phones[place + 3 :]]


@cache
def _lines() -> frozenset[str]:
    return frozenset(json.loads(files(__package__).joinpath("endings.json").read_text("utf-8"))["lines"])
