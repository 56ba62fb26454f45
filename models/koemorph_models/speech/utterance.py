"""An utterance: a recording, who speaks, and when each phone sounds. Synthesis, alignment and teacher share it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from koemorph.speech.symbols import SILENCE

from ..errors import DataError

__all__ = ["SILENCE", "Phone", "Utterance", "find_utterance", "read_utterances", "write_utterances"]


@dataclass(frozen=True, kw_only=True)
class Phone:
    """One IPA phone from `start` to `end` (seconds); a pause has an empty symbol.

    A stop runs from the moment its closure is made to the end of its burst, and `release` says when the
    closure opens; other phones have none. `stress` is 2 (primary), 1 (secondary) or 0, and stands on vowels.
    """

    symbol: str
    start: float
    end: float
    stress: int = 0
    release: float | None = None

    def at_speed(self, speed: float, by: float = 0.0) -> Phone:
        """Played so many times as fast, and `by` seconds later."""
        release = None if self.release is None else self.release / speed + by
        return replace(self, start=self.start / speed + by, end=self.end / speed + by, release=release)


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """`audio` is relative to the list's folder. `source` is the engine or corpus, `group` man, woman or child."""

    id: str
    audio: str
    speaker: str
    group: str
    language: str
    source: str
    text: str
    phones: tuple[Phone, ...]


def write_utterances(path: Path, utterances: Iterable[Utterance]) -> int:
    """One JSON object a line; returns how many."""
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as handle:
        for utterance in utterances:
            handle.write(json.dumps(asdict(utterance), ensure_ascii=False) + "\n")
            count += 1
    return count


def read_utterances(path: Path) -> Iterator[Utterance]:
    if not path.is_file():
        raise DataError(f"There is no list of utterances {path}.")
    with path.open(encoding="utf-8") as handle:
        for number, line in enumerate(handle, 1):
            try:
                entry = json.loads(line)
                entry["phones"] = tuple(Phone(**phone) for phone in entry["phones"])
                utterance = Utterance(**entry)
            except (ValueError, KeyError, TypeError) as err:
                raise DataError(f"{path}, line {number}: not an utterance ({err}).") from err
            yield utterance


def find_utterance(path: Path, name: str) -> Utterance:
    """The one of a list that is called so."""
    for utterance in read_utterances(path):
        if utterance.id == name:
            return utterance
    raise DataError(f"{path} has no utterance {name!r}.")
