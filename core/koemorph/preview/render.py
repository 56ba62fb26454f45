"""Draws a mesh of small quads: every quad becomes a patch of points as dense as the picture, the nearest ones show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..face import COLOURS, Face

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]

PAPER: Final = (0.925, 0.93, 0.94)
_FINE: Final = 2
"""Points of the raw picture for each of the finished one, along each side."""
_DENSITY: Final = 1.25
"""Samples for each raw point along a side of a quad; fewer leave holes."""
_CLASSES: Final = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 24, 28, 32, 40, 48, 64, 96, 128)


@dataclass(frozen=True)
class View:
    """From where the head is seen: degrees to its left and from above, and what fills the picture's height."""

    turn: float = 0.0
    above: float = 3.0
    centre: tuple[float, float, float] = (0.0, -0.002, 0.0)
    height: float = 0.285
    """Metres at the head's centre."""
    distance: float = 1.1
    """Metres from eye to head; near makes the nose large."""


@dataclass(frozen=True)
class _Light:
    towards: tuple[float, float, float]
    colour: tuple[float, float, float]
    wrap: float


_LIGHTS: Final = (
    _Light((0.45, 0.55, 0.75), (0.80, 0.77, 0.72), 0.25),
    _Light((-0.8, 0.15, 0.5), (0.24, 0.27, 0.33), 0.4),
    _Light((0.1, -0.9, 0.35), (0.12, 0.09, 0.08), 0.3),
    _Light((-0.4, 0.6, -0.75), (0.30, 0.32, 0.36), 0.0),
)
_AMBIENT: Final = (0.24, 0.235, 0.25)
_GLOSS: Final = {"lips": (0.28, 24.0), "tongue": (0.25, 16.0), "teeth": (0.35, 30.0), "gums": (0.2, 16.0)}
_EYES: Final = ("sclera", "limbus", "iris", "pupil")
_IN_MOUTH: Final = ("mouth", "gums", "teeth", "tongue")
_LIPS_AT: Final = 0.074
_DIM_OVER: Final = 0.042
"""Metres: light falls into the mouth from here on, and loses two thirds of itself over this way."""


class Renderer:
    """Draws one face from one side at one size, for as many poses as are wanted."""

    def __init__(self, face: Face, size: tuple[int, int], view: View | None = None) -> None:
        self._face = face
        self._size = size
        self._view = view or View()
        self._turn = _rotation(self._view)
        self._around = _quads_around(face)
        colours = np.array([COLOURS[name] for name in face.materials], np.float32)
        self._albedo = (colours**2.2)[face.material]
        gloss = np.array([_GLOSS.get(name, (0.06, 12.0)) for name in face.materials], np.float32)[face.material]
        glint = np.isin(np.array(face.materials)[face.material], _EYES)
        gloss[glint] = (0.9, 160.0)
        self._gloss = gloss
        self._shaded = np.isin(np.array(face.materials)[face.material], _IN_MOUTH)

    def draw(self, vertices: Floats) -> Picture:
        """(height, width, 3) of sRGB bytes."""
        width, height = (_FINE * side for side in self._size)
        placed = (vertices - np.array(self._view.centre, np.float32)) @ self._turn.T
        scale = height / self._view.height * self._view.distance / (self._view.distance - placed[:, 2])
        screen = np.stack([width / 2 + placed[:, 0] * scale, height / 2 - placed[:, 1] * scale, placed[:, 2]], axis=1)
        corners = screen[self._face.quads].astype(np.float32)
        across, down = corners[:, 2, :2] - corners[:, 0, :2], corners[:, 3, :2] - corners[:, 1, :2]
        seen = across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0] < 0
        colours = self._corner_colours(placed)
        behind = np.clip(_LIPS_AT - vertices[self._face.quads[self._shaded], 2], 0, None)
        colours[self._shaded] *= np.exp(-behind / _DIM_OVER)[..., None]
        points = _scattered(np.concatenate([corners, colours], axis=2)[seen])
        column, row = points[:, 0].astype(np.int32), points[:, 1].astype(np.int32)
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        place = np.where(inside, row * width + column, width * height)
        order = np.argsort(_levels(points[:, 2]), kind="stable")
        nearest = np.full(width * height + 1, -1, np.int32)
        nearest[place[order]] = order  # of several points in one place the last, the nearest, stays
        covered = np.flatnonzero(nearest[:-1] >= 0)
        picture = np.empty((width * height, 3), np.float32)
        picture[:] = np.array(PAPER, np.float32) ** 2.2
        picture[covered] = points[nearest[covered], 3:]
        rows = picture.reshape(self._size[1], _FINE, width * 3).sum(axis=1)
        fine = rows.reshape(self._size[1], self._size[0], _FINE, 3)
        return _encoded(sum(fine[:, :, step] for step in range(_FINE)) / np.float32(_FINE**2))

    def _corner_colours(self, placed: Floats) -> Floats:
        """(Q, 4, 3) of linear light leaving each corner towards the eye."""
        corners = placed[self._face.quads]
        flat = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
        padded = np.concatenate([flat, np.zeros((1, 3), np.float32)])
        normal = padded[self._around].sum(axis=1)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
        light = np.empty_like(normal)
        light[:] = _AMBIENT
        for lamp in _LIGHTS:
            towards = np.array(lamp.towards, np.float32) / np.float32(np.linalg.norm(lamp.towards))
            fall = np.clip((normal @ towards + lamp.wrap) / (1 + lamp.wrap), 0, None)
            light += fall[:, None] * np.array(lamp.colour, np.float32)
        half = np.array(_LIGHTS[0].towards, np.float32)
        half = half / np.linalg.norm(half) + np.array([0, 0, 1], np.float32)
        shine = np.clip(normal @ (half / np.linalg.norm(half)), 0, 1)[self._face.quads]
        strength, sharpness = self._gloss[:, :1], self._gloss[:, 1:]
        glints = (strength * shine**sharpness)[..., None]
        return np.asarray(self._albedo[:, None] * light[self._face.quads] + glints)


def _scattered(corners: Floats) -> Floats:
    """(points, values): what the corners of each quad carry, spread over it as densely as it appears large."""
    sides = np.linalg.norm(np.roll(corners[..., :2], -1, axis=1) - corners[..., :2], axis=2)
    longest = np.maximum(sides[:, :2], sides[:, 2:]) * _DENSITY
    grades = np.minimum(np.searchsorted(_CLASSES, longest), len(_CLASSES) - 1)
    grade = grades[:, 0] * len(_CLASSES) + grades[:, 1]
    values = corners.shape[2]
    order = np.argsort(grade, kind="stable")
    alike = np.flatnonzero(np.diff(grade[order])) + 1
    found = []
    for group in np.split(order, alike):
        across, along = divmod(int(grade[group[0]]), len(_CLASSES))
        chosen = corners[group].transpose(1, 0, 2).reshape(4, -1)
        found.append((_spots(_CLASSES[across], _CLASSES[along]) @ chosen).reshape(-1, values))
    return np.concatenate(found)


@cache
def _spots(across: int, along: int) -> Floats:
    """The weights of a quad's corners at points in so many columns and rows."""
    steps = [(np.arange(count, dtype=np.float32) + 0.5) / count for count in (across, along)]
    u, v = (axis.ravel() for axis in np.meshgrid(*steps))
    return np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=1)


def _levels(depth: Floats) -> NDArray[np.uint16]:
    """Depths as short whole numbers, which sort fastest."""
    low, high = float(depth.min()), float(depth.max())
    return ((depth - low) * (65535 / max(high - low, 1e-9))).astype(np.uint16)


def _quads_around(face: Face) -> NDArray[np.int64]:
    """(V, most) the quads at each vertex, filled up with the number after the last."""
    corner = face.quads.ravel()
    order = np.argsort(corner, kind="stable")
    valence = np.bincount(corner, minlength=len(face.vertices))
    table = np.full((len(valence), valence.max()), len(face.quads))
    slot = np.arange(len(order)) - np.repeat(np.cumsum(valence) - valence, valence)
    table[corner[order], slot] = order // 4
    return table


def _rotation(view: View) -> Floats:
    turn, above = np.radians([-view.turn, view.above])
    spin = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    tip = np.array([[1, 0, 0], [0, np.cos(above), -np.sin(above)], [0, np.sin(above), np.cos(above)]])
    return np.asarray(tip @ spin, np.float32)


def _encoded(linear: Floats) -> Picture:
    """Linear light to sRGB bytes, the brightest rolled off."""
    return np.asarray(np.clip(linear, 0, 1) ** (1 / 2.2) * 255 + 0.5, np.uint8)
