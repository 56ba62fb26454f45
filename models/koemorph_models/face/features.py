"""What lies in the head or on it: eyeballs, teeth with gums, tongue, brows, ears."""

from __future__ import annotations

from typing import Final

import numpy as np

from . import form
from .form import EYE, EYE_RADIUS, Points
from .mesh import Indices, Mesh

ARCH_WIDTH: Final = 2.15
"""Half the distance between the last teeth of a row."""
_TEETH: Final = 10
_ROUND: Final = 24


def eye(mesh: Mesh, side: int) -> None:
    """A ball of rings around the line of sight, the pupil first."""
    mesh.begin("eye_left" if side > 0 else "eye_right")
    angle = np.arange(_ROUND) * 2 * np.pi / _ROUND
    pitch = np.radians([5.5, 11.0, 13.0, 20.0, 27.0, 29.5, 37.0, 48.0, 62.0, 78.0, 95.0])
    c, s = np.cos(angle), np.sin(angle)
    rings = []
    for tilt in pitch:
        flat = 0.05 * max(0.0, 1 - tilt / np.radians(27.0))
        ring = np.stack([np.sin(tilt) * c, np.sin(tilt) * s, np.full_like(c, np.cos(tilt) - flat)], axis=-1)
        rings.append(np.array(EYE) * [side, 1, 1] + EYE_RADIUS * ring)
    table = mesh.add(np.stack(rings))[::-1]
    mesh.sheet(table[:6], "sclera")
    mesh.sheet(table[5:7], "limbus")
    mesh.sheet(table[6:10], "iris")
    mesh.sheet(table[9:], "pupil")
    mesh.cap(table[-1], "pupil")


def teeth(mesh: Mesh, upper: bool) -> None:
    """A row swept along an arch, with grooves between the teeth and the gum above them."""
    mesh.begin("teeth_upper" if upper else "teeth_lower")
    steps = _TEETH * 4 + 1
    along = np.linspace(-1.0, 1.0, steps)
    width, front, length = (ARCH_WIDTH, 7.4, 2.5) if upper else (ARCH_WIDTH - 0.2, 7.1, 2.3)
    x = width * np.sin(along * np.pi / 2)
    z = front - length * (1 - np.cos(along * np.pi / 2)) ** 1.15
    out = np.stack([np.sin(along * np.pi / 2) * 0.9, np.zeros(steps), np.cos(along * np.pi / 2)], axis=-1)
    out /= np.linalg.norm(out, axis=-1, keepdims=True)
    groove = np.abs(np.sin((np.arange(steps)) * np.pi / 4)) ** 0.5
    tooth_edge = -6.62 if upper else -6.72
    up = 1.0 if upper else -1.0
    long = 1.05 - 0.25 * np.abs(along) ** 2
    profile: tuple[tuple[float, float, float], ...] = (
        # away from the edge (in tooth lengths), outwards, share of the groove
        (2.0, -0.55, 0.0),
        (1.9, 0.05, 0.0),
        (1.35, 0.14, 0.1),
        (1.02, 0.1, 0.3),
        (0.98, 0.02, 1.0),
        (0.6, 0.06, 1.0),
        (0.2, 0.05, 1.0),
        (0.02, -0.02, 1.0),
        (0.0, -0.16, 1.0),
        (0.5, -0.34, 0.3),
        (1.9, -0.5, 0.0),
    )
    rows = []
    for far, outwards, share in profile:
        y = tooth_edge + up * (far * long + 0.06 * (1 - groove) * (far < 0.05))
        offset = outwards - 0.09 * share * (1 - groove)
        rows.append(np.stack([x, y, z], axis=-1) + out * offset[:, None])
    table = mesh.add(np.stack(rows))
    if upper:
        table = table[::-1]
    _strip(mesh, table, upper)


def _strip(mesh: Mesh, table: Indices, upper: bool) -> None:
    quads = np.stack([table[:-1, :-1], table[:-1, 1:], table[1:, 1:], table[1:, :-1]], axis=-1)
    gums = np.zeros(len(quads), dtype=bool)
    gums[(slice(-4, None) if upper else slice(0, 4))] = True
    mesh.quads_of(quads[gums], "gums")
    mesh.quads_of(quads[~gums], "teeth")


def tongue(mesh: Mesh) -> None:
    """Rings from the tip to the root, flat below, with a furrow on top."""
    mesh.begin("tongue")
    count = 16
    angle = np.arange(count) * 2 * np.pi / count
    stations = np.linspace(0.0, 1.0, 12)
    rings = []
    for t in stations:
        z = 6.45 - 4.2 * t
        y = -7.55 + 0.35 * np.sin(t * np.pi) - 0.5 * t**2
        wide = 1.65 * np.sqrt(np.clip(1 - (1 - min(t * 2.2 + 0.03, 1.0)) ** 2, 0, 1))
        thick = 0.32 + 0.45 * t
        thick *= np.sqrt(np.clip(1 - (1 - min(t * 4 + 0.06, 1.0)) ** 2, 0, 1))
        c, s = np.cos(angle), np.sin(angle)
        furrow = -0.12 * np.exp(-((c * wide / 0.35) ** 2)) * (s > 0) * min(1.0, 3 * t)
        rings.append(np.stack([wide * c, y + thick * s + furrow, np.full(count, z)], axis=-1))
    table = mesh.add(np.stack(rings[::-1]))
    mesh.sheet(table, "tongue")
    mesh.cap(table[-1], "tongue")


def brow(mesh: Mesh, side: int) -> None:
    """A tapered roll that follows the ridge above the eye, the inner end first."""
    mesh.begin("brow_left" if side > 0 else "brow_right")
    steps, count = 15, 8
    t = np.linspace(0.0, 1.0, steps)
    x = 1.15 + 4.1 * t
    y = 2.35 + 0.62 * np.sin(np.clip(t * 1.12, 0, 1) * np.pi * 0.78) - 0.28 * t**3
    tall = 0.36 * (1 - 0.72 * t**1.6) * np.sqrt(np.clip(1 - (1 - np.minimum(t * 8 + 0.12, 1)) ** 2, 0, 1))
    tall[-1] *= 0.3
    z = form.depth(x, y)
    angle = np.arange(count) * 2 * np.pi / count
    rings: list[Points] = []
    for i in range(steps):
        upright, proud = np.cos(angle) * tall[i], np.sin(angle) * 0.2 * min(1.0, tall[i] / 0.2)
        flat_x = x[i] - 0.25 * upright * (t[i] - 0.3)
        ring_y = y[i] + upright
        base = form.depth(np.full(count, x[i]), ring_y)
        rings.append(np.stack([flat_x * side, ring_y, 0.35 * z[i] + 0.65 * base + proud + 0.06], axis=-1))
    table = mesh.add(np.stack(rings))
    ordered = table if side > 0 else table[:, ::-1]
    mesh.sheet(ordered, "brows")
    mesh.cap(ordered[-1], "brows")
    mesh.cap(ordered[0][::-1], "brows")


def ear(mesh: Mesh, side: int) -> None:
    """A shell whose rim turns around a hollow."""
    mesh.begin("ear_left" if side > 0 else "ear_right")
    count = 24
    angle = np.arange(count) * 2 * np.pi / count
    c, s = np.cos(angle), np.sin(angle)
    rings = []
    for size, out in (
        (0.75, -0.9),
        (0.95, -0.2),
        (1.05, 0.35),
        (1.0, 0.62),
        (0.86, 0.6),
        (0.72, 0.28),
        (0.5, 0.05),
        (0.2, 0.0),
    ):
        tall, wide = 2.0 * size, 1.25 * size
        y = tall * s - 0.1
        z = -1.4 + wide * c * (1 + 0.22 * s) - 0.18 * s
        x = 6.85 + out + 0.12 * s - 0.45 * (c * 0.8)
        rings.append(np.stack([x * side, y, z], axis=-1))
    table = mesh.add(np.stack(rings))
    ordered = table[:, ::-1] if side > 0 else table
    mesh.sheet(ordered, "skin")
    mesh.cap(ordered[-1], "skin")


def hair(mesh: Mesh) -> None:
    """A short crop: a shell over the scalp that ends in a soft line around the face and the neck."""
    mesh.begin("hair")
    around, rows = 64, 16
    turn = np.arange(around) * 2 * np.pi / around - np.pi
    line = np.interp(
        np.degrees(np.abs(turn)),
        [0, 20, 38, 50, 60, 72, 80, 92, 100, 112, 125, 150, 180],
        [33, 32, 29, 22, 12, 0, -9, -10, 6, -4, -24, -36, -38],
    )
    for _ in range(2):
        line = (np.roll(line, 1) + 2 * line + np.roll(line, -1)) / 4
    share = np.linspace(0.0, 1.0, rows) ** 0.85
    rise = np.radians(87.0 + share[:, None] * (line - 87.0))
    aim = np.stack([np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)], axis=-1)
    skin = form.surface(np.broadcast_to([0.0, 3.5, -1.2], aim.shape), aim)
    thick = 0.62 * (1 - share[:, None] ** 5) + 0.12
    thick = thick + 0.35 * np.exp(-((share[:, None] - 0.62) ** 2) / 0.08) * np.clip(np.cos(turn), 0, 1) ** 2
    shell = skin + thick[..., None] * aim
    ends = np.concatenate([shell, (skin - 0.15 * aim)[-1:]])
    table = mesh.add(ends)[::-1]
    mesh.sheet(table, "hair")
    mesh.cap(table[-1], "hair")
