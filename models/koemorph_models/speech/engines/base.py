"""What every synthesiser shares: a voice, a style of speaking, speech with timed segments, and the protocol itself."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from koemorph.errors import MissingPieceError

from ..utterance import Phone


class EngineMissing(MissingPieceError):
    """A speech program is not installed; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Voice:
    """`key` is the engine's own name of the voice; `offset` (seconds) is how late its labels are, on average.

    `speaker` names the person (or formant set) behind it, so that one person's voices are held out together.
    `share` is how much of a corpus it gets, against the others of its kind.
    """

    engine: str
    key: str
    speaker: str
    group: str
    language: str
    licence: str
    table: str = ""
    offset: float = 0.0
    share: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Style:
    """1 is the voice's ordinary way: `stretch` of durations, `pitch` as a factor, `liveliness` of the melody."""

    stretch: float = 1.0
    pitch: float = 1.0
    liveliness: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Segment:
    """An engine's own symbol from `start` to `end` (seconds)."""

    symbol: str
    start: float
    end: float
    stress: int = 0


@dataclass(frozen=True)
class Rendering:
    """Mono speech at `rate` and its segments, which follow one another."""

    samples: NDArray[np.float32]
    rate: int
    segments: tuple[Segment, ...]


class SpeechEngine(Protocol):
    """A module of this folder. `synthesise` finds it by itself: an engine is one file (and its data beside it)."""

    NAME: str
    RECORDED: bool
    """Its voices come from recordings of people, so that they are most of a corpus; formants are the rest."""

    def missing(self) -> str:
        """One sentence about what has to be installed before it can speak; empty when all is there."""

    def voices(self) -> list[Voice]:
        """Those it knows, whether or not they are installed."""

    def sentence(self, voice: Voice, chance: random.Random) -> str:
        """Something for this voice to say."""

    def speak(self, voice: Voice, lines: Sequence[tuple[str, Style]]) -> list[Rendering | None]:
        """All lines of a batch; one that it cannot say is None. Raises `EngineMissing`."""

    def phones(self, sound: Rendering, voice: Voice, text: str) -> list[Phone]:
        """The segments as phones in the times of `sound`, closures, releases and stress among them."""


def data(name: str) -> dict[str, Any]:
    """The engine's JSON file."""
    read: dict[str, Any] = json.loads(files(__package__).joinpath(f"{name}.json").read_text("utf-8"))
    return read


def listed_voices(name: str) -> list[Voice]:
    """The voices of a file that lists them one by one."""
    return [Voice(engine=name, **entry) for entry in data(name)["voices"]]
