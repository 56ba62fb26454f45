"""Draws our head: every quad becomes a patch of points as dense as the picture, the nearest ones show.

The light on each vertex is one number, and a table gives the colour of each material under it; so only one number
has to be spread over the picture, and a window gets sixty a second from one core.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..face import COLOURS, Face

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]

PAPER: Final = (0.925, 0.93, 0.94)
_PAPER_BYTES: Final = np.round(np.array(PAPER) * 255).astype(np.uint8)
_FINE: Final = 2
"""Points drawn for each on paper, along each side."""
MARGIN: Final = 24
"""Points around the picture in which quads at its edge may end."""
_DENSITY: Final = 1.2
"""Points for each of the picture's along a quad's longest edge; fewer leave holes."""
_CLASSES: Final = (*range(1, 13), 14, 16, 20, 24, 32, 40, 56, 80, 112, 160, 224, 320)
"""Points along a side of a quad."""
_SHADES: Final = 256
_BRIGHTEST: Final = 1.8
_KEY, _FILL, _RIM = (0.42, 0.52, 0.74), (-0.83, 0.16, 0.53), (-0.44, 0.5, -0.75)
_SHADOW_TINT: Final = (0.90, 0.94, 1.10)
_LIGHT_TINT: Final = (1.04, 1.0, 0.95)
_IN_MOUTH: Final = ("mouth", "gums", "teeth", "tongue")
_WET: Final = {"sclera": 0.9, "limbus": 0.9, "iris": 0.9, "pupil": 0.9, "lips": 0.14, "teeth": 0.2, "tongue": 0.12}
_LIPS_AT, _DIM_OVER = 0.076, 0.03
"""Metres: light falls into the mouth from the lips on, and loses two thirds of itself over this way."""


@dataclass(frozen=True, kw_only=True)
class View:
    """From where the face is seen: degrees to its left and from above, and what fills the picture's height."""

    turn: float = 0.0
    above: float = 3.0
    centre: tuple[float, float, float] = (0.0, -0.002, 0.0)
    height: float = 0.285
    """Metres at the head's centre."""
    distance: float = 1.1
    """Metres from eye to head; near makes the nose large."""

    def turned(self, across: float, down: float) -> View:
        return replace(self, turn=(self.turn + across + 180) % 360 - 180, above=min(max(self.above + down, -80), 80))

    def nearer(self, factor: float) -> View:
        return replace(self, height=min(max(self.height / factor, 0.06), 0.5))


class Portrait:
    """Draws one face, again and again."""

    def __init__(self, face: Face) -> None:
        self.names = face.names
        self._rest = face.vertices
        self._quads = face.quads
        self._moving = np.flatnonzero(np.abs(face.deltas).max(axis=(0, 2)) > 0)
        self._deltas = np.ascontiguousarray(face.deltas[:, self._moving].reshape(len(face.names), -1))
        self._material = (face.material.astype(np.int32) + 1) * _SHADES
        self._colours = _shades(face)
        inside = np.isin(np.array(face.materials)[face.material], _IN_MOUTH)
        self._inside = np.unique(face.quads[inside])
        wet = np.array([_WET.get(name, 0.0) for name in face.materials], np.float32)[face.material]
        self._shiny = np.zeros(len(face.vertices), np.float32)
        self._shiny[face.quads] = wet[:, None]
        self._sharp = np.where(self._shiny > 0.5, 160.0, 24.0).astype(np.float32)
        self._glossy = np.flatnonzero(self._shiny)

    def posed(self, weights: Floats) -> Floats:
        """The vertices under these weights, which stand in the order of `names`."""
        vertices = self._rest.copy()
        vertices[self._moving] += np.einsum("s,sk->k", weights.astype(np.float32), self._deltas).reshape(-1, 3)
        return np.asarray(vertices, np.float32)

    def draw(self, vertices: Floats, view: View, size: tuple[int, int], margin: int = MARGIN) -> Picture:
        """(height, width, 4) of sRGB bytes, blue first as Qt has it; what is not face is transparent."""
        width, height = size
        placed = (vertices - np.array(view.centre, np.float32)) @ _rotation(view).T
        wide, high = width + 2 * margin, height + 2 * margin
        scale = height / view.height * view.distance / (view.distance - placed[:, 2])
        screen = np.empty_like(placed)
        screen[:, 0] = wide / 2 + placed[:, 0] * scale
        screen[:, 1] = high / 2 - placed[:, 1] * scale
        screen[:, 2] = placed[:, 2]
        seen = _towards_us(screen, self._quads, wide, high)
        light = self._light(vertices, placed)
        base = self._material[seen].astype(np.float32)[:, None]
        shade = base + np.clip(light[self._quads[seen]] * ((_SHADES - 1) / _BRIGHTEST), 0.5, _SHADES - 1.5)
        painted = _painted(screen[self._quads[seen]], shade, wide, high)
        shown = painted.reshape(high, wide)[margin:-margin, margin:-margin]
        return np.take(self._colours, shown, axis=0)

    def draw_on_paper(self, vertices: Floats, view: View, size: tuple[int, int]) -> Picture:
        """(height, width, 3) of sRGB bytes, with smooth edges."""
        width, height = size
        fine = self.draw(vertices, view, (_FINE * width, _FINE * height), _FINE * MARGIN)
        colours = np.where(fine[..., 3:] > 0, fine[..., 2::-1], _PAPER_BYTES)
        blocks = colours.reshape(height, _FINE, width, _FINE, 3)
        return np.asarray(blocks.mean(axis=(1, 3), dtype=np.float32) + 0.5, np.uint8)

    def _light(self, vertices: Floats, placed: Floats) -> Floats:
        """(V,) how bright each vertex is."""
        across = placed[self._quads[:, 2]] - placed[self._quads[:, 0]]
        down = placed[self._quads[:, 3]] - placed[self._quads[:, 1]]
        normal = np.empty_like(placed)
        corner = self._quads.ravel()
        for axis in range(3):
            one, two = (axis + 1) % 3, (axis + 2) % 3
            flat = across[:, one] * down[:, two] - across[:, two] * down[:, one]
            normal[:, axis] = np.bincount(corner, np.repeat(flat, 4), len(placed))
        normal /= np.maximum(np.sqrt(np.einsum("vk,vk->v", normal, normal)), 1e-12)[:, None]
        lamps = np.array([_unit(_KEY), _unit(_FILL), _unit(_RIM)], np.float32)
        key, fill, rim = (normal @ lamps.T).T
        light = 0.30 + 0.66 * np.clip((key + 0.25) / 1.25, 0, None)
        light += 0.20 * np.clip((fill + 0.4) / 1.4, 0, None) + 0.25 * np.clip(rim, 0, None)
        half = _unit(np.add(_unit(_KEY), (0, 0, 1)))
        shine = np.clip(normal[self._glossy] @ half, 0, 1) ** self._sharp[self._glossy]
        light[self._glossy] += self._shiny[self._glossy] * shine
        behind = np.clip(_LIPS_AT - vertices[self._inside, 2], 0, None)
        light[self._inside] *= np.exp(-behind / _DIM_OVER)
        return np.asarray(light, np.float32)


def _towards_us(screen: Floats, quads: NDArray[np.int32], width: int, height: int) -> NDArray[np.int64]:
    """The quads whose front is seen, and that lie within the canvas with all their corners."""
    x, y = np.ascontiguousarray(screen[:, :2].T)
    one, two, three, four = np.ascontiguousarray(quads.T)
    front = (x[three] - x[one]) * (y[four] - y[two]) < (y[three] - y[one]) * (x[four] - x[two])
    within = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return np.flatnonzero(front & within[one] & within[two] & within[three] & within[four])


def _painted(corners: Floats, shades: Floats, width: int, height: int) -> NDArray[np.uint16]:
    """The shade in each place of the canvas, 0 where there is nothing. `shades` are those of the quads' corners."""
    painted = np.zeros(width * height, np.uint16)
    depths = np.full(width * height, -np.inf, np.float32)
    edges = corners[:, [1, 2, 3, 0], :2] - corners[..., :2]
    lengths = np.einsum("qek,qek->eq", edges, edges)
    longest = np.sqrt(np.maximum(np.maximum(lengths[0], lengths[1]), np.maximum(lengths[2], lengths[3])))
    grades = np.minimum(np.searchsorted(_CLASSES, longest * _DENSITY), len(_CLASSES) - 1)
    order = np.argsort(grades, kind="stable")
    x, y, z = np.ascontiguousarray(corners[order].transpose(2, 0, 1))
    shades = shades[order]
    bounds = np.searchsorted(grades[order], np.arange(len(_CLASSES) + 1))
    for count, first, stop in zip(_CLASSES, bounds[:-1], bounds[1:], strict=True):
        if first == stop:
            continue
        own = slice(first, stop)
        places = _spread(y[own], count).astype(np.int32)
        places *= np.int32(width)
        places += _spread(x[own], count).astype(np.int32)
        near = _spread(z[own], count)
        places, near = places.ravel(), near.ravel()
        np.maximum.at(depths, places, near)
        front = np.flatnonzero(near >= depths[places])
        painted[places[front]] = _spread(shades[own], count).ravel()[front].astype(np.uint16)
    return painted


def _spread(corners: Floats, count: int) -> Floats:
    """(quads, 4) -> (quads, count, count): what lies between the corners, at `count` points along each side.

    By sums and not by matrices: those are spread over threads, which on a busy machine wait for each other.
    """
    steps = (np.arange(count, dtype=np.float32) + 0.5) / count
    one, two, three, four = corners.T[:, :, None]
    left, right = one + (four - one) * steps, two + (three - two) * steps
    points = (right - left)[:, :, None] * steps
    points += left[:, :, None]
    return np.asarray(points, np.float32)


def _shades(face: Face) -> Picture:
    """The colour of each material under each light, blue first; before them all, nothing."""
    light = np.linspace(0, _BRIGHTEST, _SHADES, dtype=np.float32)[:, None]
    shadow, bright = np.array(_SHADOW_TINT, np.float32), np.array(_LIGHT_TINT, np.float32)
    tint = shadow + np.clip(light, 0, 1) * (bright - shadow)
    albedo = np.array([COLOURS[name] for name in face.materials], np.float32) ** 2.2
    linear = albedo[:, None] * np.minimum(light, 1.0) * tint + 0.9 * np.clip(light - 1.0, 0, None) ** 1.5
    encoded = np.clip(linear, 0, 1) ** (1 / 2.2) * 255 + 0.5
    table = np.zeros((len(face.materials) + 1, _SHADES, 4), np.uint8)
    table[1:, :, :3] = encoded[..., ::-1]
    table[1:, :, 3] = 255
    return table.reshape(-1, 4)


def _rotation(view: View) -> Floats:
    turn, above = np.radians([-view.turn, view.above])
    spin = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    tip = np.array([[1, 0, 0], [0, np.cos(above), -np.sin(above)], [0, np.sin(above), np.cos(above)]])
    return np.asarray(tip @ spin, np.float32)


def _unit(vector: object) -> Floats:
    array = np.asarray(vector, np.float32)
    return np.asarray(array / np.linalg.norm(array), np.float32)
