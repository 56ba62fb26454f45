"""How one speaker moves: drawn once per speaker from a seed, so that the data show many faces and stay repeatable."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from koemorph.arkit import SHAPES, mirrored

CALM: Final = 0.05
HOT: Final = 0.5
"""Temperatures at which the face is contained, and takes part as a whole."""


def participation_at(temperature: float) -> float:
    """How much of the face takes part at a temperature: 0 to 1, and 1/3 at the usual 0.2."""
    return min(max((temperature - CALM) / (HOT - CALM), 0.0), 1.0)


@dataclass(frozen=True, kw_only=True)
class Manner:
    """What participation changes: factors of jaw, lips and the upper face, and what takes part besides."""

    jaw: float
    lips: float
    spreading: float
    upper_face: float
    cheeks: float
    """How far cheeks and nose go along with lips that are raised or spread."""


CONTAINED: Final = Manner(jaw=0.85, lips=0.88, spreading=0.8, upper_face=0.3, cheeks=0.0)
WHOLE: Final = Manner(jaw=1.30, lips=1.24, spreading=1.4, upper_face=2.4, cheeks=0.45)


@dataclass(frozen=True, kw_only=True)
class Style:
    """Factors around 1, and small amounts of shape. `expression` is how strongly the upper face follows the voice.

    `participation` is the look between a contained face (0: the mouth alone speaks) and one that takes part as a
    whole (1: brows, eyes, cheeks, and a larger mouth).
    """

    seed: int = 0
    participation: float = participation_at(0.2)
    amplitude: float = 1.0
    jaw: float = 1.0
    rounding: float = 1.0
    spreading: float = 1.0
    lips: float = 1.0
    following: float = 0.3
    """How much of the jaw's opening the lips undo at all times (captured faces: half)."""
    anticipation: float = 1.0
    expression: float = 1.0
    asymmetry: float = 0.04
    rest: float = 1.0
    breathing: float = 1.0

    @classmethod
    def draw(cls, seed: int, expression: float = 1.0) -> Style:
        """A speaker's style; the same seed gives the same face."""
        random = np.random.default_rng(seed)

        def about(middle: float, spread: float, low: float, high: float) -> float:
            return float(np.clip(random.normal(middle, spread), low, high))

        return cls(
            seed=seed,
            amplitude=about(1.0, 0.10, 0.8, 1.25),
            jaw=about(1.0, 0.10, 0.8, 1.25),
            rounding=about(1.0, 0.15, 0.7, 1.4),
            spreading=about(1.0, 0.15, 0.6, 1.4),
            lips=about(1.0, 0.12, 0.7, 1.3),
            following=about(0.32, 0.06, 0.2, 0.45),
            anticipation=about(1.0, 0.10, 0.8, 1.25),
            expression=expression * about(1.0, 0.15, 0.6, 1.4),
            asymmetry=about(0.04, 0.015, 0.01, 0.08),
            rest=about(1.0, 0.25, 0.4, 1.6),
            breathing=about(1.0, 0.25, 0.4, 1.6),
        )

    @classmethod
    def for_speaker(cls, speaker: str, expression: float = 1.0) -> Style:
        """The style that belongs to a speaker's name, wherever and whenever it is drawn."""
        return cls.draw(zlib.crc32(speaker.encode("utf-8")), expression)

    def sides(self) -> np.ndarray:
        """A factor for each shape: left and right differ a little, the middle stays."""
        random = np.random.default_rng([self.seed, 1])
        lean = {name: float(random.normal(0.0, self.asymmetry)) for name in SHAPES if name.endswith("Left")}
        factor = [1 + np.clip(lean.get(name, -lean.get(mirrored(name), 0.0)), -0.2, 0.2) / 2 for name in SHAPES]
        return np.array(factor)
