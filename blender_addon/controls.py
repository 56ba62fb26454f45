# SPDX-License-Identifier: GPL-3.0-or-later
"""A control rig for a face of shapes: an object with a number for each, which drives them.

Lines are keyed on its numbers, so that an animator has one place for all meshes of a character, can lay a layer of
the NLA over it, and finds the shapes themselves untouched.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy

from koemorph.errors import RigError

from . import compat
from .mapping import store_mapping
from .owner import Character, Owner

WIDEST = 10.0


def add(character: Character, parent: Any) -> Any:
    """The object with the controls. Nothing is made if keys or drivers are in the way."""
    owners = [owner for owner in character.owners if owner.block.id_type == "KEY"]
    if not owners:
        raise RigError(f"{character.name} has no shape keys; bones and properties are controls themselves.")
    for owner in owners:
        if keyed := next((path for path, _ in owner.paths if _animated(owner.block, path)), None):
            raise RigError(f"{owner.described} has keys on {keyed}; remove its lines first, and animate the controls.")
    names = list(dict.fromkeys(target for owner in owners for target in owner.targets))
    one = bpy.data.objects.new(f"{character.name} Controls", None)
    one.empty_display_type, one.empty_display_size = "PLAIN_AXES", 0.1 * max(parent.dimensions) or 0.1
    bpy.context.collection.objects.link(one)
    one.parent = parent
    for name in names:
        one[name] = 0.0
        one.id_properties_ui(name).update(
            min=-WIDEST, max=WIDEST, soft_min=0.0, soft_max=1.0, default=0.0, description=name
        )
    for owner in owners:
        for name, (path, _) in owner.targets.items():
            _drive(owner, path, one, name)
    paths = {name: control(name) for name in names}
    links = tuple(replace(link, target=paths[link.target]) for link in character.mapping.links if link.target in paths)
    calibrations = tuple(
        replace(told, target=paths[told.target]) for told in character.mapping.calibrations if told.target in paths
    )
    store_mapping(one, replace(character.mapping, links=links, calibrations=calibrations))
    return one


def control(name: str) -> str:
    return f'["{bpy.utils.escape_identifier(name)}"]'


def _drive(owner: Owner, path: str, one: Any, name: str) -> None:
    shape = owner.block.path_resolve(path.rpartition(".")[0])
    shape.slider_min, shape.slider_max = min(shape.slider_min, 0.0), max(shape.slider_max, 1.0)
    curve = owner.block.driver_add(path)
    curve.driver.type = "SUM"
    variable = curve.driver.variables.new()
    variable.targets[0].id, variable.targets[0].data_path = one, control(name)


def _animated(block: Any, path: str) -> bool:
    data = block.animation_data
    if data is None:
        return False
    bags = [compat.curves_of(block)]
    bags += [
        compat.bag_of(strip.action, compat.active_slot(strip))
        for track in data.nla_tracks
        for strip in track.strips
        if strip.action
    ]
    return any(bag is not None and bag.fcurves.find(path) is not None for bag in bags)
