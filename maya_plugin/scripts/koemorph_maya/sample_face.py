"""KoeMorph's own head as a Maya scene in ASCII: one mesh, one blendShape with the 52 shapes, its colours.

Needs no Maya, so that the scene in the module's `scenes` folder is written by the same lines as the menu's face.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from koemorph.face import COLOURS, Face, load_face
from koemorph.formats.head import linear

MESH = "koemorphFace"
SHAPES = "koemorphFaceShapes"
_CENTIMETRES = 100.0
"""In one of the face's metres; scenes of Maya are in centimetres."""
_FULL = 6000
"""Where a blendShape keeps what a weight of 1 does."""
_AT_ONCE = 160
"""Elements in one statement, as Maya itself writes long arrays."""


def scene() -> str:
    """The whole file. The same text every time."""
    return "\n".join([*_statements(load_face()), "// End of the face", ""])


def _statements(face: Face) -> Iterator[str]:
    yield "//Maya ASCII 2024 scene"
    yield 'requires maya "2024";'
    yield "currentUnit -l centimeter -a degree -t film;"
    yield f'createNode transform -n "{MESH}";'
    yield f'createNode mesh -n "{MESH}Shape" -p "{MESH}";'
    yield f'\tsetAttr -s {len(face.materials)} ".iog[0].og";'
    yield f'createNode mesh -n "{MESH}ShapeOrig" -p "{MESH}";'
    yield '\tsetAttr ".io" yes;'
    yield from _geometry(face)
    yield f'createNode blendShape -n "{SHAPES}";'
    yield from _targets(face)
    yield from _materials(face)
    yield 'createNode lightLinker -s -n "lightLinker1";'
    yield from _wires(face)


def _geometry(face: Face) -> Iterator[str]:
    """Points, edges that each stand once, and faces as walks along edges, backwards ones counted from -1 down."""
    walks = np.stack([face.quads, np.roll(face.quads, -1, axis=1)], axis=2)
    edges, place = np.unique(np.sort(walks, axis=2).reshape(-1, 2), axis=0, return_inverse=True)
    place = place.reshape(face.quads.shape)
    along = np.where(walks[:, :, 0] < walks[:, :, 1], place, -place - 1)
    smooth = np.column_stack([edges, np.ones(len(edges), dtype=edges.dtype)])
    yield from _array("vt", _rows(face.vertices * _CENTIMETRES))
    yield from _array("ed", _rows(smooth))
    faces = [f"\n\t\tf 4 {row}" for row in _rows(along)]
    yield f'\tsetAttr -s {len(faces)} -ch {4 * len(faces)} ".fc";'
    for begin in range(0, len(faces), _AT_ONCE):
        some = faces[begin : begin + _AT_ONCE]
        yield f'\tsetAttr ".fc[{begin}:{begin + len(some) - 1}]" -type "polyFaces"{"".join(some)};'


def _targets(face: Face) -> Iterator[str]:
    count = len(face.names)
    yield '\taddAttr -ci true -h true -sn "aal" -ln "attributeAliasList" -dt "attributeAlias";'
    yield f'\tsetAttr -s {count} ".w[0:{count - 1}]"  {" ".join("0" * count)};'
    yield f'\tsetAttr -s {count} ".it[0].itg";'
    for number, deltas in enumerate(face.deltas):
        moved = np.flatnonzero(deltas.any(axis=1))
        points = " ".join(f"{row} 1" for row in _rows(deltas[moved] * _CENTIMETRES))
        held = f'\tsetAttr ".it[0].itg[{number}].iti[{_FULL}]'
        yield f'{held}.ipt" -type "pointArray" {len(moved)} {points} ;'
        yield f'{held}.ict" -type "componentList" {_components("vtx", moved)};'
    aliases = ",".join(f'"{name}","weight[{number}]"' for number, name in enumerate(face.names))
    yield f'\tsetAttr ".aal" -type "attributeAlias" {{{aliases}}} ;'


def _materials(face: Face) -> Iterator[str]:
    for number, name in enumerate(face.materials):
        red, green, blue = linear(COLOURS[name])
        yield f'createNode lambert -n "{_material(name)}";'
        yield f'\tsetAttr ".c" -type "float3" {red} {green} {blue} ;'
        yield f'createNode shadingEngine -n "{_material(name)}SG";'
        yield '\tsetAttr ".ihi" 0;'
        yield '\tsetAttr ".ro" yes;'
        yield f'createNode materialInfo -n "{_material(name)}Info";'
        yield f'createNode groupId -n "{_material(name)}Id";'
        yield '\tsetAttr ".ihi" 0;'
        yield f'createNode groupParts -n "{_material(name)}Parts";'
        yield '\tsetAttr ".ihi" 0;'
        quads = np.flatnonzero(face.material == number)
        yield f'\tsetAttr ".ic" -type "componentList" {_components("f", quads)};'


def _wires(face: Face) -> Iterator[str]:
    """From the face at rest through its colours' groups to the blendShape and on to the face that is seen."""
    shape, before = f"{MESH}Shape", f"{MESH}ShapeOrig.w"
    for number, name in enumerate(map(_material, face.materials)):
        yield _wire(before, f"{name}Parts.ig")
        yield _wire(f"{name}Id.id", f"{name}Parts.gi")
        before = f"{name}Parts.og"
        group = f"{shape}.iog.og[{number}]"
        yield _wire(f"{name}Id.id", f"{group}.gid")
        yield _wire(f"{name}SG.mwc", f"{group}.gco")
        yield _wire(group, f"{name}SG.dsm", "-na")
        yield _wire(f"{name}Id.msg", f"{name}SG.gn", "-na")
        yield _wire(f"{name}.oc", f"{name}SG.ss")
        yield _wire(f"{name}SG.msg", f"{name}Info.sg")
        yield _wire(f"{name}.msg", f"{name}Info.m")
        yield _wire(f"{name}SG.pa", ":renderPartition.st", "-na")
        yield _wire(f"{name}.msg", ":defaultShaderList1.s", "-na")
        for kind in ("link", "shadowLink"):
            yield f'relationship "{kind}" ":lightLinker1" "{name}SG.message" ":defaultLightSet.message";'
    yield _wire(before, f"{SHAPES}.ip[0].ig")
    yield _wire(f"{MESH}ShapeOrig.o", f"{SHAPES}.orggeom[0]")
    yield _wire(f"{SHAPES}.og[0]", f"{shape}.i")


def _material(name: str) -> str:
    return f"{MESH}_{name}"


def _wire(source: str, goal: str, *flags: str) -> str:
    return " ".join([f'connectAttr "{source}" "{goal}"', *flags]) + ";"


def _rows(values: NDArray[np.generic]) -> list[str]:
    """Each row as Maya reads numbers; a tenth of a micrometre is as exact as the face is."""
    return [
        " ".join(f"{value:.5f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}" for value in row)
        for row in values.tolist()
    ]


def _array(name: str, rows: list[str]) -> Iterator[str]:
    yield f'\tsetAttr -s {len(rows)} ".{name}";'
    for begin in range(0, len(rows), _AT_ONCE):
        some = rows[begin : begin + _AT_ONCE]
        yield f'\tsetAttr ".{name}[{begin}:{begin + len(some) - 1}]"  {" ".join(some)};'


def _components(kind: str, numbers: NDArray[np.intp]) -> str:
    """Runs of numbers as `vtx[3:7]`, with their count before them."""
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) != 1) + 1) if len(numbers) else []
    parts = [f"{run[0]}" if len(run) == 1 else f"{run[0]}:{run[-1]}" for run in runs]
    return " ".join([str(len(parts)), *(f'"{kind}[{part}]"' for part in parts)])
