# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between versions of Blender: every branch on a version stands here and nowhere else.

4.2 and 4.3   an Action holds its curves itself and animates data-blocks of one kind.
4.4           an Action has slots, each with a bag of curves; the old way in still works.
5.0           only the bags remain; the sequencer says strips where it said sequences.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bpy
from bpy_extras import anim_utils


@dataclass(frozen=True, kw_only=True)
class StripTime:
    """Where a strip lies, in frames."""

    content: float
    """Where its content would begin if it were not shortened."""
    heard: float
    duration: float
    trimmed: float
    """Cut off from the content's beginning."""
    shortened: bool
    """Whether it ends before its content does."""


SLOTTED = bpy.app.version >= (4, 4, 0)
"""Whether one Action can hold the curves of several data-blocks."""


def curves_of(owner: Any) -> Any | None:
    """The curves that the active Action has for a data-block, if any; nothing is made."""
    data = owner.animation_data
    if data is None or data.action is None:
        return None
    return bag_of(data.action, data.action_slot if SLOTTED else None)


def bag_of(action: Any, slot: Any) -> Any | None:
    """What holds the curves of one slot: it has `fcurves` and `groups` in every version."""
    if not SLOTTED:
        return action
    return None if slot is None else anim_utils.action_get_channelbag_for_slot(action, slot)


def assign(owner: Any, action: Any) -> Any:
    """Make the Action a data-block's active one, with a slot of its own, and return the bag for its curves."""
    data = owner.animation_data or owner.animation_data_create()
    if data.action != action:
        data.action = action
    if not SLOTTED:
        return action
    if data.action_slot is None or not _own(data.action_slot, owner):
        data.action_slot = new_slot(action, owner)
    return _ensured_bag(action, data.action_slot)


def new_slot(action: Any, owner: Any) -> Any:
    return action.slots.new(id_type=owner.id_type, name=owner.name)


def sharers(owner: Any) -> list[Any]:
    """Other data-blocks that the same curves animate."""
    data = owner.animation_data
    if data is None or data.action is None:
        return []
    if SLOTTED:
        slot = data.action_slot
        return [] if slot is None else [user for user in slot.users() if user != owner]
    users = bpy.data.user_map(subset=[data.action])[data.action]
    return [user for user in users if user != owner and user.animation_data and user.animation_data.action]


def active_slot(holder: Any) -> Any | None:
    """The slot that a data-block's animation or an NLA strip plays."""
    return holder.action_slot if SLOTTED else None


def use_slot(holder: Any, slot: Any | None) -> None:
    """The slot that an NLA strip plays; older versions have none."""
    if slot is not None:
        holder.action_slot = slot


def bag_of_new_slot(action: Any, owner: Any) -> Any:
    """For an Action that is not to become the active one."""
    return _ensured_bag(action, new_slot(action, owner)) if SLOTTED else action


def handle(slot: Any | None) -> int:
    """What a slot is known by, whatever it is called; 0 without one."""
    return 0 if slot is None else int(slot.handle)


def slot_of(bag: Any) -> Any | None:
    return bag.slot if SLOTTED else None


def new_curve(bag: Any, path: str, index: int, group: str) -> Any:
    """A curve without keys. The name of the group's argument differs, so the group is set afterwards."""
    curve = bag.fcurves.new(path, index=index)
    curve.group = bag.groups.get(group) or bag.groups.new(group)
    return curve


def all_bags(action: Any) -> Iterator[Any]:
    if not SLOTTED:
        yield action
        return
    for layer in action.layers:
        for strip in layer.strips:
            yield from strip.channelbags


def new_action(name: str, owner: Any) -> Any:
    action = bpy.data.actions.new(name)
    if not SLOTTED:
        action.id_root = owner.id_type
    return action


RELATIVE_PATH = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()
"""What a property says of itself that understands // as the folder of the file."""


def sequencer_scene(context: Any) -> Any:
    """The scene whose sequencer is shown: since 5.0 a workspace may show that of another scene."""
    workspace = getattr(context, "workspace", None)
    return getattr(workspace, "sequencer_scene", None) or context.scene


SHAPES_REST_AT_ONE = bpy.types.ShapeKey.bl_rna.properties["value"].default != 0.0
"""5.0 alone takes a shape to be at 1 wherever strips of the NLA move it somewhere, but not at this frame."""

STRIPS = "strips_all" if bpy.app.version >= (4, 4, 0) else "sequences_all"
"""The property of a sequence editor that lists all strips, those inside of metas too."""


def strips(scene: Any) -> list[Any]:
    editor = scene.sequence_editor
    return [] if editor is None else list(getattr(editor, STRIPS))


def active_strip(scene: Any) -> Any | None:
    editor = scene.sequence_editor
    return None if editor is None else editor.active_strip


def strip_time(strip: Any) -> StripTime:
    """5.2 gave these properties other names."""
    if hasattr(strip, "content_start"):
        return StripTime(
            content=strip.content_start,
            heard=strip.left_handle,
            duration=strip.duration,
            trimmed=strip.content_trim_start,
            shortened=strip.right_handle_offset > 0 or strip.content_trim_end > 0,
        )
    return StripTime(
        content=strip.frame_start,
        heard=strip.frame_final_start,
        duration=strip.frame_final_duration,
        trimmed=strip.animation_offset_start,
        shortened=strip.frame_offset_end > 0 or strip.animation_offset_end > 0,
    )


def move_strip(strip: Any, by: int) -> None:
    """5.2 gave this property another name."""
    name = "content_start" if hasattr(strip, "content_start") else "frame_start"
    setattr(strip, name, getattr(strip, name) + by)


def new_sound_strip(scene: Any, name: str, path: str, channel: int, frame: int) -> Any:
    editor = scene.sequence_editor or scene.sequence_editor_create()
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    return collection.new_sound(name=name, filepath=path, channel=channel, frame_start=frame)


def _own(slot: Any, owner: Any) -> bool:
    return all(user == owner for user in slot.users())


def _ensured_bag(action: Any, slot: Any) -> Any:
    ensure = getattr(anim_utils, "action_ensure_channelbag_for_slot", None)
    if ensure is not None:
        return ensure(action, slot)
    layer = action.layers[0] if len(action.layers) else action.layers.new("Layer")
    strip = layer.strips[0] if len(layer.strips) else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True)
