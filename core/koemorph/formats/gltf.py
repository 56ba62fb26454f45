"""glTF 2.0, as .glb or self-contained .gltf: a head with morph targets and one animation of their weights.

The animation begins at 0, as players expect; rate, start and provenance stand in the asset's extras.
"""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from .. import __version__, arkit
from ..errors import OutputError
from ..face import COLOURS, Face
from ..files import atomic
from ..take import Take
from .base import Format, Wishes, columns, described
from .head import NECK, head_for, linear, normals, turns

_FLOAT, _UINT = 5126, 5125
_VERTICES, _INDICES = 34962, 34963
"""What the bytes of a buffer view are for."""
LARGEST: Final = 2**32 - 2**16
"""Bytes that a .glb can count."""


class _Binary:
    """The accessors of a file, and the bytes behind them."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.length = 0
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def add(self, array: NDArray[Any], *, use: int | None = None, bounds: bool = False) -> int:
        """An accessor of float32 scalars or vectors, or of uint32 scalars; returns its number."""
        entry = {"bufferView": self._view(array, use), **_kind(array), "count": len(array)}
        if bounds:
            entry |= {
                "min": np.atleast_1d(array.min(axis=0)).tolist(),
                "max": np.atleast_1d(array.max(axis=0)).tolist(),
            }
        self.accessors.append(entry)
        return len(self.accessors) - 1

    def add_sparse(self, array: NDArray[np.float32]) -> int:
        """The same for vectors of which most are 0."""
        moved = np.flatnonzero(array.any(axis=1)).astype(np.uint32)
        entry = {
            **_kind(array),
            "count": len(array),
            "min": array.min(axis=0).tolist(),
            "max": array.max(axis=0).tolist(),
        }
        if len(moved):
            entry["sparse"] = {
                "count": len(moved),
                "indices": {"bufferView": self._view(moved, None), "componentType": _UINT},
                "values": {"bufferView": self._view(array[moved], None)},
            }
        self.accessors.append(entry)
        return len(self.accessors) - 1

    def _view(self, array: NDArray[Any], use: int | None) -> int:
        data = np.ascontiguousarray(array, dtype="<u4" if array.dtype.kind == "u" else "<f4").tobytes()
        view = {"buffer": 0, "byteOffset": self.length, "byteLength": len(data)}
        self.views.append(view | ({"target": use} if use else {}))
        self.pieces.append(data)
        self.length += len(data)
        return len(self.views) - 1


def _kind(array: NDArray[Any]) -> dict[str, Any]:
    component = _UINT if array.dtype.kind == "u" else _FLOAT
    return {"componentType": component, "type": "SCALAR" if array.ndim == 1 else f"VEC{array.shape[1]}"}


def write(take: Take, path: Path, wishes: Wishes) -> tuple[str, ...]:
    face = head_for(take, wishes.face)
    weights, notes = columns(take, face.names, elsewhere=arkit.HEAD_TURNS)
    binary = _Binary()
    mesh = _mesh(face, weights[0], binary)
    moments = (np.arange(take.frame_count) / float(take.rate.fps)).astype(np.float32)
    sampler = {
        "input": binary.add(moments, bounds=True),
        "output": binary.add(weights.reshape(-1)),
        "interpolation": "LINEAR",
    }
    nodes: list[dict[str, Any]] = [{"name": "Face", "mesh": 0}]
    samplers, channels = [sampler], [{"sampler": 0, "target": {"node": 0, "path": "weights"}}]
    if (turned := turns(take)) is not None:
        nodes[0]["translation"] = [-where for where in NECK]
        nodes.append({"name": "Head", "children": [0], "translation": list(NECK)})
        samplers.append({"input": sampler["input"], "output": binary.add(turned), "interpolation": "LINEAR"})
        channels.append({"sampler": 1, "target": {"node": 1, "path": "rotation"}})
    scene = {
        "asset": {"version": "2.0", "generator": f"KoeMorph {__version__}", "extras": {"koemorph": described(take)}},
        "scene": 0,
        "scenes": [{"nodes": [len(nodes) - 1]}],
        "nodes": nodes,
        "meshes": [mesh],
        "materials": [_material(name) for name in face.materials],
        "animations": [{"name": path.stem, "samplers": samplers, "channels": channels}],
        "accessors": binary.accessors,
        "bufferViews": binary.views,
        "buffers": [{"byteLength": binary.length}],
    }
    if binary.length > LARGEST:
        raise OutputError(f"{path} would become larger than glTF allows; convert a shorter part of the take.")
    with atomic(path) as handle:
        (_write_text if path.suffix.lower() == ".gltf" else _write_binary)(handle, scene, binary)
    return notes


def _mesh(face: Face, rest: NDArray[np.float32], binary: _Binary) -> dict[str, Any]:
    """One primitive for each material; all of them share their vertices."""
    attributes = {
        "POSITION": binary.add(face.vertices, use=_VERTICES, bounds=True),
        "NORMAL": binary.add(normals(face), use=_VERTICES),
    }
    targets = [{"POSITION": binary.add_sparse(delta)} for delta in face.deltas]
    triangles = face.quads[:, [0, 1, 2, 0, 2, 3]].astype(np.uint32)
    primitives = [
        {
            "attributes": attributes,
            "indices": binary.add(triangles[face.material == number].reshape(-1), use=_INDICES),
            "material": number,
            "targets": targets,
        }
        for number in range(len(face.materials))
        if (face.material == number).any()
    ]
    names = {"targetNames": list(face.names)}
    return {"name": "Face", "primitives": primitives, "weights": rest.tolist(), "extras": names}


def _material(name: str) -> dict[str, Any]:
    colour = [*linear(COLOURS[name]), 1.0]
    look = {"baseColorFactor": colour, "metallicFactor": 0.0, "roughnessFactor": 0.6}
    return {"name": name, "pbrMetallicRoughness": look}


def _write_binary(handle: IO[bytes], scene: dict[str, Any], binary: _Binary) -> None:
    text = json.dumps(scene, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    handle.write(struct.pack("<4sII", b"glTF", 2, 28 + len(text) + binary.length))
    handle.write(struct.pack("<I4s", len(text), b"JSON") + text)
    handle.write(struct.pack("<I4s", binary.length, b"BIN\0"))
    handle.writelines(binary.pieces)


def _write_text(handle: IO[bytes], scene: dict[str, Any], binary: _Binary) -> None:
    data = base64.b64encode(b"".join(binary.pieces)).decode()
    buffer = {"byteLength": binary.length, "uri": "data:application/octet-stream;base64," + data}
    handle.write(json.dumps(scene | {"buffers": [buffer]}, indent=1).encode())


FORMAT: Final = Format(
    name="gltf",
    suffixes=(".glb", ".gltf"),
    label="glTF",
    carries="Carries the weights as an animation of KoeMorph's head, or with --no-face of a "
    "plate under any names, and the "
    "head's turns as its rotation; rate, start "
    "and provenance only as extras of the asset, and the animation begins at 0.",
    write=write,
    rank=80,
)
