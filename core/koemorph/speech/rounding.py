"""How round lips are, heard from moment to moment: what a filmed mouth did at such a sound, and which vowel it may be.

A mouth narrows at more than its rounded vowels, and a vowel that is told round looks so on one face and not on another.
So a filter of the listener's features, which has learned a real mouth's narrowness, speaks everywhere; where a vowel
sounds, it is moved just as far as it takes for a rounded one to look round, and for any other not to.
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
STRIDE: Final = 2
"""Features to either side that narrowness is heard from, and the steps between those that count."""
TAPS: Final = 2 * REACH // STRIDE + 1
ROUND, SPREAD = 1.3, 0.25
"""Narrowness that a vowel has at least that is certainly round, and at most that is certainly not."""
CONSONANT: Final = 0.7
"""Narrowness at least of w, and of r and sh by how much less they are rounded, for each 1 of `Shape.rounding`."""
_SPEAKING: Final = 0.12
"""Narrowness of lips at rest, while somebody speaks: so spread ones can be told from them."""
_SIZE: Final = 0.5
"""`lips.rounding` of a narrowness of 1."""
_RANGE: Final = (-0.6, 1.6)
"""Of narrowness: 0 at rest, 1 for lips rounded as few vowels round them, below 0 for spread ones."""
_STEADY: Final = np.array([0.03, 0.1, 0.22, 0.3, 0.22, 0.1, 0.03])
_BRIEF: Final = np.array([0.25, 0.5, 0.25])
"""How the filter, and how vowels are smoothed, 50 a second: lips are not as fast as sounds."""
_PIECE: Final = 4096
"""Features looked at together: those of hours are not copied at once."""

Array = NDArray[np.float32]


@dataclass(frozen=True)
class MouthEar:
    """Hears how narrow a mouth is: `weights` (7, 512) over every other feature around a moment, and `bias`."""

    weights: Array
    bias: float

    @classmethod
    def load(cls, stored: bytes, where: str) -> MouthEar:
        """From the .npz of a model folder."""
        arrays = MODEL.arrays(stored, where, REINSTALL)
        weights, bias = (arrays.get(name, np.empty(0)) for name in ("weights", "bias"))
        if weights.shape != (TAPS, FEATURE_SIZE) or bias.shape or {weights.dtype.kind, bias.dtype.kind} != {"f"}:
            raise ModelError(
                f"{where} hears a mouth in another way than this version: where it is your own, train-mouth and compact"
                f" --mouth of koemorph-models make it anew; else {REINSTALL}."
            )
        return cls(weights.astype(np.float32), float(bias))

    def narrowness(self, features: Array) -> Array:
        """Features (n + 12, 512) at 50 Hz -> (n,): of each that has six on either side."""
        apart = features @ self.weights.T
        around = sliding_window_view(apart, 2 * REACH + 1, axis=0)[:, :, ::STRIDE]
        return np.asarray(np.clip(np.trace(around, axis1=1, axis2=2) + self.bias, *_RANGE), np.float32)


def heard_rounding(narrowness: NDArray[Any], phones: NDArray[Any], frames: int, fps: int) -> Array:
    """(frames,) of what is heard of a mouth's `lips.rounding`, from narrowness (n,) and log probabilities (n, classes).

    A vowel is as round as the square roots of the chances tell: a doubtful one stays nearer to what the filter heard.
    """
    heard = _smoothed(narrowness.astype(np.float32), _STEADY)
    moved = np.empty(len(phones), np.float32)
    vowels, others, consonants, least = _classes()
    for first in range(0, len(phones), _PIECE):
        own = slice(first, first + _PIECE)
        round_, other = (np.exp(phones[own, kind].astype(np.float32)).sum(axis=1) for kind in (vowels, others))
        share = np.sqrt(round_) / (np.sqrt(round_) + np.sqrt(other) + np.float32(1e-6))
        narrower, wider = np.maximum(ROUND - heard[own], 0.0), np.maximum(heard[own] - SPREAD, 0.0)
        moved[own] = (round_ + other) * (share * narrower - (1 - share) * wider)
        lacking = np.maximum(least - heard[own, None], 0.0)
        moved[own] += (np.exp(phones[own, consonants].astype(np.float32)) * lacking).sum(axis=1)
    heard = _SIZE * (heard + _smoothed(moved, _BRIEF) + _SPEAKING)
    moments = np.arange(frames) * (FEATURE_RATE / fps)
    return np.asarray(np.interp(moments, np.arange(len(heard)), heard), np.float32)


def _smoothed(course: Array, weights: NDArray[Any]) -> Array:
    return np.asarray(np.convolve(np.pad(course, len(weights) // 2, mode="edge"), weights, mode="valid"), np.float32)


@cache
def _classes() -> tuple[list[int], list[int], list[int], Array]:
    """Those of rounded vowels, of all others, of rounded consonants, and how narrow each of these is at least."""
    shapes = [(i, resolve(name.rstrip("_")).parts[0][0]) for i, name in enumerate(classes()) if name]
    round_ = [(i, shape) for i, shape in shapes if shape.rounded]
    return (
        [i for i, shape in round_ if shape.vowel],
        [i for i, shape in shapes if shape.vowel and not shape.rounded],
        [i for i, shape in round_ if not shape.vowel],
        np.array([CONSONANT * shape.rounding for _, shape in round_ if not shape.vowel], np.float32),
    )
