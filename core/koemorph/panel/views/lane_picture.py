"""Lanes drawn as one picture, without Qt's own slow lines: curves in the colours of their regions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...take import Take
from ..looks import region_colour
from . import tracing

Rows = list[tuple[str, str]]
"""(region, shape) of each lane."""


def lanes_picture(
    take: Take, behind: Take | None, rows: Rows, stretch: tuple[float, float], size: tuple[int, int], dark: bool
) -> tracing.Picture:
    """The lanes one above the other, `size` being one lane's, with another take faint behind them."""
    inks = [region_colour(region, dark) for region, _ in rows]
    colours = np.array([(ink.redF(), ink.greenF(), ink.blueF()) for ink in inks], dtype=np.float32)
    picture = _traced(take, rows, stretch, size, colours, 0.22)
    if behind is not None:
        faint = np.full_like(colours, 0.75 if dark else 0.35)
        under = _traced(behind, rows, stretch, size, faint, 0.0)
        picture = np.where(picture[..., 3:] > 80, picture, np.maximum(picture, under // 2))
    return np.ascontiguousarray(picture)


def _traced(
    take: Take,
    rows: Rows,
    stretch: tuple[float, float],
    size: tuple[int, int],
    colours: NDArray[np.float32],
    fill: float,
) -> tracing.Picture:
    names = [name for _, name in rows]
    known = [i for i, name in enumerate(names) if name in take.names]
    low = np.full((len(names), size[0]), np.nan, np.float32)
    high = low.copy()
    columns = [take.names.index(names[i]) for i in known]
    low[known], high[known] = tracing.bounds(take, columns, *stretch, size[0])
    return tracing.lanes(low, high, size[1], colours, fill)
