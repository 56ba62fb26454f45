# SPDX-License-Identifier: GPL-3.0-or-later
"""A pose library as a mapping: each pose is an Action named after a viseme or a shape, as what that does at its full.

Poses are then weighted, added up and keyed as shapes are; nothing of the library itself is played or changed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from mathutils import Euler, Quaternion

from koemorph.errors import RigError
from koemorph.rig import Channel, Coverage, Link, Mapping, Rig, find, match, rotation_vector

from . import compat

Values = dict[str, float]
"""By target."""
_BONE = re.compile(r'pose\.bones\["(.+)"\]\.(location|scale|rotation_\w+)', re.DOTALL)
_SHAPE = re.compile(r'key_blocks\["(.+)"\]\.value', re.DOTALL)
_LEAST = 1e-4


def mapping_of_poses(owner: Any, actions: list[Any], naming: str = "") -> tuple[Mapping, Coverage]:
    """What the Actions make of the character, by their names: those of any family that shapes could have.

    `naming` is a preset's name or file, for a library too small to be known by its names.
    """
    named = {action.name: action for action in actions}
    if not named:
        raise RigError("There are no Actions; make a pose of each viseme, and name it so (viseme_aa, AI, jawOpen).")
    fitted, coverage = match(
        Rig(names=tuple(named), name=f"The poses of {owner.name}"), find(naming) if naming else None
    )
    poses = {name: _values(named[name], owner) for name in fitted.targets if name in named}
    moving = _differing(poses)
    links = tuple(
        Link(source=link.source, target=target, gain=link.gain * value)
        for link in fitted.links
        for target, value in poses.get(link.target, {}).items()
        if target in moving and abs(value) > _LEAST
    )
    if not links:
        raise RigError(
            f"No Action that is named after a viseme or a shape moves a bone or shape of {owner.name}; name them so "
            "(viseme_aa, AI, jawOpen), or choose under Naming how they are named."
        )
    return Mapping(f"Poses of {owner.name}", links), coverage


def _differing(poses: dict[str, Values]) -> set[str]:
    """Targets that are not the same in all poses: a library often keys bones that have nothing to do with the face."""
    every = {target for values in poses.values() for target in values}
    return {target for target in every if len({round(values.get(target, 0.0), 4) for values in poses.values()}) > 1}


def _values(action: Any, owner: Any) -> Values:
    """The pose in the Action's first frame."""
    numbers: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    values: Values = {}
    frame = action.frame_range[0]
    for bag in compat.all_bags(action):
        for curve in bag.fcurves:
            bone, shape = _BONE.fullmatch(curve.data_path), _SHAPE.fullmatch(curve.data_path)
            if bone:
                numbers[bone[1]][bone[2]][curve.array_index] = curve.evaluate(frame)
            elif shape:
                values[shape[1]] = curve.evaluate(frame)
    bones = owner.pose.bones if owner.pose is not None else {}
    for name, properties in numbers.items():
        if name in bones:
            values |= _channels(bones[name], properties)
    return values


def _channels(bone: Any, properties: dict[str, dict[int, float]]) -> Values:
    """As a bone of that rotation mode would have it."""
    found: Values = {}
    wanted = {"QUATERNION": "rotation_quaternion", "AXIS_ANGLE": "rotation_axis_angle"}
    turned = wanted.get(bone.rotation_mode, "rotation_euler")
    kinds = {"location": "move", "scale": "scale", turned: "rotate"}
    for attribute, values in properties.items():
        if attribute not in kinds:
            continue
        rest = {"scale": 1.0, "rotation_quaternion": 0.0}.get(attribute, 0.0)
        count = 4 if attribute in wanted.values() else 3
        row = [values.get(i, rest) for i in range(count)]
        if attribute == "scale":
            row = [one - 1.0 for one in row]
        elif attribute == "rotation_quaternion":
            row = list(rotation_vector(Quaternion(row).normalized()))
        elif attribute == "rotation_axis_angle":
            row = list(rotation_vector(Quaternion(row[1:], row[0])))
        elif attribute == "rotation_euler":
            row = list(rotation_vector(Euler(row, bone.rotation_mode).to_quaternion()))
        for axis, value in zip("xyz", row, strict=True):
            found[Channel(bone.name, kinds[attribute], axis).target] = value  # type: ignore[arg-type]
    return found
