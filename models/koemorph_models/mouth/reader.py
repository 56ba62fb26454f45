"""Tells a mouth's course from what the listener hears: learned from the film, asked about anybody.

A ridge regression on the main directions of the listener's features, each in units of how much it varies, in a third of
a second around each moment: small and stiff enough that one man's mouth can speak for other voices, too. Phones keep
the last word: `teacher.following`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from koemorph.features.listener import FEATURE_RATE
from koemorph.files import atomic
from koemorph.speech.rounding import REACH, STRIDE, TAPS

from ..errors import DataError
from ..teacher.heard import CHANNELS, MouthCourse

DIRECTIONS: Final = 160
STIFFNESS: Final = 0.1
"""Of the ridge, as a share of the inputs' variance."""
_RANGE: Final = (-0.6, 1.6)

Array = NDArray[np.floating]
_FIELDS: Final = ("mean", "basis", "weights", "offset")


@dataclass(frozen=True, eq=False, kw_only=True)
class MouthReader:
    """`basis` (512, directions) makes features small; `weights` (window * directions, 3) read the channels."""

    mean: Array
    basis: Array
    weights: Array
    offset: Array

    def course(self, features: Array) -> MouthCourse:
        """(n, 512) features at 50 Hz -> the course at the same moments."""
        inputs = _windows((np.asarray(features, np.float32) - self.mean) @ self.basis)
        told = np.clip(inputs @ self.weights + self.offset, *_RANGE).astype(np.float32)
        return MouthCourse(float(FEATURE_RATE), *told.T)

    def save(self, path: Path) -> None:
        with atomic(path) as handle:
            np.savez(handle, mean=self.mean, basis=self.basis, weights=self.weights, offset=self.offset)

    def narrowness(self) -> tuple[NDArray[np.float16], np.float32]:
        """All that is linear here as one filter (7, 512) and a bias, for `koemorph.speech.rounding.MouthEar`."""
        weights = self.weights[:, CHANNELS.index("narrowness")].reshape(TAPS, -1) @ self.basis.T
        bias = self.offset[CHANNELS.index("narrowness")] - (weights @ self.mean).sum()
        return weights.astype(np.float16), np.float32(bias)

    @classmethod
    def load(cls, path: Path) -> MouthReader:
        try:
            with np.load(path, allow_pickle=False) as stored:
                return cls(**{name: stored[name] for name in _FIELDS})
        except (OSError, KeyError, ValueError) as err:
            raise DataError(f"{path} is no mouth reader of 'koemorph-models train-mouth' ({err}).") from err


def train_reader(
    heard: Sequence[Array], films: Sequence[MouthCourse], directions: int = DIRECTIONS, stiffness: float = STIFFNESS
) -> MouthReader:
    """From the features of each clip and what its film shows, at the film's pictures."""
    every = np.concatenate([np.asarray(one, np.float32) for one in heard])
    mean = every.mean(axis=0)
    variances, vectors = np.linalg.eigh(np.cov(every - mean, rowvar=False))
    basis = (vectors / np.sqrt(np.maximum(variances, 1e-12)))[:, ::-1][:, :directions].astype(np.float32)
    size = TAPS * basis.shape[1] + 1
    inner, outer = np.zeros((size, size)), np.zeros((size, len(CHANNELS)))
    for one, film in zip(heard, films, strict=True):
        times = np.arange(len(film.gap)) / film.rate
        rows = np.round(times * FEATURE_RATE).astype(int)
        inputs = _windows((np.asarray(one, np.float32) - mean) @ basis)
        inputs = np.pad(inputs[rows[rows < len(inputs)]], ((0, 0), (0, 1)), constant_values=1.0)
        told = np.stack(film.channels(), axis=1)[: len(inputs)]
        inner += inputs.T @ inputs
        outer += inputs.T @ told
    ridge = np.full(size, stiffness * float(np.trace(inner[:-1, :-1])) / size)
    ridge[-1] = 0.0  # the mean is not held back
    weights = np.linalg.solve(inner + np.diag(ridge), outer).astype(np.float32)
    return MouthReader(mean=mean, basis=basis, weights=weights[:-1], offset=weights[-1])


def _windows(inputs: Array) -> Array:
    """Each moment with those around it; the ends are held."""
    padded = np.pad(inputs, ((REACH, REACH), (0, 0)), mode="edge")
    stacked = sliding_window_view(padded, 2 * REACH + 1, axis=0)[:, :, ::STRIDE].swapaxes(1, 2)
    return np.ascontiguousarray(stacked).reshape(len(inputs), -1)
