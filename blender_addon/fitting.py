# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a mapping fits a character: its shapes, else its bones; and what of that would move nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from koemorph.errors import RigError
from koemorph.rig import Coverage, Mapping, Modes, match_many
from koemorph.rig.regions import MOUTH, has
from koemorph.trust.words import listed

from .empty import empty_shapes
from .owner import Owner

_PATHS = ("pose.bones[", '["', "modifiers[", "grease_pencil_modifiers[")
"""How a target begins that is no shape key but the path of a number on the armature or object."""


def is_path(target: str) -> bool:
    return target.startswith(_PATHS)


_matched = lru_cache(maxsize=16)(match_many)
"""A panel asks at every redraw."""


def fitting(
    names: tuple[tuple[str, ...], ...],
    owner: str,
    wanted: Mapping | None,
    empty: tuple[str, ...],
    bones: tuple[str, ...],
) -> tuple[Mapping, Coverage]:
    """Bones count where they are asked for, or where shapes give no mouth: those of a rig of bones may correct it."""
    if wanted is not None:
        return _matched(names, owner, wanted, is_path, empty=empty, bones=bones)
    if any(names):
        by_shapes = _matched(names, owner, None, is_path, empty=empty, bones=())
        if has(by_shapes[1], MOUTH) or by_shapes[1].empty or not bones:
            return by_shapes
    found = _matched(names, owner, None, is_path, empty=empty, bones=bones)
    if has(found[1], MOUTH):
        return found
    if any(names):
        return by_shapes
    raise RigError(
        f"{owner} has no shape keys and no jaw bone that is known by its name; select the mesh that makes the face "
        "move, or link its bones under Mapping."
    )


def modes_of(objects: list[Any]) -> Modes:
    """How the bones of the character turn; of bones of one name on two armatures the first counts."""
    bones = (bone for one in reversed(objects) if one.pose is not None for bone in one.pose.bones)
    return tuple(sorted({bone.name: bone.rotation_mode for bone in bones}.items()))


def apart(objects: list[Any], left: str, right: str) -> float:
    """The distance of two bones at rest, in the units in which their armature moves them; 0 where none has both."""
    for one in objects:
        if one.pose is not None and {left, right} <= set(one.data.bones.keys()):
            bones = one.data.bones
            return float((bones[left].head_local - bones[right].head_local).length)
    return 0.0


def still(owners: Iterable[Owner]) -> tuple[set[str], list[str]]:
    """Targets that are the same as their basis, or muted, on every mesh; and a sentence for each mesh that has such."""
    at_rest: dict[str, bool] = {}
    told: list[str] = []
    for owner in owners:
        blocks = getattr(owner.block, "key_blocks", None)
        if blocks is None:
            at_rest |= dict.fromkeys(owner.targets, False)
            continue
        empty = empty_shapes(owner.block)
        muted = [target for target in owner.targets if not is_path(target) and blocks[target].mute]
        for why, names in (("are empty", [t for t in owner.targets if t in empty]), ("are muted", muted)):
            if names:
                told.append(f"{owner.described}: shapes that {why} and move nothing: {listed(names)}.")
        for target in owner.targets:
            moves = is_path(target) or not (target in empty or target in muted)
            at_rest[target] = at_rest.get(target, True) and not moves
    return {target for target, is_still in at_rest.items() if is_still}, told


def without(coverage: Coverage, still: set[str]) -> Coverage:
    """Shapes all of whose targets stand still are missing, whatever they are called."""
    lost = {source: names for source, names in coverage.matched.items() if names and still.issuperset(names)}
    matched = {source: names for source, names in coverage.matched.items() if source not in lost}
    return replace(coverage, matched=matched, missing={**coverage.missing, **lost})
