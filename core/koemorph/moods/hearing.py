"""Which mood a voice is in, heard in the listener's tones: how it is said, whatever is said.

A tone is the mean and the mean square of a lower layer over a cell of half a second. Five cells around a moment, each
counting as much as there is sound in it, give a mean and a spread; one linear layer makes scores of them, and scores
are averaged over some seconds. What is unsure is neutral.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

CELL_SECONDS: Final = 0.5
AROUND: Final = (0.5, 1.0, 1.0, 1.0, 0.5)
"""How much the cells around a moment count: two seconds in all."""
SOUNDING_DB: Final = -45.0
LEAST_SOUND: Final = 0.5
"""Cells' worth of sound around a moment, below which nothing can be told."""
_LEAST_SPREAD: Final = 1e-4

Array = NDArray[np.float32]


def sound_in_cells(level: Array, frames: int, cells: int) -> Array:
    """(cells,): the share of each cell that sounds; `level` in dB, `frames` of it to a cell."""
    padded = np.full(cells * frames, -np.inf, dtype=np.float32)
    padded[: min(len(level), len(padded))] = level[: len(padded)]
    return np.asarray((padded.reshape(cells, frames) > SOUNDING_DB).mean(axis=1), dtype=np.float32)


def pooled(tones: Array, sound: Array) -> tuple[Array, Array]:
    """Tones (cells, 2 n) -> mean and spread around each cell (cells, 2 n), and how much sound there is around it."""
    size = tones.shape[1] // 2
    reach = len(AROUND) // 2
    heard = np.convolve(sound, AROUND, mode="full")[reach : reach + len(sound)]
    weighted = np.pad(tones * sound[:, None], ((reach, reach), (0, 0)))
    total = sum(share * weighted[i : i + len(sound)] for i, share in enumerate(AROUND))
    moments = total / np.maximum(heard, 1e-6)[:, None]
    mean = moments[:, :size]
    spread = np.sqrt(np.maximum(moments[:, size:] - mean**2, _LEAST_SPREAD))
    return np.concatenate([mean, spread], axis=1).astype(np.float32), heard.astype(np.float32)
