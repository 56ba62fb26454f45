"""How one speaker moves: drawn once per speaker from a seed, so that the data show many faces and stay repeatable."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from koemorph.arkit import SHAPES, mirrored


@dataclass(frozen=True)
class Style:
    """Factors around 1, and small amounts of shape. `expression` is how strongly the upper face follows the voice."""

    seed: int = 0
    amplitude: float = 1.0
    jaw: float = 1.0
    rounding: float = 1.0
    spreading: float = 1.0
    lips: float = 1.0
    following: float = 0.3
    """How much of the jaw's opening the lips undo at all times (captured faces: half)."""
    anticipation: float = 1.0
    expression: float = 1.0
    smile: float = 0.0
    asymmetry: float = 0.06
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
            smile=about(0.03, 0.03, 0.0, 0.10),
            asymmetry=about(0.06, 0.02, 0.02, 0.12),
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
