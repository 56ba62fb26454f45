# SPDX-License-Identifier: GPL-3.0-or-later
"""A face to try things on: the core's own head, in the Add menu."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
from bpy.props import FloatProperty
from bpy.types import Operator
from bpy_extras.object_utils import AddObjectHelper, object_data_add

from koemorph.face import COLOURS, Face, load_face

NAME = "KoeMorph Face"
_TO_BLENDER = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], dtype=np.float32)
"""From Y up, facing +Z, to Z up, facing -Y."""


class AddSampleFace(Operator, AddObjectHelper):
    """Add a head that makes all 52 shapes"""

    bl_idname = "koemorph.add_sample_face"
    bl_label = "KoeMorph Sample Face"
    bl_options = {"REGISTER", "UNDO"}

    height: FloatProperty(
        name="Height",
        description="Of the head; a real one would be lost in a new scene",
        default=2.0,
        min=0.01,
        soft_max=10.0,
        subtype="DISTANCE",
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        face = _sized(load_face(), self.height)
        mesh = _mesh(face)
        one = object_data_add(context, mesh, operator=self)
        _shapes(one, face)
        return {"FINISHED"}


def _sized(face: Face, height: float) -> Face:
    """Y is up, in the core."""
    size = height / float(np.ptp(face.vertices[:, 1]))
    return replace(face, vertices=size * face.vertices, deltas=size * face.deltas)


def _mesh(face: Face) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(NAME)
    corners = len(face.quads)
    mesh.vertices.add(len(face.vertices))
    mesh.vertices.foreach_set("co", _turned(face.vertices))
    mesh.loops.add(4 * corners)
    mesh.loops.foreach_set("vertex_index", np.ascontiguousarray(face.quads, dtype=np.int32).ravel())
    mesh.polygons.add(corners)
    mesh.polygons.foreach_set("loop_start", np.arange(0, 4 * corners, 4, dtype=np.int32))
    for name in face.materials:
        mesh.materials.append(_material(name))
    mesh.polygons.foreach_set("material_index", face.material.astype(np.int32))
    mesh.update(calc_edges=True)
    mesh.validate()
    mesh.shade_smooth()
    return mesh


def _shapes(one: bpy.types.Object, face: Face) -> None:
    one.shape_key_add(name="Basis", from_mix=False)
    for name in face.names:
        block = one.shape_key_add(name=name, from_mix=False)
        block.value = 0.0
        block.data.foreach_set("co", _turned(face.vertices + face.delta(name)))
    one.data.update()


def _material(name: str) -> bpy.types.Material:
    title = f"{NAME} {name}"
    known = bpy.data.materials.get(title)
    if known is not None:
        return known
    material = bpy.data.materials.new(title)
    colour = (*(_linear(channel) for channel in COLOURS[name]), 1.0)
    material.diffuse_color = colour
    material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = colour
    shader.inputs["Roughness"].default_value = 0.5
    return material


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _turned(points: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(points @ _TO_BLENDER.T, dtype=np.float32).ravel()


def draw_in_menu(menu: bpy.types.Menu, context: bpy.types.Context) -> None:
    menu.layout.operator(AddSampleFace.bl_idname, icon="MONKEY")


CLASSES = (AddSampleFace,)
