"""Nodes, attributes and connections."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from .maya import Maya
from .scene import Node, State


class NodeCommands:
    _maya: Maya

    @property
    def _state(self) -> State:
        return self._maya.state

    def _node(self, name: str) -> Node:
        if not (found := self._state.find(name)):
            raise ValueError(f"No object matches name: {name}")
        return self._state.nodes[found]

    def do_objExists(self, name: str) -> bool:
        return bool(self._state.find(name))

    def do_nodeType(self, name: str) -> str:
        return self._node(name).kind

    def do_ls(
        self,
        *names: Any,
        selection: bool = False,
        type: str = "",  # noqa: A002
        dagObjects: bool = False,
        noIntermediate: bool = False,
        long: bool = False,
    ) -> list[str]:
        asked = [name for one in names for name in (one if isinstance(one, list) else [one])]
        state = self._state
        found = state.selection if selection else [state.find(name) for name in asked] if names else list(state.nodes)
        if dagObjects:
            found = [name for top in found for name in self._below(top)]
        if noIntermediate:
            found = [name for name in found if not state.nodes[name].values.get("intermediateObject")]
        kept = [name for name in found if name and (not type or state.nodes[name].kind == type)]
        return [self._path(name) if long else name for name in dict.fromkeys(kept)]

    def _below(self, top: str) -> list[str]:
        children = [name for name, node in self._state.nodes.items() if node.parent == top]
        return [top, *(name for child in children for name in self._below(child))]

    def _path(self, name: str) -> str:
        node = self._state.nodes[name]
        if node.kind not in ("transform", "mesh"):
            return name
        return f"{self._path(node.parent) if node.parent else ''}|{name}"

    def do_listHistory(self, name: str, pruneDagObjects: bool = False) -> list[str] | None:
        found, waiting = [], [self._state.find(name)]
        while waiting:
            one = waiting.pop(0)
            found.append(one)
            movers = [
                source.partition(".")[0] for goal, source in self._state.wires.items() if goal.split(".")[0] == one
            ]
            waiting += [mover for mover in movers if mover not in found and mover not in waiting]
        kept = [one for one in found if not (pruneDagObjects and self._node(one).kind in ("mesh", "transform"))]
        return kept or None

    def do_aliasAttr(self, node: str, query: bool = False) -> list[str] | None:
        pairs = [(name, f"weight[{index}]") for index, name in enumerate(self._node(node).aliases)]
        return [part for pair in reversed(pairs) for part in pair] or None

    def do_attributeQuery(self, attribute: str, node: str, exists: bool) -> bool:
        return attribute in self._node(node).values

    def do_getAttr(self, plug: str, lock: bool = False, time: float | None = None, multiIndices: bool = False) -> Any:
        node, _, name = self._state.attribute(plug).partition(".")
        held = self._node(node)
        if lock:
            return name in held.locked
        if name.startswith("inputTarget"):
            return self._target(node, name, multiIndices)
        return self._state.value(plug, self._state.ticks(1 if time is None else time))

    def _target(self, node: str, name: str, indices: bool) -> Any:
        """Of one mesh and no in-betweens; weights of a node without geometry have their meshes still."""
        held = self._node(node)
        numbers = [int(number) for number in re.findall(r"\[(\d+)\]", name)]
        if indices:
            return [[0], list(range(len(held.aliases))), [6000]][len(numbers)]
        if held.geometry is None:
            return None
        deltas = held.geometry[numbers[1]][1]
        return [(*point, 1.0) for point in deltas.tolist()] or None

    def do_setAttr(self, plug: str, value: Any = None, lock: bool | None = None, type: str = "") -> None:  # noqa: A002
        node, _, name = self._state.attribute(plug).partition(".")
        if lock is None and name in self._node(node).locked:
            raise RuntimeError(f"The attribute '{plug}' is locked or connected and cannot be modified.")

        def work() -> None:
            held = self._node(node)
            if lock is None:
                held.values[name] = value
            elif lock:
                held.locked.add(name)
            else:
                held.locked.discard(name)

        self._maya.changing(work)

    def do_lockNode(self, node: str, query: bool, lock: bool) -> list[bool]:
        return ["*" in self._node(node).locked]

    def do_referenceQuery(self, node: str, isNodeReferenced: bool) -> bool:
        return self._node(node).referenced

    def do_listConnections(
        self,
        plug: str,
        source: bool = True,
        destination: bool = True,
        skipConversionNodes: bool = False,
        type: str = "",  # noqa: A002
    ) -> list[str] | None:
        assert source and not destination
        node, _, name = plug.partition(".")
        if not name:
            movers = [at.split(".")[0] for goal, at in self._state.wires.items() if goal.split(".")[0] == node]
            return [mover for mover in movers if self._node(mover).kind == type] or None
        if name.endswith("inputGeomTarget"):
            return ["its mesh"] if self._node(node).geometry is None else None
        found = self._state.mover(plug)
        return [found] if found else None

    def do_select(self, *names: str, replace: bool = False, clear: bool = False) -> None:
        wanted = [] if clear else [name for name in names if self._node(name)]
        self._maya.changing(lambda: setattr(self._state, "selection", list(wanted)))
        self._maya.happens("SelectionChanged")

    def do_sound(self, node: str, query: bool, file: bool) -> str:
        return str(self._node(node).values["filename"])

    def do_createNode(self, kind: str, name: str, skipSelect: bool = False) -> str:
        def work() -> None:
            if kind == "audio":
                self._maya.add_sound(name, Path())
            elif kind == "joint":
                self._maya.add_joint(name)
            else:
                assert kind == "network" and skipSelect
                self._state.nodes[name] = Node(kind)

        self._maya.changing(work)
        return name

    def do_delete(self, name: str) -> None:
        """A target that was made of it stays, as the difference that there was: with our spheres none."""

        def work() -> None:
            del self._state.nodes[name], self._state.nodes[f"{name}Shape"]
            for node_name, node in self._state.nodes.items():
                if name in node.aliases:
                    self._maya.empty(node_name, name)

        self._maya.changing(work)

    def do_addAttr(
        self, node: str, longName: str, dataType: str = "", attributeType: str = "", defaultValue: float = 0.0
    ) -> None:
        assert (dataType, attributeType) in (("string", ""), ("", "double"))
        values = self._node(node).values
        if longName in values:
            raise RuntimeError(f"Attribute already exists: {longName}")
        usual = None if dataType else defaultValue
        self._maya.changing(lambda: self._node(node).values.update({longName: usual}))

    def do_polyEvaluate(self, name: str, face: bool) -> int:
        return int(self._rest(name)[1])

    def do_pointPosition(self, component: str) -> list[float]:
        """As the blendShapes of the scene pose it now."""
        name, _, place = component.partition(".vtx[")
        number = int(place.rstrip("]"))
        point = np.array(self._rest(name)[0][number])
        for node_name, node in self._state.nodes.items():
            if node.kind == "blendShape":
                for alias, (moved, deltas) in zip(node.aliases, node.geometry, strict=True):
                    point += deltas[moved == number].sum(axis=0) * self.do_getAttr(f"{node_name}.{alias}")
        return [float(part) for part in point]

    def _rest(self, name: str) -> Any:
        shapes = self.do_ls(name, dagObjects=True, type="mesh")
        return next(g for shape in shapes if (g := self._state.nodes[shape].geometry) and g[1])

    def do_polySphere(self, name: str) -> list[str]:
        def work() -> list[str]:
            self._state.nodes[name] = Node("transform")
            self._state.nodes[f"{name}Shape"] = Node("mesh", name)
            return [name, f"{name}Maker"]

        return list(self._maya.changing(work))

    def do_blendShape(self, *objects: str, name: str = "", query: bool = False, geometry: bool = False) -> list[str]:
        if query:
            assert geometry
            wires = self._state.wires.items()
            return [goal.partition(".")[0] for goal, source in wires if source.startswith(f"{objects[0]}.og")]
        *targets, base = objects

        def work() -> list[str]:
            self._state.nodes[name] = Node("blendShape", "", dict.fromkeys(targets, 0.0), list(targets))
            self._state.wires[f"{base}Shape.i"] = f"{name}.og[0]"
            return [name]

        return list(self._maya.changing(work))
