"""Whom a line is keyed on: blendShape weights by their aliases, attributes of controls; and what is in the way.

What something else moves, or has locked, is reported and left alone. Nothing is ever disconnected.
"""

from __future__ import annotations

from dataclasses import dataclass

from maya import cmds

from koemorph.errors import RigError
from koemorph.rig import Channel, Coverage, Mapping, calibrated, find, match_many
from koemorph.rig.bones import number_of
from koemorph.rig.names import spellings
from koemorph.trust.words import listed

from .bones import Plug, head_links, joints_of, modes_of, plug_of
from .nodes import is_curve, is_layered, kind, movers
from .shapes import aliases, blend_shapes, empty_shapes, meshes_of


@dataclass(frozen=True)
class Character:
    name: str
    mapping: Mapping
    coverage: Coverage
    plugs: dict[str, tuple[Plug, ...]]
    """From a mapping's targets to the attributes that get their keys."""
    notes: tuple[str, ...] = ()


def chosen_targets() -> list[str]:
    """The selection, or the only blendShape node of the scene; and what else of that character has shapes."""
    selected: list[str] = cmds.ls(selection=True) or []
    nodes: list[str] = cmds.ls(type="blendShape") or []
    chosen = selected or (nodes if len(nodes) == 1 else [])
    return [*chosen, *_companions(chosen)] if len(selected) == 1 else chosen


def character_of(
    targets: list[str],
    naming: str = "",
    head: str = "",
    *,
    calibrate: str = "",
    layered: bool = False,
    from_rest: bool = True,
) -> Character:
    """`naming` is a mapping preset's name or file; without one the best that comes along counts.

    `calibrate` says how far some of its targets go. `layered` if the keys go to curves of a layer of their own;
    `from_rest` unless they are added to what is there.
    """
    nodes = blend_shapes(targets)
    wanted = find(naming) if naming else None
    if head and not cmds.objExists(head):
        raise RigError(f"The scene has nothing called {head}; name the joint or control of the head.")
    if not nodes and not wanted:
        raise RigError(_without_shapes(targets))
    names = {node: aliases(node) for node in nodes}
    empty = {node: empty_shapes(node) for node in nodes}
    still = _empty_everywhere(names, empty)
    bones = joints_of(targets) if wanted else ()
    mapping, coverage = match_many(list(names.values()), targets[0], wanted, is_attribute, empty=still, bones=bones)
    mapping = calibrated(mapping, calibrate)
    turned = {one.bone for link in mapping.links if (one := Channel.of(link.target))}
    mapping = mapping.with_links((*mapping.links, *(head_links(head) if head else ())))
    mapping = mapping.with_bones(modes_of([*(bone for bone in bones if bone in turned), *([head] if head else [])]))
    plugs: dict[str, tuple[Plug, ...]] = {}
    notes = [f"{s} may mean {' or '.join(each)}, so that it is left out." for s, each in coverage.ambiguous.items()]
    notes += [
        f"{node}: shapes that are empty and move nothing: {listed(sorted(told))}."
        for node, told in empty.items()
        if told
    ]
    for target in mapping.targets:
        holding = [
            Plug(name=f"{node}.{target}")
            for node, held in names.items()
            if target in held and target not in empty[node]
        ]
        if number_of(target) or is_attribute(target):
            plug = plug_of(target, from_rest=from_rest) or _attribute(target, targets)
            holding = [plug] if plug else []
            notes += [] if holding else [f"The scene has no attribute {target}."]
        free = []
        for plug in holding:
            if why := obstacle(plug.name, layered):
                notes.append(f"{plug.name} {why} and is left alone.")
            else:
                free.append(plug)
        if free:
            plugs[target] = tuple(free)
    if not plugs:
        why = f" ({notes[0].rstrip('.')})" if notes else ""
        raise RigError(f"Nothing of {targets[0]} can be keyed with the mapping {mapping.name}{why}.")
    return Character(targets[0], mapping, coverage, plugs, tuple(notes))


def _empty_everywhere(names: dict[str, tuple[str, ...]], empty: dict[str, frozenset[str]]) -> tuple[str, ...]:
    """Shapes that change nothing on any node that has them."""
    every = dict.fromkeys(name for held in names.values() for name in held)
    return tuple(name for name in every if all(name in empty[node] for node, held in names.items() if name in held))


def _companions(targets: list[str]) -> list[str]:
    """Teeth, tongue, lashes, beard: meshes that the same joints move, or of the same group, with shapes of one name."""
    own = blend_shapes(targets)
    faces, known = meshes_of(targets), _spelled(own)
    joints, groups = set(joints_of(targets)), {face.rsplit("|", 2)[0] for face in faces} - {""}
    found = []
    for node in cmds.ls(type="blendShape") or [] if faces else ():
        if node in own or not known & _spelled([node]):
            continue
        meshes = cmds.ls(*(cmds.blendShape(node, query=True, geometry=True) or []), long=True) or []
        beside = any(mesh.startswith(f"{group}|") for mesh in meshes for group in groups)
        if beside or joints.intersection(joints_of(meshes)):
            found.append(node)
    return found


def _spelled(nodes: list[str]) -> set[str]:
    """The names of weights as they are meant, however they are written."""
    return {spellings(name)[-1] for node in nodes for name in aliases(node)}


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


def _attribute(target: str, objects: list[str]) -> Plug | None:
    """`jaw_ctl.rotateX` as it stands, or in the namespace of what is selected; None if there is none."""
    spaces = [name.rpartition("|")[2].rpartition(":")[0] for name in objects]
    for plug in (target, *(f"{space}:{target}" for space in spaces if space)):
        node, _, attribute = plug.partition(".")
        if cmds.objExists(node) and cmds.attributeQuery(attribute, node=node, exists=True):
            return Plug(name=plug)
    return None


def _without_shapes(targets: list[str]) -> str:
    if not targets:
        return "Nothing is selected; select a character's face, or name it."
    return f"{targets[0]} has no blendShape; select the mesh that makes the face move."
