"""A scene from the statements of its file, everything checked that can be: counts, indices, connections, aliases."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .ascii import Malformed, Statement, statements
from .node_types import DEFAULT_NODES, TYPES

_INDEX = re.compile(r"\[(\d+)(?::(\d+))?\]")


@dataclass
class Written:
    """A node as the file has it."""

    kind: str
    parent: str = ""
    extra: set[str] = field(default_factory=set)
    sizes: dict[str, int] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)

    def joined(self, name: str) -> Any:
        """An array that the file has in pieces, as a whole."""
        parts = [value for key, value in self.held.items() if _INDEX.sub("[]", key) == f"{name}[]"]
        return np.concatenate(parts) if parts else np.zeros((0, 1))


@dataclass
class Scene:
    unit: str = "film"
    nodes: dict[str, Written] = field(default_factory=dict)
    wires: list[tuple[str, str]] = field(default_factory=list)


def read(text: str) -> Scene:
    scene, current = Scene(), ""
    for one in statements(text):
        try:
            current = _follow(scene, one, current)
        except (IndexError, ValueError, KeyError) as err:
            raise Malformed(f"line {one.line}: {one.command} {' '.join(one.words)[:60]}: {err}") from err
    for name, node in scene.nodes.items():
        _check_node(scene, name, node)
    return scene


def _follow(scene: Scene, one: Statement, current: str) -> str:
    """Do what one statement says; returns the node that `setAttr` means from now on."""
    if one.command == "currentUnit":
        scene.unit = one.flags.get("time", scene.unit)
    elif one.command == "createNode":
        current = one.flags["name"]
        if current in scene.nodes or (current in DEFAULT_NODES and not one.flags.get("shared")):
            raise ValueError("there are two of that name")
        if one.words[0] not in TYPES:
            raise ValueError("the node's type is not known")
        parent = one.flags.get("parent", "")
        if parent and parent not in scene.nodes:
            raise ValueError(f"no node is called {parent}")
        scene.nodes[current] = Written(one.words[0], parent)
    elif one.command == "addAttr":
        scene.nodes[current].extra.add(one.flags["shortName"])
    elif one.command == "setAttr":
        _set(scene.nodes[current], one)
    elif one.command == "connectAttr":
        source, goal = one.words
        for plug in (source, goal):
            _check_plug(scene, plug)
        if goal in (there for _, there in scene.wires) and not one.flags.get("nextAvailable"):
            raise ValueError("it is connected already")
        scene.wires.append((source, goal))
    elif one.command == "relationship":
        for plug in one.words[2:]:
            _check_plug(scene, plug)
        _check_plug(scene, f"{one.words[1]}.lnk[0]")
    elif one.command != "requires":
        raise ValueError("scenes of ours have no such statement")
    return current


def _set(node: Written, one: Statement) -> None:
    path, words = one.words[0].removeprefix("."), one.words[1:]
    wanted = _attribute(node, path)
    if "size" in one.flags:
        node.sizes[_INDEX.sub("[]", path).removesuffix("[]")] = one.flags["size"]
    if not words:
        return
    kind = one.flags.get("type", "")
    if isinstance(wanted, str) and kind != wanted:
        raise ValueError(f"it is of type {wanted}")
    if path in node.held:
        raise ValueError("it is set twice")
    span = list(_INDEX.finditer(path))
    last = span[-1] if span and path.endswith("]") else None
    count = int(last[2] or last[1]) - int(last[1]) + 1 if last else 1
    node.held[path] = _VALUES[kind](words, count, wanted)


def _attribute(node: Written, path: str) -> int | str:
    """How many numbers an attribute takes, or its type."""
    general = _INDEX.sub("[]", path)
    known = TYPES[node.kind]
    for name in (general, f"{general}[]"):
        if name in known:
            break
    else:
        raise ValueError(f"{node.kind} has no attribute {path}")
    if name == "aal" and "aal" not in node.extra:
        raise ValueError("the attribute has to be added first")
    return known[name]


def _check_plug(scene: Scene, plug: str) -> None:
    node, _, path = plug.partition(".")
    plain = node.removeprefix(":")
    written = scene.nodes.get(plain)
    if written is None and plain not in DEFAULT_NODES:
        raise ValueError(f"no node is called {node}")
    general = re.sub(r"^iog\.", "iog[].", _INDEX.sub("[]", path))
    if general not in TYPES[written.kind if written else DEFAULT_NODES[plain]]:
        raise ValueError(f"{plug} does not exist")


def _numbers(words: tuple[str, ...], count: int, wanted: int | str) -> Any:
    each = wanted if isinstance(wanted, int) else 3
    switches = {"yes": 1.0, "no": 0.0}
    values = np.array([switches[word] if word in switches else float(word) for word in words])
    if len(values) != count * each:
        raise ValueError(f"{count * each} numbers are wanted, not {len(values)}")
    return values.reshape(count, each)


def _points(words: tuple[str, ...], count: int, wanted: int | str) -> Any:
    values = np.array([float(word) for word in words[1:]])
    if len(values) != 4 * int(words[0]):
        raise ValueError(f"{words[0]} points have four numbers each, not {len(values)} together")
    return values.reshape(-1, 4)


def _components(words: tuple[str, ...], count: int, wanted: int | str) -> Any:
    """The numbers that are meant, in order."""
    if len(words) - 1 != int(words[0]):
        raise ValueError(f"{words[0]} components are wanted, not {len(words) - 1}")
    runs = [re.fullmatch(r"(?:vtx|f)\[(\d+)(?::(\d+))?\]", word) for word in words[1:]]
    if not all(runs):
        raise ValueError("there is something else than components")
    return np.concatenate([np.arange(int(run[1]), int(run[2] or run[1]) + 1) for run in runs if run])


def _faces(words: tuple[str, ...], count: int, wanted: int | str) -> Any:
    quads = np.array(words).reshape(-1, 6)
    if (quads[:, 0] != "f").any() or (quads[:, 1] != "4").any() or len(quads) != count:
        raise ValueError(f"{count} faces with four sides are wanted")
    return quads[:, 2:].astype(int)


def _aliases(words: tuple[str, ...], count: int, wanted: int | str) -> Any:
    if words[0] != "{" or words[-1] != "}":
        raise ValueError("aliases stand in braces")
    return dict(zip(words[1:-1:2], words[2:-1:2], strict=True))


_VALUES = {
    "": _numbers,
    "double3": _numbers,
    "float3": _numbers,
    "string": lambda words, count, wanted: str(words[0]),
    "pointArray": _points,
    "componentList": _components,
    "polyFaces": _faces,
    "attributeAlias": _aliases,
}


def _check_node(scene: Scene, name: str, node: Written) -> None:
    for path, size in node.sizes.items():
        there = {int(found[1]) for key in node.held if (found := re.match(re.escape(_open(path)) + r"\[(\d+)", key))}
        whole = len(node.joined(path)) if path in ("vt", "ed", "fc", "w", "ktv") else len(there)
        if whole != size and path != "iog[].og":
            raise Malformed(f"{name}.{path} is said to have {size} elements and has {whole}")
    if node.kind == "mesh" and "vt" in node.sizes:
        _check_mesh(name, node)
    if node.kind == "blendShape":
        weights = {f"weight[{number}]" for number in range(len(node.joined("w")))}
        if set(node.held["aal"].values()) != weights:
            raise Malformed(f"{name} does not name each of its {len(weights)} weights")
        for path in [path for path in node.held if path.endswith(".ipt")]:
            if len(node.held[path]) != len(node.held[path.replace(".ipt", ".ict")]):
                raise Malformed(f"{name}.{path} has not one point for each component")


def _open(path: str) -> str:
    return path.replace("[]", "[0]")


def _check_mesh(name: str, node: Written) -> None:
    """Every face is a closed walk along edges of the mesh, and no edge stands twice."""
    edges, faces = node.joined("ed")[:, :2].astype(int), node.joined("fc")
    if edges.max() >= len(node.joined("vt")) or len(np.unique(np.sort(edges, axis=1), axis=0)) != len(edges):
        raise Malformed(f"{name} has edges that stand twice or lead nowhere")
    backwards = faces < 0
    number = np.where(backwards, -faces - 1, faces)
    if number.max() >= len(edges):
        raise Malformed(f"{name} has faces with edges that do not exist")
    first = np.where(backwards, edges[number, 1], edges[number, 0])
    second = np.where(backwards, edges[number, 0], edges[number, 1])
    if (second != np.roll(first, -1, axis=1)).any():
        raise Malformed(f"{name} has a face that does not close")
