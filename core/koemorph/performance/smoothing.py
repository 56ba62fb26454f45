"""Smoothing with a time constant, so that 30 and 60 fps look the same.

Causal is the exponential average of the documents, B_t = a raw + (1 - a) B_{t-1} with a = 1 - exp(-1 / (tau fps)),
started at the first frame. Zero-phase weighs the future like the past (exp(-|lag| / tau)) and so delays nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..settings import Settings
from ..timing import FrameRate

NEGLIGIBLE = 1e-7


def smooth_face(curves: NDArray[np.float32], settings: Settings, rate: FrameRate) -> None:
    """Smooth each half of the face by its own time, in place."""
    causal = settings.smoothing_method == "causal"
    for names, seconds in (
        (arkit.LOWER_FACE, settings.lower_face_smoothing),
        (arkit.UPPER_FACE, settings.upper_face_smoothing),
    ):
        if seconds > 0.0:
            weights = kernel(seconds, rate, causal=causal)
            for column in arkit.indices(names):
                curves[:, column] = smooth(curves[:, column], weights, causal=causal)


def kernel(seconds: float, rate: FrameRate, *, causal: bool) -> NDArray[np.float64]:
    """Weights that sum to one, down to where they no longer matter; oldest last."""
    decay = 1.0 / (seconds * float(rate.fps))
    lags = np.arange(int(np.ceil(-np.log(NEGLIGIBLE) / decay)) + 1)
    weights = np.exp(-decay * lags)
    if not causal:
        weights = np.concatenate([weights[:0:-1], weights])
    return np.asarray(weights / weights.sum())


def smooth(curve: NDArray[np.float32], weights: NDArray[np.float64], *, causal: bool) -> NDArray[np.float32]:
    """One curve; beyond its ends it is taken to hold its first and last value."""
    reach = len(weights) - 1 if causal else len(weights) // 2
    padded = np.pad(curve.astype(np.float64), (reach, 0 if causal else reach), mode="edge")
    return np.convolve(padded, weights, mode="valid").astype(np.float32)
