"""Channels of bones as targets: how far a bone turns, moves or grows, and what a host keys for that.

A pose is written as a rotation vector (degrees about x, y and z of the bone's own axes), so that what several shapes
do to a bone adds up, a rest pose and a full pose are both met exactly, and it is the same motion whether the bone
turns by Euler angles, a quaternion or an axis with an angle.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..take import Take

Names = tuple[str, ...]
Modes = tuple[tuple[str, str], ...]
"""Bones and how they turn: QUATERNION, AXIS_ANGLE, or the order of Euler angles, such as XYZ."""
Curves = NDArray[np.float64]

AXES: Final = "xyz"
KINDS: Final = ("rotate", "move", "scale")
_CHANNEL: Final = re.compile(r"bone:(.+):(rotate|move|scale) ([xyz])", re.DOTALL)
_EULER_PATH: Final = re.compile(r'pose\.bones\["(.+)"\]\.rotation_euler\[([012])\]', re.DOTALL)
_PATH: Final = re.compile(r'pose\.bones\["(.+)"\]\.(\w+)\[([0-3])\]', re.DOTALL)
_PROPERTIES: Final = {"move": "location", "scale": "scale"}
_SMALL: Final = 1e-9
_LOCKED: Final = 1e-6
"""Cosine of the middle angle below which the outer two turn about one axis."""


@dataclass(frozen=True)
class Channel:
    """`bone:jaw:rotate x`: degrees about an axis of the bone, scene units along it, or what its size grows by."""

    bone: str
    kind: Literal["rotate", "move", "scale"]
    axis: str

    @classmethod
    def of(cls, target: str) -> Channel | None:
        """What a target names, if it names a channel."""
        found = _CHANNEL.fullmatch(target)
        return cls(found[1], found[2], found[3]) if found else None  # type: ignore[arg-type]

    @property
    def target(self) -> str:
        return f"bone:{self.bone}:{self.kind} {self.axis}"


def as_channel(path: str, turning: dict[str, str]) -> tuple[Channel, float] | None:
    """The channel that stands for the path of an Euler angle of a bone that has none, and degrees in its unit."""
    found = _EULER_PATH.fullmatch(path)
    if not found:
        return None
    bone = found[1].replace('\\"', '"').replace("\\\\", "\\")
    if turning.get(bone, "XYZ") not in ("QUATERNION", "AXIS_ANGLE"):
        return None
    return Channel(bone, "rotate", AXES[int(found[2])]), float(np.degrees(1.0))


def path(bone: str, name: str, index: int) -> str:
    """Of a number of a bone, as Blender spells it."""
    spelled = bone.replace("\\", "\\\\").replace('"', '\\"')
    return f'pose.bones["{spelled}"].{name}[{index}]'


def number_of(target: str) -> tuple[str, str, int] | None:
    """The bone, its property and the number's place that such a path names, for hosts with other spellings."""
    found = _PATH.fullmatch(target)
    return (found[1].replace('\\"', '"').replace("\\\\", "\\"), found[2], int(found[3])) if found else None


def rotation_vector(quaternion: Iterable[float]) -> tuple[float, float, float]:
    """Degrees about x, y and z that a turn (w, x, y, z) amounts to: how a pose is taken down as the full one."""
    turn = np.asarray(tuple(quaternion), dtype=np.float64)
    turn = turn / np.linalg.norm(turn)
    turn = -turn if turn[0] < 0 else turn
    length = float(np.linalg.norm(turn[1:]))
    angle = 2 * np.arctan2(length, turn[0])
    x, y, z = np.degrees(turn[1:] * (angle / length if length > _SMALL else 2.0))
    return float(x), float(y), float(z)


def written_names(targets: Iterable[str], modes: Modes) -> Names:
    """The targets as a host keys them: channels of the bones whose mode is known become paths of their numbers."""
    turning, names = dict(modes), dict[str, None]()
    axes = _axes(targets)
    for target in targets:
        channel = Channel.of(target)
        if channel is None or channel.bone not in turning:
            names[target] = None
        elif channel.kind != "rotate":
            names[path(channel.bone, _PROPERTIES[channel.kind], AXES.index(channel.axis))] = None
        else:
            names.update(dict.fromkeys(_rotation_paths(channel.bone, turning[channel.bone], axes[channel.bone])))
    return tuple(names)


def written(take: Take, modes: Modes) -> Take:
    """The take with its channels as what a host keys; those of bones whose mode nobody told stay as they are."""
    turning = dict(modes)
    axes = _axes(take.names)
    columns: dict[str, NDArray[np.floating]] = {}
    for i, target in enumerate(take.names):
        channel = Channel.of(target)
        if channel is None or channel.bone not in turning:
            columns[target] = take.values[:, i]
        elif channel.kind != "rotate":
            grown = take.values[:, i] + (1.0 if channel.kind == "scale" else 0.0)
            columns[path(channel.bone, _PROPERTIES[channel.kind], AXES.index(channel.axis))] = grown
        elif (first := _rotation_paths(channel.bone, turning[channel.bone], axes[channel.bone]))[0] not in columns:
            turned = _turned(take, channel.bone, turning[channel.bone], axes[channel.bone])
            columns.update(zip(first, turned.T, strict=True))
    if tuple(columns) == take.names:
        return take
    return replace(take, names=tuple(columns), values=np.stack(list(columns.values()), axis=1).astype(np.float32))


def _axes(targets: Iterable[str]) -> dict[str, str]:
    """About which of its axes each bone turns."""
    found: dict[str, str] = defaultdict(str)
    for target in targets:
        channel = Channel.of(target)
        if channel is not None and channel.kind == "rotate":
            found[channel.bone] += channel.axis
    return found


def _rotation_paths(bone: str, mode: str, axes: str) -> Names:
    if mode == "QUATERNION":
        return tuple(path(bone, "rotation_quaternion", i) for i in range(4))
    if mode == "AXIS_ANGLE":
        return tuple(path(bone, "rotation_axis_angle", i) for i in range(4))
    turned = AXES if len(axes) > 1 else axes
    return tuple(path(bone, "rotation_euler", AXES.index(axis)) for axis in turned)


def _turned(take: Take, bone: str, mode: str, axes: str) -> Curves:
    """Frames of quaternions, axes and angles, or Euler angles in radians."""
    vector = np.zeros((take.frame_count, 3))
    for axis in axes:
        vector[:, AXES.index(axis)] = np.radians(take.curve(Channel(bone, "rotate", axis).target))
    angle = np.linalg.norm(vector, axis=1, keepdims=True)
    if mode == "AXIS_ANGLE":
        return _axis_angles(vector, axes)
    if mode != "QUATERNION" and len(axes) == 1:
        return vector[:, [AXES.index(axes)]]
    quaternions = np.concatenate([np.cos(angle / 2), vector * np.sinc(angle / (2 * np.pi)) / 2], axis=1)
    return quaternions if mode == "QUATERNION" else _euler(quaternions, mode)


def _axis_angles(vector: Curves, axes: str) -> Curves:
    """One axis as it is with a signed angle; else the axis of each frame, or the one before where nothing turns."""
    if len(axes) == 1:
        axis = np.zeros_like(vector)
        axis[:, AXES.index(axes)] = 1.0
        return np.concatenate([vector.sum(axis=1, keepdims=True), axis], axis=1)
    angle = np.linalg.norm(vector, axis=1)
    axis = np.zeros_like(vector)
    last = np.array([0.0, 1.0, 0.0])
    for frame, size in enumerate(angle):
        if size > _SMALL:
            unit = vector[frame] / size
            last = unit if unit @ last >= 0 else -unit
        axis[frame] = last
    signed = np.einsum("ij,ij->i", vector, axis)
    return np.concatenate([signed[:, None], axis], axis=1)


def _euler(quaternions: Curves, order: str) -> Curves:
    """Angles in radians about x, y and z, applied in the order that the mode names, without leaps between frames."""
    i, j, k = (AXES.index(axis.lower()) for axis in order)
    sign = 1.0 if (j - i) % 3 == 1 else -1.0
    w, x, y, z = quaternions.T
    matrix = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    cosine = np.hypot(matrix[i, i], matrix[j, i])
    free = cosine > _LOCKED
    angles = np.zeros((len(quaternions), 3))
    angles[:, i] = np.where(
        free,
        np.arctan2(sign * matrix[k, j], matrix[k, k]),
        np.arctan2(-sign * matrix[j, k], matrix[j, j]),
    )
    angles[:, j] = np.arctan2(-sign * matrix[k, i], cosine)
    angles[:, k] = np.where(free, np.arctan2(sign * matrix[j, i], matrix[i, i]), 0.0)
    return np.unwrap(angles, axis=0)
