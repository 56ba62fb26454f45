"""Whom a line is keyed on: blendShape weights by their aliases, attributes of controls; and what is in the way.

What something else moves, or has locked, is reported and left alone. Nothing is ever disconnected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from maya import cmds

from koemorph.errors import RigError
from koemorph.rig import Coverage, Mapping, find, match_many

from .nodes import is_curve, is_layered, kind, movers


@dataclass(frozen=True)
class Character:
    name: str
    mapping: Mapping
    coverage: Coverage
    plugs: dict[str, tuple[str, ...]]
    """From a mapping's targets to the attributes that get their keys."""
    notes: tuple[str, ...] = ()


def blend_shapes(targets: Iterable[str]) -> list[str]:
    """The blendShape nodes that are meant: themselves, or those that deform meshes below the named objects."""
    found: dict[str, None] = {}
    for target in targets:
        if not cmds.objExists(target):
            raise RigError(f"The scene has nothing called {target}; name a face or a blendShape node.")
        if kind(target) == "blendShape":
            found[target] = None
            continue
        meshes = cmds.ls(target, dagObjects=True, type="mesh", noIntermediate=True, long=True) or []
        for mesh in meshes:
            past = cmds.listHistory(mesh, pruneDagObjects=True) or []
            found.update(dict.fromkeys(cmds.ls(past, type="blendShape") or []) if past else {})
    return list(found)


def aliases(node: str) -> tuple[str, ...]:
    """The names of a blendShape's weights, in their order."""
    pairs = cmds.aliasAttr(node, query=True) or []  # type: ignore[call-arg]  # which the published types do not know
    weights = [
        (int(attribute.partition("[")[2].rstrip("]")), alias)
        for alias, attribute in zip(pairs[::2], pairs[1::2], strict=True)
        if attribute.startswith(("weight[", "w["))
    ]
    return tuple(alias for _, alias in sorted(weights))


def chosen_targets() -> list[str]:
    """The selection, else the only blendShape node of the scene."""
    selected: list[str] = cmds.ls(selection=True) or []
    if selected:
        return selected
    nodes: list[str] = cmds.ls(type="blendShape") or []
    return nodes if len(nodes) == 1 else []


def character_of(targets: list[str], naming: str = "", layered: bool = False) -> Character:
    """`naming` is a mapping preset's name or file; without one the best that comes along counts."""
    nodes = blend_shapes(targets)
    wanted = find(naming) if naming else None
    if not nodes and not (wanted and any(map(is_attribute, wanted.targets))):
        raise RigError(_without_shapes(targets))
    names = {node: aliases(node) for node in nodes}
    mapping, coverage = match_many(list(names.values()), targets[0], wanted, is_attribute)
    plugs: dict[str, tuple[str, ...]] = {}
    notes = [f"{s} may mean {' or '.join(each)}, so that it is left out." for s, each in coverage.ambiguous.items()]
    for target in mapping.targets:
        holding = [f"{node}.{target}" for node, held in names.items() if target in held]
        if is_attribute(target):
            holding = [plug for plug in (_attribute(target, targets),) if plug]
            notes += [] if holding else [f"The scene has no attribute {target}."]
        free = []
        for plug in holding:
            if why := obstacle(plug, layered):
                notes.append(f"{plug} {why} and is left alone.")
            else:
                free.append(plug)
        if free:
            plugs[target] = tuple(free)
    if not plugs:
        why = f" ({notes[0]})" if notes else ""
        raise RigError(f"Nothing of {targets[0]} can be keyed with the mapping {mapping.name}{why}.")
    return Character(targets[0], mapping, coverage, plugs, tuple(notes))


def is_attribute(target: str) -> bool:
    """Whether a target is an attribute of a control, and not a weight of a blendShape."""
    return "." in target


def obstacle(plug: str, layered: bool = False) -> str:
    """Why an attribute cannot be keyed; empty if it can. `layered`: the keys go to a curve of a layer of their own."""
    if cmds.getAttr(plug, lock=True):
        return "is locked"
    if not (incoming := movers(plug)) or is_layered(plug):
        return ""
    by = incoming[0]
    if not is_curve(by):
        return f"is driven by {by} ({kind(by)})"
    return "" if layered else curve_obstacle(by)


def curve_obstacle(curve: str) -> str:
    """Why the keys of a curve cannot be changed; empty if they can."""
    if cmds.referenceQuery(curve, isNodeReferenced=True):
        return f"has its keys in a reference ({curve}), which needs an animation layer,"
    if _is_locked(curve) or cmds.getAttr(f"{curve}.keyTimeValue", lock=True):
        return f"has a locked curve ({curve})"
    if cmds.listConnections(f"{curve}.input", source=True, destination=False):
        return f"has its time warped ({curve}.input)"
    return ""


def _is_locked(node: str) -> bool:
    held = cmds.lockNode(node, query=True, lock=True)
    return any(held) if isinstance(held, list) else held


def _attribute(target: str, objects: list[str]) -> str:
    """`jaw_ctl.rotateX` as it stands, or in the namespace of what is selected; empty if there is none."""
    spaces = [name.rpartition("|")[2].rpartition(":")[0] for name in objects]
    for plug in (target, *(f"{space}:{target}" for space in spaces if space)):
        node, _, attribute = plug.partition(".")
        if cmds.objExists(node) and cmds.attributeQuery(attribute, node=node, exists=True):
            return plug
    return ""


def _without_shapes(targets: list[str]) -> str:
    if not targets:
        return "Nothing is selected; select a character's face, or name it."
    return f"{targets[0]} has no blendShape; select the mesh that makes the face move."
