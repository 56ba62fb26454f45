"""Curves and sound as pictures, by numpy alone: fifty lanes of a minute in a few milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...audio import SAMPLE_RATE, Clip
from ...take import Curves, Take

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]

PEAKS_A_SECOND: Final = 400
_FULL: Final = 60
"""Points of a lane from which on lines become no thicker."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Wave:
    """The lowest and the highest sample in each of `PEAKS_A_SECOND` parts of a second, the loudest of all at 1."""

    low: Floats
    high: Floats
    start: float = 0.0
    """Seconds of the recording at which the first part begins."""

    @classmethod
    def of(cls, clip: Clip) -> Wave:
        step = SAMPLE_RATE // PEAKS_A_SECOND
        low, high = [], []
        for first in range(0, clip.sample_count, 60 * SAMPLE_RATE):
            samples = clip.read(first, min(first + 60 * SAMPLE_RATE, clip.sample_count))
            padded = np.pad(samples, (0, -len(samples) % step)).reshape(-1, step)
            low.append(padded.min(axis=1))
            high.append(padded.max(axis=1))
        lows, highs = np.concatenate(low), np.concatenate(high)
        peak = max(float(highs.max()), -float(lows.min()), 1e-6)
        return cls(
            low=np.asarray(lows / peak, np.float32), high=np.asarray(highs / peak, np.float32), start=float(clip.start)
        )

    def columns(self, left: float, right: float, count: int) -> tuple[Floats, Floats]:
        """Lowest and highest in each of `count` columns from `left` to `right` seconds; 0 where there is no sound."""
        edges = (np.linspace(left, right, count + 1) - self.start) * PEAKS_A_SECOND
        low, high = np.zeros(count, np.float32), np.zeros(count, np.float32)
        inside = (edges[:-1] >= 0) & (edges[:-1] < len(self.low))
        first = edges[:-1][inside].astype(np.int64)
        if len(first):
            stop = min(len(self.low), max(int(edges[1:][inside][-1]) + 1, int(first[-1]) + 1))
            low[inside] = np.minimum.reduceat(self.low[:stop], first)
            high[inside] = np.maximum.reduceat(self.high[:stop], first)
        return low, high


def row_at(take: Take, moment: float) -> NDArray[np.float32]:
    """The values of the frame that a moment of the recording falls into."""
    frame = int(np.floor((moment - float(take.start)) * float(take.rate.fps) + 1e-6))
    return np.asarray(take.values[min(max(frame, 0), take.frame_count - 1)])


def bounds(take: Take, columns: list[int], left: float, right: float, count: int) -> tuple[Floats, Floats]:
    """(shapes, count) the lowest and highest value of each curve behind each column of a picture; nan outside."""
    fps = float(take.rate.fps)
    edges = (np.linspace(left, right, count + 1) - float(take.start)) * fps
    values = take.values[:, columns] if columns != list(range(len(take.names))) else take.values
    begin, stop = max(0, int(edges[0])), min(take.frame_count, int(edges[-1]) + 2)
    ends = _read(values, edges)
    low, high = np.minimum(ends[:-1], ends[1:]), np.maximum(ends[:-1], ends[1:])
    if stop - begin > count:
        first = np.clip(edges[:-1].astype(np.int64), begin, stop - 1) - begin
        piece = values[begin:stop]
        low = np.minimum(low, np.minimum.reduceat(piece, first, axis=0))
        high = np.maximum(high, np.maximum.reduceat(piece, first, axis=0))
    outside = (edges[1:] < 0) | (edges[:-1] > take.frame_count - 1)
    low[outside], high[outside] = np.nan, np.nan
    return low.T, high.T


def lanes(low: Floats, high: Floats, height: int, colours: NDArray[np.float32], fill: float = 0.22) -> Picture:
    """(lanes x height, width, 4): a smooth line for each curve and a faint area under it; premultiplied, blue first.

    `height` is in points of the picture for each lane, values go from 0 at its bottom to 1 at its top.
    """
    count, width = low.shape
    stroke = max(1.0, min(height, _FULL) / 22)
    room = height - stroke - 1
    top = (1.0 - np.clip(high, 0, 1)) * room
    bottom = (1.0 - np.clip(low, 0, 1)) * room + stroke
    rows = np.arange(height, dtype=np.float32)[:, None]
    covered = np.minimum(rows + 1, bottom[:, None, :]) - np.maximum(rows, top[:, None, :])
    line = np.clip(np.nan_to_num(covered), 0, 1)
    under = np.where(rows >= bottom[:, None, :], np.float32(fill), np.float32(0)) * (high[:, None, :] > 0.004)
    alpha = np.maximum(line, under) * 255
    picture = np.empty((count, height, width, 4), np.uint8)
    for channel in range(3):
        picture[..., channel] = alpha * colours[:, None, None, 2 - channel]
    picture[..., 3] = alpha
    return picture.reshape(count * height, width, 4)


def _read(values: Curves, positions: NDArray[np.float64]) -> Floats:
    """Values between frames, held beyond the ends."""
    inside = np.clip(positions, 0, len(values) - 1)
    before = inside.astype(np.int64)
    after = np.minimum(before + 1, len(values) - 1)
    part = (inside - before).astype(np.float32)[:, None]
    return np.asarray(values[before] + (values[after] - values[before]) * part, np.float32)
