"""The skin: a grid of rays around the head, with loops of quads around the mouth and the eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from . import form
from .form import EYE, MOUTH_Y, Points
from .mesh import Indices, Mesh

SEAM: Final = 2.45
"""Half the width of the closed mouth."""
LID_WIDTH: Final = 1.78
"""Half the width of the open eye."""
_MOUTH_COLUMNS, _EYE_COLUMNS = (-9, 9), (3, 16)
_MOUTH_ROWS, _EYE_ROWS = (-4.5, -8.5), (2.0, -2.0)
_TOP: Final = (82.0, 72.0, 62.0, 52.0, 43.0, 34.0, 26.0, 18.0, 11.0, 5.0)


@dataclass(frozen=True, kw_only=True)
class Loops:
    """Rings around an opening, from the outermost inwards; entry k of each lies at `angle[k]`.

    Angles run counter-clockwise from +X, so that k and -k are above and below each other.
    """

    rings: Indices
    angle: Points
    border: int
    """The ring where the red of the lips begins, or the crease of the lids."""
    edge: int
    """The ring on which the upper and the lower lips or lids can meet."""


def build(mesh: Mesh) -> tuple[Loops, Loops, Loops]:
    """Add the skin; returns the loops of the mouth, the left eye and the right eye."""
    mesh.begin("head")
    grid, heights, columns = _grid()
    kept = np.ones(grid.shape[:2], dtype=bool)
    windows = []
    right = (-_EYE_COLUMNS[1], -_EYE_COLUMNS[0])
    for rows, sides in ((_MOUTH_ROWS, _MOUTH_COLUMNS), (_EYE_ROWS, _EYE_COLUMNS), (_EYE_ROWS, right)):
        top, bottom = (int(np.argmin(np.abs(heights - y))) for y in rows)
        first, last = (int(np.flatnonzero(columns == j)[0]) for j in sides)
        kept[top + 1 : bottom, first + 1 : last] = False
        windows.append((top, bottom, first, last))
    numbers = np.full(kept.shape, -1)
    numbers[kept] = mesh.add(grid[kept])
    hole = np.zeros(kept.shape, dtype=bool)[:-1]
    for top, bottom, first, last in windows:
        hole[top:bottom, first:last] = True
    # A row runs towards +X on the front, so the row below comes first for quads that face outwards.
    below, above = numbers[1:], numbers[:-1]
    beside = np.roll(numbers, -1, axis=1)
    quads = np.stack([below, beside[1:], beside[:-1], above], axis=-1)
    mesh.quads_of(quads[~hole], "skin")
    mesh.cap(numbers[0], "skin")
    loops = [_frame(numbers, window) for window in windows]
    mouth = _mouth(mesh, loops[0])
    left = _eye(mesh, loops[1], 1)
    return mouth, left, _eye(mesh, loops[2], -1)


def _grid() -> tuple[Points, Points, Indices]:
    """The skin's points by row (from the crown to the neck) and column (all around, towards +X in front),
    each row's height where it is level (infinite elsewhere), and each column's number from the middle of the face."""
    level = np.arange(4.0, -9.01, -0.5)
    chin = np.linspace(0.0, -52.0, 10)[1:]
    neck = np.linspace(-52.0, 0.0, 10)[1:]
    low = np.linspace(-9.0, -17.5, 10)[1:]
    origin = np.concatenate([np.full(len(_TOP), 4.0), level, np.full(len(chin), -9.0), low])
    slope = np.radians(np.concatenate([_TOP, np.zeros(len(level)), chin, neck]))
    back = np.concatenate([np.full(len(origin) - 9, -1.0), np.linspace(-1.0, -3.0, 10)[1:]])
    heights = np.where((slope == 0) & (origin >= -9.0), origin, np.inf)
    steps = np.concatenate([np.full(18, 2.6), np.full(8, 5.4), np.full(8, 11.25)])
    side = np.concatenate([[0.0], np.cumsum(steps)])
    turn = np.radians(np.concatenate([-side[-2:0:-1], side]))
    columns = np.arange(-len(steps) + 1, len(steps) + 1)
    zero = np.zeros_like(origin)
    starts = np.stack([zero, origin, back], axis=-1)[:, None]
    aims = np.stack(
        [
            np.sin(turn) * np.cos(slope)[:, None],
            np.broadcast_to(np.sin(slope)[:, None], (len(slope), len(turn))),
            np.cos(turn) * np.cos(slope)[:, None],
        ],
        axis=-1,
    )
    grid = form.surface(np.broadcast_to(starts, aims.shape), aims)
    grid[:, columns == 0, 0] = 0.0
    grid[:, columns == len(steps), 0] = 0.0
    return _evened(grid), heights, columns


def _evened(grid: Points) -> Points:
    """The grid spread evenly over the nose, whose underside rays from within the head hardly meet."""
    apart = (grid[..., 0] / 1.9) ** 2 + ((grid[..., 1] + 3.1) / 1.15) ** 2
    share = 0.6 * np.exp(-(apart**1.5)) * (grid[..., 2] > 5.0)
    share[grid[..., 1] < -4.45] = 0.0
    for _ in range(14):
        beside = np.roll(grid, 1, axis=1) + np.roll(grid, -1, axis=1)
        mean = beside / 4
        mean[1:-1] += (grid[2:] + grid[:-2]) / 4
        moving = share > 0.01
        grid[moving] += share[moving, None] * (mean - grid)[moving]
        grid[moving] = form.settled(grid[moving])
    return grid


def _frame(numbers: Indices, window: tuple[int, int, int, int]) -> Indices:
    """The vertices around a window, counter-clockwise from the middle of its +X side."""
    top, bottom, first, last = window
    middle = (top + bottom) // 2
    return np.concatenate(
        [
            numbers[middle:top:-1, last],
            numbers[top, last:first:-1],
            numbers[top:bottom, first],
            numbers[bottom, first:last],
            numbers[bottom:middle:-1, last],
        ]
    )


def _angles(count: int) -> Points:
    return np.arange(count) * 2 * np.pi / count


def lip_line(x: Points) -> Points:
    """Height of the closed mouth's line."""
    return np.asarray(MOUTH_Y + 0.17 * (x / SEAM) ** 2 - 0.05 * np.exp(-((x / 0.7) ** 2)))


def _mouth(mesh: Mesh, frame: Indices) -> Loops:
    angle = _angles(len(frame))
    c, s = np.cos(angle), np.sin(angle)
    outer = mesh.points()[frame]
    seam_x = SEAM * c
    border_x = (SEAM + 0.22) * c
    bow = 1.0 - 0.15 * np.exp(-((border_x / 0.42) ** 2)) + 0.06 * np.exp(-(((np.abs(border_x) - 0.75) / 0.4) ** 2))
    height = np.where(s >= 0, 0.86 * bow, 1.0) * np.abs(s) ** 0.95
    border = np.stack([border_x, lip_line(np.clip(border_x, -SEAM, SEAM)) + np.sign(s) * height], axis=-1)
    seam = np.stack([seam_x, lip_line(seam_x)], axis=-1)
    rings = [frame]
    for share in (0.25, 0.48, 0.68, 0.85, 1.0):
        flat = outer[:, :2] + share * (border - outer[:, :2])
        z = form.depth(flat[:, 0], flat[:, 1]) + 0.06 * share**4
        rings.append(mesh.add(np.column_stack([flat, z])))
    for share, swell in ((0.2, 0.26), (0.45, 0.4), (0.7, 0.36), (0.88, 0.14), (1.0, -0.12)):
        flat = border + share * (seam - border)
        full = np.abs(s) ** 0.6 * np.where(s >= 0, 0.8 + 0.2 * share, 1.0)  # alike where the lips meet
        z = form.depth(flat[:, 0], flat[:, 1]) + swell * full + 0.06 * (1 - share) - 0.1 * share
        rings.append(mesh.add(np.column_stack([flat, z])))
    edge = len(rings) - 1
    z = form.depth(seam_x, seam[:, 1]) - 0.2
    front = float(z.max())
    for back, wide, tall in (
        (0.35, 1.0, 0.05),
        (0.75, 1.04, 0.35),
        (1.0, 1.12, 1.2),
        (1.7, 1.18, 2.0),
        (3.2, 1.1, 2.1),
        (4.8, 0.8, 1.6),
        (5.8, 0.4, 0.8),
    ):
        follow = max(0.0, 1.0 - back / 4.0)
        depth = front - back - follow * (front - z)
        ring = np.stack([seam_x * wide, lip_line(seam_x) + tall * s, depth], axis=-1)
        rings.append(mesh.add(ring))
    table = np.stack(rings)
    mesh.sheet(table[:6], "skin")
    mesh.sheet(table[5 : edge + 2], "lips")
    mesh.sheet(table[edge + 1 :], "mouth")
    mesh.cap(table[-1], "mouth")
    return Loops(rings=table, angle=angle, border=5, edge=edge)


def _eye(mesh: Mesh, frame: Indices, side: int) -> Loops:
    angle = _angles(len(frame))
    c, s = np.cos(angle), np.sin(angle)
    outer = mesh.points()[frame]
    ex, ey, ez = EYE[0] * side, EYE[1], EYE[2]
    along = c * side  # 1 at the outer corner
    upper, lower = 0.86, 0.72
    tilt = 0.12 * along
    margin = np.stack(
        [ex + LID_WIDTH * 0.86 * c, ey + tilt + np.where(s >= 0, upper, lower) * np.sign(s) * np.abs(s) ** 0.9], axis=-1
    )
    crease = np.stack([ex + LID_WIDTH * 1.08 * c, ey + tilt + np.where(s >= 0, 1.62, 1.4) * s], axis=-1)
    rings = [frame]
    for share in (0.35, 0.7, 1.0):
        flat = outer[:, :2] + share * (crease - outer[:, :2])
        rings.append(mesh.add(np.column_stack([flat, form.depth(flat[:, 0], flat[:, 1])])))
    for share in (0.3, 0.6, 0.85, 1.0):
        flat = crease + share * (margin - crease)
        rings.append(mesh.add(np.column_stack([flat, form.depth(flat[:, 0], flat[:, 1])])))
    edge = len(rings) - 1
    rim = mesh.points()[rings[-1]]
    centre = np.array([ex, ey, ez])
    rings += [mesh.add(centre + (rim - centre) * shrink) for shrink in (0.93, 0.8)]
    table = np.stack(rings)
    mesh.sheet(table[:edge], "skin")
    above = np.broadcast_to(s + np.roll(s, -1) > 0.0, (1, len(s)))
    mesh.sheet(table[edge - 1 : edge + 1], "lashes", above)
    mesh.sheet(table[edge - 1 : edge + 1], "skin", ~above)
    mesh.sheet(table[edge:], "lids")
    return Loops(rings=table, angle=angle, border=3, edge=edge)
