"""The head as data: one mesh of quads, and a displacement of its vertices for each shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import TakeError

STEP: Final = 2e-6
"""Metres; displacements are stored as whole numbers of it."""

COLOURS: Final[dict[str, tuple[float, float, float]]] = {
    "skin": (0.87, 0.68, 0.57),
    "lips": (0.76, 0.47, 0.43),
    "lids": (0.80, 0.54, 0.47),
    "mouth": (0.34, 0.10, 0.11),
    "gums": (0.72, 0.36, 0.36),
    "teeth": (0.95, 0.93, 0.87),
    "tongue": (0.78, 0.38, 0.40),
    "sclera": (0.95, 0.94, 0.92),
    "limbus": (0.13, 0.20, 0.24),
    "iris": (0.27, 0.47, 0.55),
    "pupil": (0.03, 0.03, 0.04),
    "brows": (0.27, 0.17, 0.12),
    "lashes": (0.16, 0.10, 0.09),
    "hair": (0.27, 0.18, 0.13),
}
"""sRGB, 0 to 1, for each material."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Face:
    """A right-handed space in metres: Y up, the face towards +Z, the character's left at +X (as glTF has it).

    Blender's importers turn that to Z up, the face towards -Y, the character's left still at +X.
    """

    vertices: NDArray[np.float32]
    """(V, 3), at rest: every shape 0, the lips closed, the eyes open."""
    quads: NDArray[np.int32]
    """(Q, 4), counter-clockwise seen from outside."""
    materials: tuple[str, ...]
    material: NDArray[np.uint8]
    """(Q,), for each quad its place in `materials`."""
    parts: Mapping[str, slice]
    """The vertices of the head, each eye, row of teeth, brow, ear and the tongue."""
    names: tuple[str, ...]
    deltas: NDArray[np.float32]
    """(shapes, V, 3), added to `vertices` in the measure of the shape's weight."""

    def posed(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """The vertices with these shapes set, those not named at rest."""
        unknown = [name for name in weights if name not in self.names]
        if unknown:
            raise TakeError(f"The face has no shape called {', '.join(unknown)}.")
        row = np.array([weights.get(name, 0.0) for name in self.names], dtype=np.float32)
        return self.posed_row(row)

    def posed_row(self, row: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `posed`, the weights in the order of `names`."""
        active = np.flatnonzero(row)
        moved = np.tensordot(row[active], self.deltas[active], axes=1) if len(active) else np.float32(0.0)
        return np.asarray(self.vertices + moved, dtype=np.float32)

    def delta(self, name: str) -> NDArray[np.float32]:
        """One shape's displacements."""
        if name not in self.names:
            raise TakeError(f"The face has no shape called {name}.")
        return np.asarray(self.deltas[self.names.index(name)])


@cache
def load_face() -> Face:
    """The head that comes along with KoeMorph."""
    with as_file(files("koemorph") / "face" / "face.npz") as path, np.load(path, allow_pickle=False) as stored:
        vertices = stored["vertices"]
        names = tuple(str(name) for name in stored["names"])
        deltas = np.zeros((len(names), len(vertices), 3), dtype=np.float32)
        deltas[stored["shape"], stored["vertex"]] = stored["steps"].astype(np.float32) * np.float32(STEP)
        ends = stored["part_ends"].tolist()
        parts = {
            str(name): slice(start, end)
            for name, start, end in zip(stored["part_names"], [0, *ends[:-1]], ends, strict=True)
        }
        face = Face(
            vertices=vertices,
            quads=stored["quads"].astype(np.int32),
            materials=tuple(str(name) for name in stored["materials"]),
            material=stored["material"],
            parts=parts,
            names=names,
            deltas=deltas,
        )
    for array in (face.vertices, face.quads, face.material, face.deltas):
        array.flags.writeable = False
    return face
