"""The form of the head, as a distance: negative inside, zero on the skin. Centimetres, Y up, the face towards +Z.

Every shape below is written for the character's left half (+X) and mirrored by taking |x|.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Vector = tuple[float, float, float]

EYE: Final[Vector] = (3.25, 0.0, 5.35)
"""Centre of the left eyeball."""
EYE_RADIUS: Final = 1.62
LID_RADIUS: Final = 1.8
"""The lids slide on this sphere around the eyeball."""
MOUTH_Y: Final = -6.5
HINGE: Final[Vector] = (0.0, -1.6, -0.6)
"""A point of the axis, parallel to X, on which the jaw turns."""
_FAR: Final = 30.0
_STEPS: Final = 120
_CLOSE: Final = 1e-7


def distance(points: Points) -> Points:
    """From the skin, roughly in centimetres."""
    p = points.copy()
    p[..., 0] = np.abs(p[..., 0])
    head = _ellipsoid(p, (0.0, 3.6, -1.2), (7.5, 8.5, 9.0))
    head = _blend(head, _ellipsoid(p, (0.0, -1.0, 1.6), (6.5, 8.6, 6.6)), 1.6)
    head = _blend(head, _ellipsoid(p, (0.0, -6.6, 3.2), (4.9, 4.1, 4.8)), 2.0)
    head = _blend(head, _ellipsoid(p, (0.0, -9.3, 5.8), (1.9, 1.5, 1.8)), 1.6)
    head = _blend(head, _ellipsoid(p, (3.7, -2.9, 4.9), (2.3, 2.0, 2.0)), 1.5)
    head = _blend(head, _capsule(p, (4.0, -7.3, 1.8), (5.0, -4.2, -0.8), 1.0, 1.1), 2.2)
    head = _blend(head, _capsule(p, (0.8, 2.1, 7.1), (4.4, 2.2, 5.0), 0.75, 0.7), 1.3)
    head = _carve(head, _ellipsoid(p, (3.3, -0.1, 8.3), (1.7, 1.35, 1.9)), 1.4)
    head = _blend(head, _ellipsoid(p, EYE, (LID_RADIUS, LID_RADIUS, LID_RADIUS)), 0.35)
    head = _blend(head, _ellipsoid(p, (0.0, -6.5, 5.9), (3.1, 2.3, 2.3)), 1.4)
    nose = _capsule(p, (0.0, 0.6, 7.2), (0.0, -2.9, 8.9), 0.62, 0.78)
    nose = _blend(nose, _ellipsoid(p, (0.0, -3.2, 9.2), (0.95, 0.85, 0.95)), 0.5)
    nose = _blend(nose, _ellipsoid(p, (1.0, -3.55, 8.2), (0.75, 0.65, 0.85)), 0.45)
    head = _blend(head, nose, 0.75)
    head = _carve(head, _ellipsoid(p, (0.58, -3.95, 8.65), (0.27, 0.3, 0.42)), 0.25)
    neck = _capsule(p, (0.0, -7.0, -2.0), (0.0, -22.0, -3.6), 3.7, 3.9)
    return _blend(head, neck, 1.6)


def surface(origins: Points, directions: Points) -> Points:
    """Where rays leave the head for good: the outermost point of the skin on each."""
    unit = directions / np.linalg.norm(directions, axis=-1, keepdims=True)
    start, aim = origins.reshape(-1, 3), unit.reshape(-1, 3)
    along = np.full(len(aim), _FAR)
    moving = np.arange(len(aim))
    for _ in range(_STEPS):
        step = 0.8 * distance(start[moving] + along[moving, None] * aim[moving])
        along[moving] -= step
        moving = moving[np.abs(step) > _CLOSE]
        if not len(moving):
            break
    return np.asarray(origins + along.reshape(unit.shape[:-1])[..., None] * unit)


def depth(x: Points, y: Points) -> Points:
    """The skin's z seen from the front."""
    flat = np.stack(np.broadcast_arrays(x, y, np.zeros(())), axis=-1).astype(float)
    return np.asarray(surface(flat, np.broadcast_to([0.0, 0.0, 1.0], flat.shape))[..., 2])


def settled(points: Points) -> Points:
    """Points near the skin, moved onto it the shortest way."""
    for _ in range(4):
        steps = 1e-3 * np.eye(3)
        off = distance(points)
        slope = np.stack([distance(points + step) - off for step in steps], axis=-1) / 1e-3
        points = points - (off / np.maximum((slope**2).sum(axis=-1), 0.2))[..., None] * slope
    return points


def _ellipsoid(p: Points, centre: Vector, radii: Vector) -> Points:
    q = p - np.array(centre)
    size = np.linalg.norm(q / radii, axis=-1)
    slope = np.linalg.norm(q / np.square(radii), axis=-1)
    return np.asarray(size * (size - 1.0) / np.maximum(slope, 1e-9))


def _capsule(p: Points, start: Vector, end: Vector, start_radius: float, end_radius: float) -> Points:
    a, axis = np.array(start), np.array(end) - np.array(start)
    along = np.clip((p - a) @ axis / (axis @ axis), 0.0, 1.0)
    gap = np.linalg.norm(p - a - along[..., None] * axis, axis=-1)
    return np.asarray(gap - (start_radius + (end_radius - start_radius) * along))


def _blend(a: Points, b: Points, width: float) -> Points:
    """The union of two bodies, their joint rounded over `width`."""
    near = np.maximum(width - np.abs(a - b), 0.0) / width
    return np.asarray(np.minimum(a, b) - near**2 * width / 4)


def _carve(a: Points, b: Points, width: float) -> Points:
    return -_blend(-a, b, width)
