"""Builds the head: its form, the mesh over it, and the 52 shapes. Nothing is drawn by hand and nothing random."""

from __future__ import annotations

from typing import Final

import numpy as np

from koemorph import arkit
from koemorph.face.face import COLOURS, Face

from . import eyes, features, head, jaw, lips
from .mesh import Mesh
from .sculpt import Sculpt

CENTIMETRE: Final = 0.01


def build() -> Face:
    mesh = Mesh()
    mouth, left, right = head.build(mesh)
    for side in (1, -1):
        features.eye(mesh, side)
    for upper in (True, False):
        features.teeth(mesh, upper)
    features.tongue(mesh)
    for side in (1, -1):
        features.brow(mesh, side)
        features.ear(mesh, side)
    features.hair(mesh)
    sculpt = Sculpt(mesh.points(), mesh.parts, mouth, (left, right))
    made = jaw.shapes(sculpt) | lips.shapes(sculpt) | eyes.shapes(sculpt)
    materials = tuple(COLOURS)
    return Face(
        vertices=(sculpt.points * CENTIMETRE).astype(np.float32),
        quads=mesh.quads().astype(np.int32),
        materials=materials,
        material=np.array([materials.index(name) for name in mesh.materials()], np.uint8),
        parts={name: slice(*ends) for name, ends in mesh.parts.items()},
        names=arkit.SHAPES,
        deltas=np.stack([made[name] for name in arkit.SHAPES]).astype(np.float32) * np.float32(CENTIMETRE),
    )
