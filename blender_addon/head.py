# SPDX-License-Identifier: GPL-3.0-or-later
"""The head of a character turned by a line: keys go to a helper, whose turn a constraint adds to a bone or object.

So the head turns over whatever the animator has posed or animated there, whether that is Euler or quaternion, and none
of it is touched. Nothing is added until a target is chosen; another choice takes effect at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import degrees
from typing import Any

import bpy
from bpy.props import FloatProperty, PointerProperty, StringProperty
from bpy.types import PropertyGroup
from mathutils import Matrix, Vector

from koemorph.arkit import HEAD_TURNS
from koemorph.errors import RigError
from koemorph.rig import Channel, Link, Mapping
from koemorph.take import Take

from .owner import Character, Owner

NAME = "KoeMorph Head"
"""Of helpers and of the constraints that listen to them."""
_MODE = "XYZ"
Z_UP = {"headYaw": ("z", 1.0), "headPitch": ("x", 1.0), "headRoll": ("y", -1.0)}
"""Which way each turn goes about the axes of a character that faces -Y."""
Y_UP = {"headYaw": ("y", 1.0), "headPitch": ("x", 1.0), "headRoll": ("z", 1.0)}
"""And of one that faces Z, as other programs have them."""


class HeadProperties(PropertyGroup):
    """What of a character turns with the head, and what its eyes look at."""

    target: PointerProperty(
        name="Head",
        description="What turns with the take's head: an armature, whose bone is chosen below, or an object",
        type=bpy.types.Object,
        poll=lambda self, one: not one.koemorph.is_helper,
        update=lambda self, context: chosen(self),
    )
    bone: StringProperty(
        name="Bone",
        description="The armature's bone that turns",
        search=lambda self, context, text: [name for name in _bones(self.target) if text.lower() in name.lower()],
        search_options={"SUGGESTION"},
        update=lambda self, context: chosen(self),
    )
    neck: StringProperty(
        name="Neck",
        description="A bone below it that takes its share of the turn; empty leaves all of it to the head",
        search=lambda self, context, text: [name for name in _bones(self.target) if text.lower() in name.lower()],
        search_options={"SUGGESTION"},
        update=lambda self, context: chosen(self),
    )
    neck_share: FloatProperty(
        name="Neck Share",
        description="How much of the turn the neck takes",
        default=0.35,
        min=0.0,
        max=1.0,
        update=lambda self, context: chosen(self),
    )
    look_at: PointerProperty(
        name="Look At",
        description="What the eyes rest on while the line is said; they go on wandering around it",
        type=bpy.types.Object,
    )
    helper: PointerProperty(type=bpy.types.Object, options={"HIDDEN"})
    """What the turns are keyed on, once a line was."""

    @property
    def missing(self) -> str:
        """Why nothing would turn; empty if something does."""
        one = self.target
        if one is None:
            return ""
        if one.name not in bpy.context.scene.objects:
            return f"{one.name} is not in this scene, so that the head does not turn; choose another one."
        if one.type != "ARMATURE":
            return ""
        if not self.bone:
            return f"No bone of {one.name} is chosen, so that the head does not turn; choose one under Head and Eyes."
        gone = [name for name in (self.bone, self.neck) if name and name not in one.pose.bones]
        return f"{one.name} has no bone called {gone[0]}; choose another one under Head and Eyes." if gone else ""


def head_of(objects: Iterable[Any]) -> HeadProperties | None:
    """That of a character, where somebody chose what turns or what is looked at."""
    heads = [one.koemorph.head for one in objects if one is not None]
    return next((head for head in heads if head.target or head.look_at), None)


def with_head(character: Character, objects: Iterable[Any]) -> Character:
    """The character with its head, if something was chosen for that."""
    head = head_of(objects)
    if head is None or head.target is None:
        return character
    if head.missing:
        return replace(character, notes=(*character.notes, head.missing))
    helper = head.helper
    if helper is None or helper.name not in bpy.context.scene.objects:
        return character
    targets = {_path(helper, axis): ("rotation_euler", axis) for axis in range(3)}
    owner = Owner(helper, head.target.name, targets, joins=True)
    mapping = _turning(character.mapping, helper, up_axis(head.target))
    return replace(character, owners=(*character.owners, owner), mapping=mapping)


def prepare(objects: Iterable[Any]) -> bool:
    """Make what is keyed, before a line is written; whether there is such."""
    head = head_of(objects)
    if head is None or head.target is None or head.missing:
        return False
    if head.helper is None or head.helper.name not in bpy.context.scene.objects:
        helper = bpy.data.objects.new(NAME, None)
        helper.empty_display_type, helper.empty_display_size = "ARROWS", 0.1
        helper.koemorph.is_helper, helper.rotation_mode = True, _MODE
        collection = next(iter(head.target.users_collection), bpy.context.scene.collection)
        (collection if collection.library is None else bpy.context.scene.collection).objects.link(helper)
        helper.location = _place(head)
        head.helper = helper
    chosen(head)
    return True


def told_of(objects: Iterable[Any], take: Take) -> tuple[str, ...]:
    """Why a head that was chosen stands still all the same."""
    head = head_of(objects)
    if head is None or head.target is None or head.missing:
        return ()
    if any(take.curve(name).any() for name in HEAD_TURNS if name in take.names):
        return ()
    return (f"The head of this line does not turn, and so {head.target.name} stands still; raise Head Strength.",)


def rest(block: Any) -> None:
    """Nothing keys it here any more: a helper goes back, or the head would stay as it was turned last."""
    if isinstance(block, bpy.types.Object) and block.koemorph.is_helper:
        block.rotation_euler = (0.0, 0.0, 0.0)


def chosen(head: HeadProperties) -> None:
    """The helper turns what is chosen now, and nothing else."""
    helper = head.helper
    if helper is None:
        return
    for holder, constraint in list(_listening(helper)):
        holder.constraints.remove(constraint)
    if head.target is None or head.missing:
        return
    share = head.neck_share if head.neck and head.target.type == "ARMATURE" else 0.0
    try:
        if head.target.type != "ARMATURE":
            _listen(head.target, helper, 1.0, space="WORLD", mix="AFTER")
            return
        bones = head.target.pose.bones
        if share:
            _listen(bones[head.neck], helper, share, space="POSE", mix="BEFORE")
        _listen(bones[head.bone], helper, 1.0 - share, space="POSE", mix="BEFORE")
    except RuntimeError as err:
        raise RigError(f"{head.target.name} takes no constraint ({' '.join(str(err).split())}).") from err


def up_axis(one: Any) -> str:
    """Which axis of an object points up in the scene: Z as Blender has it, or Y as files of other programs do."""
    turned = one.matrix_world.to_3x3()
    return max("zy", key=lambda axis: abs((turned @ Vector((0.0, axis == "y", axis == "z"))).normalized().z))


def base_of(head: HeadProperties | None, face: Any) -> Matrix:
    """Where the space of a face is in the scene that rests, but for what carries its head: the chest, a chair."""
    if head is None or head.target is None or head.missing or head.target.type != "ARMATURE":
        return face.matrix_world.copy()
    rig = head.target
    below = rig.pose.bones[head.neck or head.bone].parent
    if below is None:
        return rig.matrix_world.copy()
    return rig.matrix_world @ below.matrix @ below.bone.matrix_local.inverted()


def _turning(mapping: Mapping, helper: Any, up: str) -> Mapping:
    """The mapping with the head's turns on the helper alone."""
    others = tuple(link for link in mapping.links if link.source not in HEAD_TURNS)
    ways = Z_UP if up == "z" else Y_UP
    turns = tuple(
        Link(source=source, target=Channel(helper.name, "rotate", axis).target, gain=degrees(way))
        for source, (axis, way) in ways.items()
    )
    return mapping.with_links((*others, *turns)).with_bones((*mapping.modes, (helper.name, _MODE)))


def _path(helper: Any, axis: int) -> str:
    """As the core spells it, for which the helper is a bone."""
    return f'pose.bones["{bpy.utils.escape_identifier(helper.name)}"].rotation_euler[{axis}]'


def _place(head: HeadProperties) -> Vector:
    """In the scene, so that the helper is found where the head turns."""
    bone = head.target.pose.bones.get(head.bone) if head.target.pose else None
    return head.target.matrix_world @ (bone.head if bone else Vector())


def _listen(holder: Any, helper: Any, influence: float, *, space: str, mix: str) -> None:
    constraint = holder.constraints.new("COPY_ROTATION")
    constraint.name, constraint.target, constraint.influence = NAME, helper, influence
    constraint.target_space, constraint.owner_space, constraint.mix_mode = "WORLD", space, mix


def _listening(helper: Any) -> Iterator[tuple[Any, Any]]:
    """All constraints of ours that add a helper's turn, each with what has it."""
    for one in bpy.data.objects:
        for holder in (one, *(one.pose.bones if one.pose else ())):
            for constraint in holder.constraints:
                if constraint.type == "COPY_ROTATION" and constraint.target == helper:
                    yield holder, constraint


def _bones(one: Any) -> list[str]:
    return [bone.name for bone in one.pose.bones] if one is not None and one.pose else []


CLASSES = (HeadProperties,)
