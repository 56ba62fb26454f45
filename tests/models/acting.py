"""Lines of actors whose tones tell their mood, each with a voice of its own."""

from __future__ import annotations

import numpy as np

from koemorph_models.moods.fitting import MOODS
from koemorph_models.moods.material import Line

CELLS = 5


def line(number: int, mood: str, speaker: str, *, width: int = 16, acted: bool = True, offset: float = 0.0) -> Line:
    """`width` tones in five cells, of which the mood's own is far above the others."""
    chance = np.random.default_rng(number)
    values = chance.normal(offset, 0.4, (CELLS, width))
    values[:, MOODS.index(mood)] += 2.0
    return Line(
        id=f"{speaker}/{number}",
        speaker=speaker,
        corpus="stage" if acted else "books",
        language="de",
        mood=mood,
        acted=acted,
        variant="plain",
        tones=np.concatenate([values, values**2 + 0.05], axis=1).astype(np.float32),
        sound=np.ones(CELLS, np.float32),
    )
