"""Keys, layers and the undo queue."""

from __future__ import annotations

import dataclasses
from typing import Any

from .cmds_nodes import NodeCommands
from .scene import BASE, RATES, TICKS, Key, Node


class AnimationCommands(NodeCommands):
    def do_currentUnit(self, query: bool = False, time: Any = "", linear: str = "") -> Any:
        if query:
            return self._state.unit
        self._maya.changing(lambda: setattr(self._state, "unit", time))
        self._maya.happens("timeUnitChanged")
        return time

    def do_setKeyframe(self, plug: str, time: float, value: float, animLayer: str = "", noResolve: bool = False) -> int:
        plug = self._state.attribute(plug)
        node, _, attribute = plug.partition(".")
        mover = self._state.mover(plug)
        kind = self._node(mover).kind if mover else ""
        if attribute in self._node(node).locked or (mover and not kind.startswith(("animCurveT", "animBlendNode"))):
            return 0

        def work() -> int:
            state = self._state
            name = state.layers[animLayer][plug] if animLayer else mover
            if not name:
                name = "_".join([plug.replace(".", "_").replace(":", "_"), *([animLayer] if animLayer else [])])
                state.nodes[name] = Node("animCurveTU")
                if animLayer:
                    state.layers[animLayer][plug] = name
                else:
                    state.wires[plug] = f"{name}.output"
            ticks = state.ticks(time)
            kept = [key for key in state.nodes[name].keys if key.ticks != ticks]
            state.nodes[name].keys = tuple(sorted([*kept, Key(ticks, value)], key=lambda key: key.ticks))
            return 1

        return int(self._maya.changing(work))

    def do_currentTime(self, query: bool) -> float:
        return self._maya.now

    def do_cutKey(self, curve: str, time: tuple[float, float], clear: bool) -> int:
        """A curve without keys is gone, as in Maya."""
        state = self._state
        first, last = (state.ticks(frame) for frame in time)
        node = self._node(curve)
        kept = tuple(key for key in node.keys if not first <= key.ticks <= last)
        count = len(node.keys) - len(kept)

        def work() -> int:
            state.nodes[curve].keys = kept
            if not kept:
                del state.nodes[curve]
                state.wires = {goal: at for goal, at in state.wires.items() if at.partition(".")[0] != curve}
                for curves in state.layers.values():
                    curves.update({plug: "" for plug, held in curves.items() if held == curve})
            return count

        return int(self._maya.changing(work))

    def do_keyframe(
        self,
        curve: str = "",
        query: bool = False,
        timeChange: float = 0.0,
        keyframeCount: bool = False,
        selected: bool = False,
        name: bool = False,
        edit: bool = False,
        relative: bool = False,
        option: str = "",
        time: tuple[float, float] = (0.0, 0.0),
    ) -> list[float] | list[str] | int:
        if edit:
            assert relative and option == "over", "anything else is stopped by the neighbouring keys"
            return self._moved_keys(curve, time, float(timeChange))
        if selected and name:
            return list(self._state.selected_keys)
        keys = self._node(curve).keys
        if keyframeCount:
            return len(keys)
        return [float(key.ticks * RATES[self._state.unit] / TICKS) for key in keys]

    def _moved_keys(self, curve: str, time: tuple[float, float], by: float) -> int:
        state, node = self._state, self._node(curve)
        first, last = (state.ticks(frame) for frame in time)
        moved = {key.ticks + state.ticks(by): key for key in node.keys if first <= key.ticks <= last}
        kept = [key for key in node.keys if not first <= key.ticks <= last and key.ticks not in moved]

        def work() -> int:
            keys = [*kept, *(dataclasses.replace(key, ticks=ticks) for ticks, key in moved.items())]
            state.nodes[curve].keys = tuple(sorted(keys, key=lambda key: key.ticks))
            return len(moved)

        return int(self._maya.changing(work))

    def do_selectKey(
        self, *curves: str, replace: bool = False, keyframe: bool = False, time: tuple[float, float] = (0.0, 0.0)
    ) -> int:
        """As much a step of undo as any other."""
        for curve in curves:
            assert self._node(curve).kind.startswith("animCurve")
        self._maya.changing(lambda: setattr(self._state, "selected_keys", tuple(curves)))
        return len(curves)

    def do_animLayer(self, layer: str = "", query: bool = False, edit: bool = False, **flags: Any) -> Any:
        if query:
            return self._asked_layer(layer, **flags)
        if edit:
            return self._maya.changing(lambda: self._add_to_layer(layer, self._state.attribute(flags["attribute"])))

        def create() -> str:
            state = self._state
            if not state.layers:
                state.layers[BASE] = {}
                state.nodes[BASE] = Node("animLayer", "", {"override": False})
            state.nodes[layer] = Node("animLayer", "", {"override": bool(flags.get("override"))})
            state.layers[layer] = {}
            return layer

        return self._maya.changing(create)

    def _asked_layer(self, layer: str, **flags: Any) -> Any:
        state = self._state
        if "root" in flags:
            return BASE if state.layers else None
        if "override" in flags:
            return self._node(layer).values["override"]
        if "lock" in flags:
            return "*" in self._node(layer).locked
        if "attribute" in flags:
            return list(state.layers[layer]) or None
        found = state.layers[layer].get(state.attribute(flags["findCurveForPlug"]))
        return [found] if found else None

    def _add_to_layer(self, layer: str, plug: str) -> None:
        state = self._state
        mover = state.mover(plug)
        if not mover or not state.nodes[mover].kind.startswith("animBlendNode"):
            state.layers[BASE][plug] = mover
            blend = f"{plug.replace('.', '_').replace(':', '_')}_blend"
            state.nodes[blend] = Node("animBlendNodeAdditive")
            state.wires[plug] = f"{blend}.output"
        state.layers[layer][plug] = ""

    def do_undoInfo(
        self,
        openChunk: bool = False,
        closeChunk: bool = False,
        chunkName: str = "",
        query: bool = False,
        state: bool = False,
    ) -> Any:
        maya = self._maya
        if query:
            return maya.records_undo
        if openChunk:
            if not maya.open_chunks:
                maya.done.append([])
            maya.open_chunks += 1
        elif closeChunk:
            maya.open_chunks -= 1
            if not maya.open_chunks and maya.done and not maya.done[-1]:
                maya.done.pop()
        else:
            maya.records_undo = state
        return None

    def do_undo(self) -> None:
        if not self._maya.done:
            raise RuntimeError("There are no more commands to undo.")
        chunk = self._maya.done.pop()
        for undo, _ in reversed(chunk):
            undo()
        self._maya.undone.append(chunk)

    def do_redo(self) -> None:
        if not self._maya.undone:
            raise RuntimeError("There are no more commands to redo.")
        chunk = self._maya.undone.pop()
        for _, redo in chunk:
            redo()
        self._maya.done.append(chunk)
