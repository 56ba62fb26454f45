"""Who is heard in training. Whole speakers are left out, and a whole speech engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from ..speech.utterance import Utterance


class Part(str, Enum):
    """`TRAIN` is learned from, `VALIDATION` is watched while training, `TEST` is only ever measured."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, kw_only=True)
class Split:
    """Speakers and sources by part; whoever is not named is trained on."""

    validation: frozenset[str]
    test: frozenset[str]
    test_sources: frozenset[str]

    def part(self, utterance: Utterance) -> Part:
        if utterance.source in self.test_sources or utterance.speaker in self.test:
            return Part.TEST
        return Part.VALIDATION if utterance.speaker in self.validation else Part.TRAIN


@cache
def shipped_split() -> Split:
    """The split of the shipped model (`split.json`)."""
    data: Mapping[str, Any] = json.loads(files(__package__).joinpath("split.json").read_text("utf-8"))
    validation, test = (frozenset(chain(*data[kind].values())) for kind in ("validation", "test"))
    return Split(validation=validation, test=test, test_sources=frozenset(data["test_sources"]))
