"""What the three synthesisers share: a voice, a style of speaking, and speech with timed segments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from koemorph.errors import MissingPieceError


class EngineMissing(MissingPieceError):
    """A speech program is not installed; the message says which."""


@dataclass(frozen=True)
class Voice:
    """`key` is the engine's own name of the voice; `offset` (seconds) is how late its labels are, on average.

    `speaker` names the person (or formant set) behind it, so that one person's voices are held out together.
    """

    engine: str
    key: str
    speaker: str
    group: str
    language: str
    licence: str
    table: str = ""
    offset: float = 0.0


@dataclass(frozen=True)
class Style:
    """1 is the voice's ordinary way: `stretch` of durations, `pitch` as a factor, `liveliness` of the melody."""

    stretch: float = 1.0
    pitch: float = 1.0
    liveliness: float = 1.0


@dataclass(frozen=True)
class Segment:
    """An engine's own symbol from `start` to `end` (seconds)."""

    symbol: str
    start: float
    end: float
    stress: int = 0


@dataclass(frozen=True)
class Rendering:
    samples: NDArray[np.float32]
    rate: int
    segments: tuple[Segment, ...]
