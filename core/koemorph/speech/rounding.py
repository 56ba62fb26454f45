"""How round lips are, heard from moment to moment: what a filmed mouth did at such a sound, and which vowel it may be.

A mouth narrows at more than its rounded vowels, and a vowel that is told round looks so on one face and not on another.
So both count: a filter of the listener's features that has learned a real mouth's narrowness, and the chance that
a rounded vowel sounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ..errors import ModelError
from ..features.listener import FEATURE_RATE, FEATURE_SIZE
from ..model_folder import MODEL, REINSTALL
from .articulation import resolve
from .symbols import classes

REACH: Final = 6
"""Features to either side that narrowness is heard from."""
SEEN, TOLD = 0.25, 0.40
"""What a filmed mouth's full narrowness, and a vowel that is certainly round, add to `lips.rounding`."""
_RANGE: Final = (-0.6, 1.6)
"""Of narrowness: 0 at rest, 1 for lips rounded as few vowels round them, below 0 for spread ones."""
_STEADY: Final = np.array([0.03, 0.1, 0.22, 0.3, 0.22, 0.1, 0.03])
"""How what is heard is smoothed, 50 a second: lips are not as fast as sounds."""
_PIECE: Final = 4096
"""Features looked at together: those of hours are not copied at once."""

Array = NDArray[np.float32]


@dataclass(frozen=True)
class MouthEar:
    """Hears how narrow a mouth is: `weights` (13, 512) over the features around a moment, and `bias`."""

    weights: Array
    bias: float

    @classmethod
    def load(cls, stored: bytes, where: str) -> MouthEar:
        """From the .npz of a model folder."""
        arrays = MODEL.arrays(stored, where, REINSTALL)
        weights, bias = (arrays.get(name, np.empty(0)) for name in ("weights", "bias"))
        if (
            weights.shape != (2 * REACH + 1, FEATURE_SIZE)
            or bias.shape
            or {weights.dtype.kind, bias.dtype.kind} != {"f"}
        ):
            raise ModelError(f"{where} does not hold what hears a mouth; {REINSTALL}.")
        return cls(weights.astype(np.float32), float(bias))

    def narrowness(self, features: Array) -> Array:
        """Features (n + 12, 512) at 50 Hz -> (n,): of each that has six on either side."""
        apart = features @ self.weights.T
        together = np.diagonal(sliding_window_view(apart, len(self.weights), axis=0), axis1=1, axis2=2)
        return np.asarray(np.clip(together.sum(axis=1) + self.bias, *_RANGE), np.float32)


def heard_rounding(narrowness: NDArray[Any] | None, phones: NDArray[Any], frames: int, fps: int) -> Array:
    """(frames,) of what is heard, which adds to most of a mouth's own `lips.rounding`; the others are of 50 Hz.

    `phones` are log probabilities (n, classes); without `narrowness` vowels alone are heard.
    """
    heard = np.empty(len(phones), np.float32)
    for first in range(0, len(phones), _PIECE):
        own = slice(first, first + _PIECE)
        heard[own] = TOLD * np.exp(phones[own, _round_vowels()].astype(np.float32)).sum(axis=1)
    if narrowness is not None:
        heard += SEEN * narrowness.astype(np.float32)
    heard = np.convolve(np.pad(heard, len(_STEADY) // 2, mode="edge"), _STEADY, mode="valid")
    moments = np.arange(frames) * (FEATURE_RATE / fps)
    return np.asarray(np.interp(moments, np.arange(len(heard)), heard), np.float32)


@cache
def _round_vowels() -> list[int]:
    return [i for i, name in enumerate(classes()) if name and resolve(name.rstrip("_")).parts[0][0].rounded]
