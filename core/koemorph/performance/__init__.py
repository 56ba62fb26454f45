"""What makes raw curves a performance: each step a function of curves and settings, any of them off = unchanged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..settings import Settings
from ..timing import FrameRate
from .gate import rest_in_silence
from .smoothing import smooth_face

Curves = NDArray[np.float32]


def perform(curves: Curves, level: NDArray[np.float32], settings: Settings, rate: FrameRate) -> Curves:
    """Raw curves (T, 52) in Apple's order and the sound's level (T,) in dB -> finished curves at the same rate.

    Works in the memory of `curves`, which the caller gives up: two hours of animation are held only once.
    """
    smooth_face(curves, settings, rate)
    rest_in_silence(curves, level, settings, rate)
    return np.clip(curves, 0.0, 1.0, out=curves)
