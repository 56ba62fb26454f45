# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a line is keyed on: meshes with shape keys, bones, custom properties; what fits, and what is in the way."""

from __future__ import annotations

from typing import Any

import bpy

from koemorph.errors import RigError
from koemorph.rig import Mapping, find, shipped, sized
from koemorph.trust.words import listed

from .empty import empty_everywhere, shape_names
from .fitting import apart, fitting, is_path, modes_of, still, without
from .head import with_head
from .mapping import stored_mapping
from .owner import Character, Owner
from .unseen import pinned


def chosen_objects(context: Any) -> list[Any]:
    """What the panel's choice of target stands for, the active object first."""
    active, scope = context.object, context.scene.koemorph.scope
    if active is None:
        return []
    if scope == "AUTO":
        return whole_face(active)
    if scope == "SELECTED":
        return list(dict.fromkeys([active, *context.selected_objects]))
    if scope == "ARMATURE":
        rig = active if active.type == "ARMATURE" else active.find_armature()
        return [] if rig is None else [*dressed(rig), rig]
    return [active]


def character_of(objects: list[Any], naming: str = "", *, stored: bool = True) -> Character:
    """All meshes together, so that teeth and tongue follow the face.

    `naming` is a preset's name or file; without one the object's own mapping counts, if `stored` ones do, and then the
    best preset.
    """
    meshes = [one for one in objects if one.type == "MESH" and one.data.shape_keys]
    own = next((mapping for mapping in map(stored_mapping, objects if stored else ()) if mapping), None)
    if not meshes and own is None and not naming and not any(one.pose for one in objects):
        raise RigError(_without_shapes(objects))
    for one in meshes:
        if not one.data.shape_keys.use_relative:
            raise RigError(
                f"The shape keys of {one.name} are absolute, so that their values move nothing; tick Relative under "
                "Data > Shape Keys."
            )
    wanted = find(naming) if naming else own
    names = tuple(shape_names(one.data.shape_keys) for one in meshes)
    empty = empty_everywhere(meshes) if names else ()
    modes = modes_of(objects)
    mapping, coverage = fitting(names, objects[0].name, wanted, empty, tuple(bone for bone, _ in modes))
    if wanted is None or wanted in shipped():
        mapping = sized(mapping, lambda left, right: apart(objects, left, right))
    mapping = mapping.with_bones(modes)
    owners, notes, driven = _owners(meshes, objects, mapping)
    unmoved, told = still(owners)
    if unmoved >= {target for owner in owners for target in owner.targets} and (owners or coverage.empty):
        raise RigError(f"No shape of {objects[0].name} that fits {mapping.name} moves anything; all of them are empty.")
    if driven and not owners:
        raise RigError(
            f"Every shape of {objects[0].name} that fits {mapping.name} follows a driver; key what drives it, or link "
            "that under Mapping."
        )
    if not owners:
        raise RigError(f"{objects[0].name} has no shape that fits {mapping.name}; link its shapes under Mapping.")
    if empty:
        told = [f"{objects[0].name}: shapes that are empty and move nothing: {listed(empty)}.", *told]
    keyed = {target for owner in owners for target in owner.targets}
    coverage = without(coverage, unmoved | (set(mapping.targets) - keyed))
    return with_head(
        Character(objects[0].name, tuple(owners), mapping, coverage, (*notes, *told, *pinned(meshes))), objects
    )


def whole_face(active: Any) -> list[Any]:
    """The face, whatever else of the character has shapes (teeth, tongue, lashes, beard), and its armature.

    The face is the active object, or what has the most shapes where that has none. Without an armature the parts are
    what hangs on the same parent.
    """
    if stored_mapping(active) and active.type not in ("MESH", "ARMATURE"):
        return [active]
    if held := controls_of(active):
        return [held]
    rig = active if active.type == "ARMATURE" else active.find_armature()
    if rig is not None:
        parts = dressed(rig)
    elif active.parent is not None:
        parts = [one for one in active.parent.children if one.type == "MESH"]
    else:
        parts = [active]
    keyed = [one for one in parts if one.type == "MESH" and one.data.shape_keys]
    keyed.sort(key=lambda one: (one != active, -len(one.data.shape_keys.key_blocks)))
    if not keyed:
        return list(dict.fromkeys([active, *([rig] if rig else [])]))
    return [*keyed, *([rig] if rig else [])]


def controls_of(mesh: Any) -> Any | None:
    """The object that drives a mesh's shapes, if it was made here or has a mapping to its own numbers."""
    data = mesh.data.shape_keys.animation_data if mesh.type == "MESH" and mesh.data.shape_keys else None
    for curve in data.drivers if data else ():
        for variable in curve.driver.variables:
            one = variable.targets[0].id
            if isinstance(one, bpy.types.Object) and one.type == "EMPTY" and stored_mapping(one):
                return one
    return None


def dressed(rig: Any) -> list[Any]:
    """The meshes that an armature moves."""
    return [one for one in bpy.context.scene.objects if one.type == "MESH" and one.find_armature() == rig]


def _owners(meshes: list[Any], others: list[Any], mapping: Mapping) -> tuple[list[Owner], list[str], set[str]]:
    """The data-blocks, a sentence for each thing that is left out of them, and the shapes that follow drivers."""
    owners: dict[Any, Owner] = {}
    following: set[str] = set()
    notes: list[str] = []
    shapes = [target for target in mapping.targets if not is_path(target)]
    for one in meshes:
        block = one.data.shape_keys
        if block in owners:
            continue
        targets = {
            target: (f'key_blocks["{bpy.utils.escape_identifier(target)}"].value', 0)
            for target in shapes
            if target in block.key_blocks
        }
        targets, driven = _undriven(block, targets)
        following.update(driven)
        if driven:
            notes.append(f"{one.name}: {len(driven)} shapes follow drivers and are left alone ({driven[0]}...).")
        if targets:
            _check_editable(block, one)
            owners[block] = Owner(block, one.name, targets)
    for target in mapping.targets:
        if is_path(target):
            holder = next((one for one in others if _resolves(one, target)), None)
            if holder is None:
                notes.append(f"Nothing selected has {target}.")
                continue
            _check_editable(holder, holder)
            _check_turning(holder, target)
            owner = owners.setdefault(holder, Owner(holder, holder.name, {}))
            owner.targets[target] = _path_and_index(target)
    return list(owners.values()), notes, following


def _undriven(block: Any, targets: dict[str, tuple[str, int]]) -> tuple[dict[str, tuple[str, int]], list[str]]:
    driven = {curve.data_path for curve in block.animation_data.drivers} if block.animation_data else set()
    return (
        {target: path for target, path in targets.items() if path[0] not in driven},
        [target for target, path in targets.items() if path[0] in driven],
    )


def _check_editable(block: Any, holder: Any) -> None:
    if block.library is not None:
        what = holder.name if holder.library is not None else f"The mesh of {holder.name}"
        raise RigError(
            f"{what} is linked from {bpy.path.basename(block.library.filepath)} and cannot be keyed; make a library "
            "override of the object and of its mesh (in the Outliner: Library Override > Make)."
        )


def _check_turning(holder: Any, target: str) -> None:
    """A bone listens to the numbers of its rotation mode alone."""
    path, _ = _path_and_index(target)
    head, _, attribute = path.rpartition(".")
    if not attribute.startswith("rotation_") or attribute == "rotation_mode":
        return
    bone = holder.path_resolve(head)
    mode = {"QUATERNION": "quaternion", "AXIS_ANGLE": "axis_angle"}.get(bone.rotation_mode, "euler")
    if attribute != f"rotation_{mode}":
        wanted = attribute.removeprefix("rotation_").replace("_", " ")
        raise RigError(
            f"{bone.name} turns by {mode.replace('_', ' ')}, so that its {wanted} rotation moves nothing; change its "
            f"Rotation Mode, or link {head}.rotation_{mode}."
        )


def _resolves(holder: Any, target: str) -> bool:
    path, index = _path_and_index(target)
    try:
        value = holder.path_resolve(path)
    except ValueError:
        return False
    return isinstance(value, (int, float)) or (hasattr(value, "__len__") and index < len(value))


def _path_and_index(target: str) -> tuple[str, int]:
    """`pose.bones["jaw"].rotation_euler[0]` is index 0 of the rotation; `["prop"]` has none."""
    head, bracket, tail = target.rpartition("[")
    if bracket and tail.endswith("]") and tail[:-1].isdigit() and head:
        return head, int(tail[:-1])
    return target, 0


def _without_shapes(objects: list[Any]) -> str:
    if not objects:
        return "Nothing is active; select a character's face."
    return f"{objects[0].name} has no shape keys; select the mesh that makes the face move."
