"""Weights of blendShapes: whose they are, what they are called, and which of them move nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from maya import cmds

from koemorph.errors import RigError

from .nodes import is_connected, kind


def meshes_of(targets: Iterable[str]) -> list[str]:
    """The meshes below the named objects."""
    found: dict[str, None] = {}
    for target in targets:
        if not cmds.objExists(target):
            raise RigError(f"The scene has nothing called {target}; name a face or a blendShape node.")
        if kind(target) != "blendShape":
            below = cmds.ls(target, dagObjects=True, type="mesh", noIntermediate=True, long=True)
            found.update(dict.fromkeys(below or []))
    return list(found)


def deformers(mesh: str, of_kind: str) -> list[str]:
    """The deformers of one kind in a mesh's history."""
    past = cmds.listHistory(mesh, pruneDagObjects=True) or []
    return list(cmds.ls(past, type=of_kind) or []) if past else []


def blend_shapes(targets: Iterable[str]) -> list[str]:
    """The blendShape nodes that are meant: themselves, or those that deform meshes below the named objects."""
    targets = list(targets)
    meshes = meshes_of(targets)
    found = [target for target in targets if kind(target) == "blendShape"]
    return list(dict.fromkeys([*found, *(node for mesh in meshes for node in deformers(mesh, "blendShape"))]))


def aliases(node: str) -> tuple[str, ...]:
    """The names of a blendShape's weights, in their order."""
    return tuple(alias for _, alias in _numbered(node))


def empty_shapes(node: str) -> frozenset[str]:
    """Weights whose targets hold no difference from the face at rest, as far as the scene can tell.

    A target whose mesh is still there is taken to move something.
    """
    return frozenset(alias for number, alias in _numbered(node) if not any(_moves(node, number)))


def _moves(node: str, number: int) -> Iterator[bool]:
    """For each target of a weight, in-betweens too, on each mesh that the node deforms."""
    for mesh in _indices(f"{node}.inputTarget"):
        group = f"{node}.inputTarget[{mesh}].inputTargetGroup[{number}].inputTargetItem"
        for item in _indices(group):
            held = f"{group}[{item}]"
            live = is_connected(f"{held}.inputGeomTarget") or is_connected(f"{held}.inputPointsTarget")
            yield live or _differs(cmds.getAttr(f"{held}.inputPointsTarget"))


def _indices(plug: str) -> list[int]:
    return cmds.getAttr(plug, multiIndices=True) or []


def _differs(points: Any) -> bool:
    return any(abs(number) > 0 for point in points or () for number in point[:3])


def _numbered(node: str) -> list[tuple[int, str]]:
    pairs = cmds.aliasAttr(node, query=True) or []  # type: ignore[call-arg]  # which the published types do not know
    weights = [
        (int(attribute.partition("[")[2].rstrip("]")), alias)
        for alias, attribute in zip(pairs[::2], pairs[1::2], strict=True)
        if attribute.startswith(("weight[", "w["))
    ]
    return sorted(weights)
