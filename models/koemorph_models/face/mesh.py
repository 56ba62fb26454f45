"""A mesh in the making: vertices and quads are added part by part; parts remember where their vertices lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .form import Points

Indices = NDArray[np.int64]


class Mesh:
    """Quads run counter-clockwise seen from outside."""

    def __init__(self) -> None:
        self._points: list[Points] = []
        self._quads: list[Indices] = []
        self._materials: list[str] = []
        self._count = 0
        self.parts: dict[str, tuple[int, int]] = {}

    @property
    def count(self) -> int:
        return self._count

    def begin(self, part: str) -> None:
        """Vertices added from here on belong to `part`."""
        self.parts[part] = (self._count, self._count)

    def add(self, points: Points) -> Indices:
        """Add vertices of any arrangement; their numbers come back in the same arrangement."""
        flat = points.reshape(-1, 3)
        numbers = np.arange(self._count, self._count + len(flat)).reshape(points.shape[:-1])
        self._points.append(flat)
        self._count += len(flat)
        last = list(self.parts)[-1]
        self.parts[last] = (self.parts[last][0], self._count)
        return numbers

    def quads_of(self, quads: Indices, material: str) -> None:
        self._quads.append(quads.reshape(-1, 4))
        self._materials += [material] * (quads.size // 4)

    def sheet(self, rings: Indices, material: str, chosen: NDArray[np.bool_] | None = None) -> None:
        """Quads (all or those chosen) between successive closed rings.

        Each ring lies inside the one before and runs counter-clockwise.
        """
        following = np.roll(rings, -1, axis=1)
        quads = np.stack([rings[:-1], following[:-1], following[1:], rings[1:]], axis=-1)
        self.quads_of(quads if chosen is None else quads[chosen], material)

    def cap(self, ring: Indices, material: str) -> None:
        """Close a ring of an even number of vertices by a strip of quads across it."""
        half = len(ring) // 2
        there, back = ring[:half], ring[::-1][:half]
        self.quads_of(np.stack([there[:-1], there[1:], back[1:], back[:-1]], axis=-1), material)

    def points(self) -> Points:
        return np.concatenate(self._points)

    def quads(self) -> Indices:
        return np.concatenate(self._quads)

    def materials(self) -> Sequence[str]:
        return self._materials
