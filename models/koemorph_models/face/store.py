"""Keeps a face small: displacements only where there are any, as whole numbers of a fine step."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from koemorph.face.face import STEP, Face
from koemorph.files import atomic


def write(face: Face, path: Path) -> None:
    steps = np.rint(face.deltas / STEP)
    shape, vertex = np.nonzero(steps.any(axis=2))
    with atomic(path) as handle:
        np.savez_compressed(
            handle,
            vertices=face.vertices,
            quads=face.quads.astype(np.uint16),
            materials=np.array(face.materials),
            material=face.material,
            part_names=np.array(list(face.parts)),
            part_ends=np.array([part.stop for part in face.parts.values()]),
            names=np.array(face.names),
            shape=shape.astype(np.uint8),
            vertex=vertex.astype(np.uint16),
            steps=steps[shape, vertex].astype(np.int16),
        )
