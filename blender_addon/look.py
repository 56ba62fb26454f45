# SPDX-License-Identifier: GPL-3.0-or-later
"""Eyes on an object of the scene: where it is, seen from between a character's eyes, at each frame of a line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from koemorph.arkit import HEAD_TURNS
from koemorph.performance import look_at
from koemorph.performance.look_at import EYES_APART
from koemorph.rig import Channel
from koemorph.rig.bones import number_of
from koemorph.take import Take

from .head import base_of, head_of, up_axis
from .owner import Character

_MOVED = 0.5
"""A point belongs to an eye that goes at least so far of what goes farthest."""


def looking(take: Take, character: Character, objects: Sequence[Any], first: float) -> tuple[Take, tuple[str, ...]]:
    """The take with its eyes on what was chosen; `first` is the scene's frame of its first one. And what to say."""
    head = head_of(objects)
    if head is None or head.look_at is None:
        return take, ()
    if head.look_at.name not in bpy.context.scene.objects:
        return take, (f"{head.look_at.name} is not in this scene, so that nobody looks at it; choose another one.",)
    looks = {name for name in character.coverage.matched if name.startswith("eyeLook")}
    if not looks:
        return take, (f"{character.name} has no eyes that turn, so that they do not look at {head.look_at.name}.",)
    face = objects[0]
    eyes = _eyes(character, objects)
    if eyes is None:
        return take, (f"Where the eyes of {character.name} are cannot be told, so that they look at nothing.",)
    rested = base_of(head, face).inverted()
    left, right = (rested @ eye for eye in eyes)
    middle, apart = (left + right) / 2, (left - right).length
    rig = head.target if head.target and head.target.type == "ARMATURE" and not head.missing else face
    up = up_axis(rig)
    carriers = [face, head.look_at, *([rig] if rig != face else [])]
    if any(_moves(one) for one in carriers):
        seen = _over_frames(lambda: base_of(head, face).inverted() @ head.look_at.matrix_world.translation, take, first)
    else:
        seen = [rested @ head.look_at.matrix_world.translation]
    places = np.array([_to_core(one - middle, up) for one in seen])
    if not any(link.source in HEAD_TURNS for link in character.mapping.links):
        take = _without_head(take)
    return look_at(take, places if len(places) > 1 else places[0], eyes_apart=apart or EYES_APART), ()


def _to_core(place: Vector, up: str) -> tuple[float, float, float]:
    """To the character's left, up and ahead."""
    return (place.x, place.z, -place.y) if up == "z" else (place.x, place.y, place.z)


def _without_head(take: Take) -> Take:
    """Eyes must not leave to a head that does not turn what is too far for them."""
    kept = [i for i, name in enumerate(take.names) if name not in HEAD_TURNS]
    return Take(
        tuple(take.names[i] for i in kept),
        take.values[:, kept],
        take.rate,
        take.start,
        take.provenance,
        phones=take.phones,
        words=take.words,
        moods=take.moods,
    )


def _over_frames(place: Any, take: Take, first: float) -> list[Vector]:
    """Read at each frame; the scene is where it was afterwards."""
    scene, seen = bpy.context.scene, []
    before = scene.frame_current, scene.frame_subframe
    try:
        for number in range(take.frame_count):
            whole = math.floor(first + number)
            scene.frame_set(whole, subframe=first + number - whole)
            seen.append(place())
    finally:
        scene.frame_set(before[0], subframe=before[1])
    return seen


def _moves(one: Any) -> bool:
    """Whether anything may move it during a line."""
    while one is not None:
        data = one.animation_data
        if data and (data.action or len(data.nla_tracks) or len(data.drivers)):
            return True
        if len(one.constraints) or (one.pose and one.parent):
            return True
        one = one.parent
    return False


def _eyes(character: Character, objects: Sequence[Any]) -> tuple[Vector, Vector] | None:
    """The left and the right one in the scene: what the shapes that turn them move, or their bones."""
    found = [_eye(character, objects, f"eyeLookUp{side}") for side in ("Left", "Right")]
    return (found[0], found[1]) if found[0] is not None and found[1] is not None else None


def _eye(character: Character, objects: Sequence[Any], shape: str) -> Vector | None:
    for link in character.mapping.of(shape):
        channel, number = Channel.of(link.target), number_of(link.target)
        bone = channel.bone if channel else number[0] if number else ""
        for one in objects:
            if bone and one.pose and bone in one.pose.bones:
                return one.matrix_world @ one.pose.bones[bone].bone.head_local
            keys = one.data.shape_keys if not bone and one.type == "MESH" else None
            block = keys.key_blocks.get(link.target) if keys else None
            if block is not None and (middle := _middle(block)) is not None:
                return one.matrix_world @ middle
    return None


def _middle(block: Any) -> Vector | None:
    """Of the points that a shape moves."""
    basis, there = (np.empty(3 * len(block.data), dtype=np.float32) for _ in range(2))
    block.relative_key.data.foreach_get("co", basis)
    block.data.foreach_get("co", there)
    points = basis.reshape(-1, 3)
    far = np.linalg.norm(there.reshape(-1, 3) - points, axis=1)
    if not far.size or far.max() == 0.0:
        return None
    moved = points[far >= _MOVED * far.max()]
    return Vector(((moved.min(axis=0) + moved.max(axis=0)) / 2).tolist())
