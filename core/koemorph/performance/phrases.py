"""When somebody speaks: the stretches between pauses, from the sound's level or, without a sound, from the mouth."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..take import Curves
from ..timing import FrameRate

SOUNDING_DB: Final = -45.0
MOVING: Final = 0.35
"""How much the shapes of the mouth must move together, a second, to speak."""
PAUSE: Final = 0.25
"""Seconds: shorter silences belong to a phrase."""
SHORTEST: Final = 0.12
_NEAR: Final = 0.10
"""Seconds over which movement is averaged."""

Spans = NDArray[np.float64]
"""(n, 2) seconds: begin and end."""


def phrases(curves: Curves, level: NDArray[np.float32] | None, rate: FrameRate) -> Spans:
    """Begin and end of each phrase, seconds from the first frame."""
    fps = float(rate.fps)
    speaking = level > SOUNDING_DB if level is not None else _mouth_speed(curves, fps) > MOVING
    found = runs(speaking) / fps
    if not len(found):
        return found
    pauses = found[1:, 0] - found[:-1, 1] >= PAUSE
    begins = found[np.concatenate([[True], pauses]), 0]
    ends = found[np.concatenate([pauses, [True]]), 1]
    joined = np.stack([begins, ends], axis=1)
    return np.asarray(joined[joined[:, 1] - joined[:, 0] >= SHORTEST])


def runs(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n, 2): the first frame of each stretch of true ones and the one after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return edges.reshape(-1, 2).astype(np.int64)


def _mouth_speed(curves: Curves, fps: float) -> NDArray[np.float64]:
    """How much all shapes of the mouth move together, a second."""
    moved = np.zeros(len(curves))
    for column in arkit.indices(arkit.LOWER_FACE):
        moved[1:] += np.abs(np.diff(curves[:, column]))
    reach = max(1, round(_NEAR * fps))
    return np.convolve(moved, np.ones(2 * reach + 1) / (2 * reach + 1), mode="same")[: len(curves)] * fps
