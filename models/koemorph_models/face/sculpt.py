"""What the shapes are made with: where each vertex lies around the mouth, and ways to move what is near something."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np

from . import form
from .form import Points
from .head import SEAM, Loops, lip_line
from .mesh import Indices

_STEEPEST: Final = 1.6


def ease(value: Points) -> Points:
    """0 below 0, 1 above 1, smooth between."""
    t = np.clip(value, 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))


class Sculpt:
    """The head at rest, in centimetres.

    Around the mouth a vertex is addressed by elliptic coordinates whose foci are the corners: `angle` runs around the
    lips (0 at the left corner, positive on the upper side) and `away` is 0 on the line between them and grows outwards.
    They are what tells the upper lip from the lower where the two touch.
    """

    def __init__(
        self, points: Points, parts: dict[str, tuple[int, int]], mouth: Loops, eyes: tuple[Loops, Loops]
    ) -> None:
        self.parts = {name: slice(*ends) for name, ends in parts.items()}
        self.mouth, self.eyes = mouth, eyes
        self.points = points
        head = np.zeros(len(points), dtype=bool)
        head[self.parts["head"]] = True
        self.head = head
        height = points[:, 1] - lip_line(np.clip(points[:, 0], -SEAM, SEAM))
        around = np.arccosh((points[:, 0] + 1j * height) / SEAM)
        self.away, self.angle = np.abs(around.real), around.imag * np.where(around.real < 0, -1, 1)
        inner = mouth.rings[mouth.edge :]
        turn = np.where(mouth.angle > np.pi, mouth.angle - 2 * np.pi, mouth.angle)
        self.away[inner] = 0.0
        self.angle[inner] = turn
        self.inside = np.zeros(len(points))
        """0 on the face; 0 on the line of the lips and growing to 1 at the end of the mouth's cavity."""
        self.inside[inner] = np.linspace(0.0, 1.0, len(inner))[:, None]
        self.cavity = np.zeros(len(points), dtype=bool)
        self.cavity[mouth.rings[mouth.edge + 1 :]] = True
        self.skin = head & ~self.cavity
        self.mirror = self._mirror()
        self.points = (points + points[self.mirror] * [-1, 1, 1]) / 2

    def _mirror(self) -> Indices:
        """For each vertex the one on the other side."""
        side = np.sign(np.sin(self.angle).round(9)) * (self.away == 0.0) * self.head
        key = np.column_stack([self.points, 5.0 * side, 100.0 * self.inside])
        other = key * [-1, 1, 1, 1, 1]
        nearest = np.empty(len(key), dtype=np.int64)
        for first in range(0, len(key), 500):
            block = other[first : first + 500]
            apart = (block**2).sum(1)[:, None] - 2 * block @ key.T + (key**2).sum(1)
            nearest[first : first + 500] = apart.argmin(axis=1)
        assert (nearest[nearest] == np.arange(len(key))).all(), "the head is not symmetric"
        return nearest

    def mirrored(self, moves: Points) -> Points:
        return np.asarray(moves[self.mirror] * [-1, 1, 1])

    def none(self) -> Points:
        return np.zeros_like(self.points)

    @cached_property
    def _relief(self) -> tuple[Points, Points, Points]:
        x, y = np.arange(-7.5, 7.51, 0.15), np.arange(-11.4, 8.01, 0.15)
        return x, y, form.depth(x[:, None], y[None, :])

    def relief(self, x: Points, y: Points) -> Points:
        """The skin's z seen from the front, read from a table."""
        columns, rows, table = self._relief
        u = np.clip((x - columns[0]) / 0.15, 0, len(columns) - 1.001)
        v = np.clip((y - rows[0]) / 0.15, 0, len(rows) - 1.001)
        i, j = u.astype(int), v.astype(int)
        a, b = u - i, v - j
        return np.asarray(
            (1 - a) * ((1 - b) * table[i, j] + b * table[i, j + 1])
            + a * ((1 - b) * table[i + 1, j] + b * table[i + 1, j + 1])
        )

    def slid(self, moves: Points) -> Points:
        """Moves that follow the form of the head: sideways and up as given, in and out in addition."""
        p = self.points
        follow = self.relief(p[:, 0] + moves[:, 0], p[:, 1] + moves[:, 1]) - self.relief(p[:, 0], p[:, 1])
        front = ease(p[:, 2] / 2.0) * self.head
        result = moves.copy()
        most = _STEEPEST * np.hypot(moves[:, 0], moves[:, 1])  # beside the head there is no form to follow
        result[:, 2] += np.clip(follow, -most, most) * front
        return np.asarray(result)

    def near(self, x: float, y: float, wide: float, tall: float | None = None) -> Points:
        """1 at a place of the face seen from the front, fading out around it."""
        p = self.points
        apart = ((p[:, 0] - x) / wide) ** 2 + ((p[:, 1] - y) / (tall or wide)) ** 2
        return np.asarray(np.exp(-apart) * ease((p[:, 2] - 0.5) / 2.5) * (apart < 6.0))

    def lips(self, reach: float, hold: float = 0.25) -> Points:
        """1 on the lips, fading to 0 over `reach` around them and into the cavity."""
        outside = 1 - ease((self.away - hold) / reach)
        inwards = np.where(self.cavity, 1 - ease(self.inside / 0.55), 1.0)
        return np.asarray(outside * inwards * self.head * ease((self.points[:, 2] - 2.5) / 3.0))

    def corner(self, power: float = 2.5) -> Points:
        """1 at the left corner of the mouth, fading around the lips."""
        return np.asarray(((1 + np.cos(self.angle)) / 2) ** power)

    @property
    def upper(self) -> Points:
        """1 on the upper lip, 0 at the corners and below."""
        return np.asarray(np.clip(np.sin(self.angle), 0, 1) ** 0.8)

    @property
    def lower(self) -> Points:
        return np.asarray(np.clip(-np.sin(self.angle), 0, 1) ** 0.8)

    @property
    def left(self) -> Points:
        """Blends from the right half to the left; with its mirror image it sums to 1."""
        return ease(self.points[:, 0] / 3.2 + 0.5)

    def along(self, weight: Points, direction: tuple[float, float, float]) -> Points:
        return np.asarray(weight[:, None] * np.array(direction))
