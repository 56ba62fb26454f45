"""Brow emphasis: brows rise a little where a word is stressed, just before it is heard, and where a question ends."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit, lips
from ..settings import Settings
from ..take import Curves
from ..timing import FrameRate
from .strength import takes_part

RAISED: Final = {"browInnerUp": 0.45, "browOuterUp": 0.38, "eyeWide": 0.10}
"""What the strongest stress adds at full emphasis."""
QUESTION_RAISES: Final = 0.8
"""The share of that which a question adds."""
LEAD: Final = 0.06
"""Seconds by which brows come before the stress."""
_SYLLABLE, _PHRASE, _BROW = 0.07, 0.7, 0.09
"""Seconds (standard deviations): a syllable, what surrounds it, and how fast brows are."""
_STANDS_OUT_DB: Final = 5.0
_QUIETEST_DB: Final = -40.0
_STANDS_OUT_GAP: Final = 0.10
_BAR: Final = 0.45
"""Below this share of a full stress a syllable is like the others."""


def accents(curves: Curves, level: NDArray[np.float32] | None, rate: FrameRate) -> NDArray[np.float32]:
    """How stressed each frame is, 0 to 1: louder, or without a sound wider open, than what surrounds it."""
    fps = float(rate.fps)
    if level is not None:
        voice, stands_out = np.maximum(level, _QUIETEST_DB).astype(np.float64), _STANDS_OUT_DB
    else:
        voice, stands_out = lips.weighted(curves, arkit.SHAPES, lips.OPENING).astype(np.float64), _STANDS_OUT_GAP
    above = (_blurred(voice, _SYLLABLE * fps) - _blurred(voice, _PHRASE * fps)) / stands_out
    stress = _blurred(np.clip((above - _BAR) / (1.0 - _BAR), 0.0, 1.0), _BROW * fps)
    ahead = min(round(LEAD * fps), len(stress) - 1)
    return np.concatenate([stress[ahead:], np.zeros(ahead)]).astype(np.float32)


def raise_brows(curves: Curves, stress: NDArray[np.float32], settings: Settings) -> None:
    """Add the raise to what the brows do already, in place."""
    emphasis = settings.brow_emphasis * takes_part(settings)
    for name, most in RAISED.items():
        for column in arkit.indices(arkit.sides(name)):
            room = 1.0 - np.clip(curves[:, column], 0.0, 1.0)
            curves[:, column] += np.float32(emphasis * most) * stress * room


def _blurred(curve: NDArray[np.float64], frames: float) -> NDArray[np.float64]:
    """A Gaussian of that standard deviation, the ends held."""
    reach = max(1, round(3 * frames))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / frames) ** 2)
    return np.convolve(np.pad(curve, reach, mode="edge"), weights / weights.sum(), mode="valid")
