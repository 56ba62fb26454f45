"""Reading back what stands in a scene, by ways that the extension does not use; and choosing in it."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from blender_addon import compat
from blender_addon.keys import _COLUMNS


def curves(owner: Any) -> dict[str, Any]:
    """The active Action's curves by path."""
    bag = compat.curves_of(owner)
    return {} if bag is None else {curve.data_path: curve for curve in bag.fcurves}


def path_of(shape: str) -> str:
    return f'key_blocks["{shape}"].value'


def stored(curve: Any) -> dict[str, bytes]:
    """Everything that a curve's keys hold, as bytes."""
    told = {}
    for name, (kind, width) in _COLUMNS.items():
        values = np.empty(len(curve.keyframe_points) * width, dtype=kind)
        curve.keyframe_points.foreach_get(name, values)
        told[name] = values.tobytes()
    return told


def pose(one: Any, frame: float) -> dict[str, float]:
    """The shapes as Blender evaluates them at a frame."""
    whole = int(np.floor(frame))
    bpy.context.scene.frame_set(whole, subframe=frame - whole)
    return {block.name: block.value for block in one.data.shape_keys.key_blocks[1:]}


def state() -> dict[str, Any]:
    """All of the file's animation, to be compared."""
    told: dict[str, Any] = {}
    for action in bpy.data.actions:
        bags = list(compat.all_bags(action))
        told[action.name] = [(curve.data_path, stored(curve)) for bag in bags for curve in bag.fcurves]
        told[action.name].append(str(action.get("koemorph")))
    for key in bpy.data.shape_keys:
        data = key.animation_data
        strips = [strip.name for track in data.nla_tracks for strip in track.strips] if data else []
        told[f"key {key.name}"] = (data.action.name if data and data.action else None, strips)
    return told


def choose(*objects: Any) -> None:
    """Select these, the first one active."""
    for other in bpy.context.selected_objects:
        other.select_set(False)
    for one in objects:
        one.select_set(True)
    bpy.context.view_layer.objects.active = objects[0]
