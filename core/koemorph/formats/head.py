"""What moves in a scene file: KoeMorph's own head, or for shapes that it does not have, a plate that carries them.

The head turns as a whole about the top of its neck where the take has the head's turns.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..arkit import HEAD_TURNS
from ..face import Face, load_face
from ..take import Take

NECK: Final = (0.0, -0.075, -0.02)
"""Metres: where the head turns."""


def turns(take: Take) -> NDArray[np.float32] | None:
    """(frames, 4) quaternions x, y, z, w of the head, or None where the take does not turn it."""
    if not any(name in take.names for name in HEAD_TURNS):
        return None
    angles = [take.curve(name) if name in take.names else np.zeros(take.frame_count) for name in HEAD_TURNS]
    return quaternions(np.stack(angles))


def quaternions(angles: NDArray[np.floating]) -> NDArray[np.float32]:
    """(frames, 4) x, y, z, w for (3, frames) of yaw, pitch and roll in radians."""
    yaw, pitch, roll = angles.astype(np.float64) / 2
    sy, sp, sr, cy, cp, cr = np.sin(yaw), np.sin(pitch), np.sin(roll), np.cos(yaw), np.cos(pitch), np.cos(roll)
    # rolled first, then pitched, then turned aside
    x, y = cy * sp * cr + sy * cp * sr, sy * cp * cr - cy * sp * sr
    z, w = cy * cp * sr - sy * sp * cr, cy * cp * cr + sy * sp * sr
    return np.stack([x, y, z, w], axis=1).astype(np.float32)


def turned(points: NDArray[np.float32], turn: NDArray[np.float32]) -> NDArray[np.float32]:
    """The head's points (n, 3) turned about its neck by a quaternion x, y, z, w."""
    x, y, z, w = turn
    rows = np.array(
        [
            (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
            (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
            (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
        ],
        np.float32,
    )
    neck = np.array(NECK, np.float32)
    return np.asarray(neck + (points - neck) @ rows.T, np.float32)


def head_for(take: Take, wanted: bool | None) -> Face:
    """The head, unless it is not wanted, or nobody asked for it and it has none of the take's shapes."""
    if wanted is False:
        return plate(take.names)
    face = load_face()
    return face if wanted or set(face.names) & set(take.names) else plate(take.names)


def plate(names: tuple[str, ...]) -> Face:
    """A small plate with these shapes, each of which raises it a little: there to copy the motion from."""
    vertices = np.array([(-0.05, 0, -0.05), (-0.05, 0, 0.05), (0.05, 0, 0.05), (0.05, 0, -0.05)], dtype=np.float32)
    deltas = np.zeros((len(names), 4, 3), dtype=np.float32)
    deltas[:, :, 1] = 0.01
    quads = np.arange(4, dtype=np.int32)[None]
    return Face(
        vertices=vertices,
        quads=quads,
        materials=("skin",),
        material=np.zeros(1, dtype=np.uint8),
        parts={"plate": slice(0, 4)},
        names=names,
        deltas=deltas,
    )


def normals(face: Face) -> NDArray[np.float32]:
    """(V, 3), of length 1: those of the quads around each vertex, larger ones counting more."""
    corners = face.vertices[face.quads].astype(np.float64)
    facing = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    around = np.zeros(face.vertices.shape)
    for corner in face.quads.T:
        np.add.at(around, corner, facing)
    length = np.linalg.norm(around, axis=1, keepdims=True)
    return np.where(length > 0.0, around / np.maximum(length, 1e-30), (0.0, 0.0, 1.0)).astype(np.float32)


def linear(colour: tuple[float, float, float]) -> list[float]:
    """An sRGB colour as renderers count."""
    return [round(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4, 5) for c in colour]
