"""A small Maya in memory, for tests: scenes, aliases, curves on ticks, layers, references, an undo queue.

It is no proof of what a real Maya does. It refuses flags that Maya's commands do not have (`maya_flags.json`, taken
from PyMEL's BSD-licensed table of Maya 2025) and models what the documentation says of the rest.
"""

from __future__ import annotations

import copy
import json
import math
from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

TICKS = 141_120_000
"""In a second, since Maya 2017."""
RATES = {
    "film": Fraction(24),
    "pal": Fraction(25),
    "ntsc": Fraction(30),
    "ntscf": Fraction(60),
    "show": Fraction(48),
    "palf": Fraction(50),
    "120fps": Fraction(120),
    "23.976fps": Fraction(24000, 1001),
    "29.97fps": Fraction(30000, 1001),
    "29.97df": Fraction(30000, 1001),
    "59.94fps": Fraction(60000, 1001),
}
FLAGS = json.loads(Path(__file__).with_name("maya_flags.json").read_text("utf-8"))
LINEAR, STEP, FIXED = 2, 5, 1


@dataclass
class Key:
    ticks: int
    value: float
    entering: int = LINEAR
    leaving: int = LINEAR
    slope_in: float = 0.0
    slope_out: float = 0.0


@dataclass
class Node:
    kind: str
    attributes: dict[str, Any] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    locked: set[str] = field(default_factory=set)
    referenced: bool = False
    keys: list[Key] = field(default_factory=list)


@dataclass
class State:
    unit: str = "film"
    nodes: dict[str, Node] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    """From a plug to the node that moves it."""
    layer_curves: dict[str, dict[str, str]] = field(default_factory=dict)
    """From a layer to the curves of its plugs."""
    selection: list[str] = field(default_factory=list)
    history: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)


class Maya:
    def __init__(self) -> None:
        self.state = State()
        self.undone: list[Any] = []
        self.done: list[list[Any]] = []
        self.open_chunks = 0
        self.plugins: dict[str, Any] = {}
        self.said: list[str] = []
        self.jobs: dict[int, Any] = {}
        self.bent = False
        """Whether tangents are understood otherwise than we think."""

    # A scene for a test

    def add_face(self, node: str, names: tuple[str, ...], mesh: str = "") -> None:
        self.state.nodes[node] = Node("blendShape", dict.fromkeys(names, 0.0), list(names))
        if mesh:
            self.state.nodes[mesh] = Node("mesh")
            self.state.history[mesh] = [node]

    def add_sound(self, node: str, path: Path, **attributes: float) -> None:
        plain = {"offset": 0.0, "silence": 0.0, "sourceStart": 0.0, "sourceEnd": 0.0}
        self.state.nodes[node] = Node("audio", {**plain, **attributes, "filename": str(path)})

    def curve_of(self, plug: str, layer: str = "") -> Node:
        name = self.state.layer_curves[layer][plug] if layer else self.state.inputs[plug]
        return self.state.nodes[name]

    def frames_of(self, plug: str, layer: str = "") -> list[tuple[Fraction, float]]:
        fps = RATES[self.state.unit]
        return [(Fraction(key.ticks, TICKS) * fps, key.value) for key in self.curve_of(plug, layer).keys]

    # Undo

    def remember(self, entry: Any) -> None:
        if self.open_chunks:
            self.done[-1].append(entry)
        else:
            self.done.append([entry])
        self.undone.clear()

    def changing(self, work: Any) -> Any:
        before = copy.deepcopy(self.state)
        result = work()
        after = copy.deepcopy(self.state)
        self.remember((lambda: self._restore(before), lambda: self._restore(after)))
        return result

    def _restore(self, state: State) -> None:
        self.state = copy.deepcopy(state)


def ticks_of(frame: float, fps: Fraction) -> int:
    return round(Fraction(frame) * TICKS / fps)


class Commands:
    """`maya.cmds`."""

    def __init__(self, maya: Maya) -> None:
        self._maya = maya

    def __getattr__(self, name: str) -> Any:
        if name in self._maya.plugins:
            return lambda *arguments, **flags: self._plugged(name, arguments, flags)
        if name not in FLAGS or not hasattr(self, f"do_{name}"):
            raise AttributeError(f"module 'maya.cmds' has no attribute {name!r}")

        def command(*arguments: Any, **flags: Any) -> Any:
            mode = "query" if flags.get("query") else "edit" if flags.get("edit") else "create"
            for flag in flags.keys() - {"query", "edit"}:
                if flag not in FLAGS[name]:
                    raise TypeError(f"Invalid flag '{flag}'")
                if FLAGS[name][flag] and mode not in FLAGS[name][flag]:
                    raise TypeError(f"Flag '{flag}' of {name} has no {mode} mode")
            return getattr(self, f"do_{name}")(*arguments, **flags)

        return command

    def _plugged(self, name: str, arguments: tuple[Any, ...], flags: dict[str, Any]) -> Any:
        command = self._maya.plugins[name]()
        command.doIt(SimpleNamespace(arguments=arguments, flags=flags, asInt=lambda index: int(arguments[index])))
        if command.isUndoable():
            self._maya.remember((command.undoIt, command.redoIt))
        return command.result

    @property
    def _state(self) -> State:
        return self._maya.state

    def _ticks(self, frame: float) -> int:
        return ticks_of(frame, RATES[self._state.unit])

    def do_about(self, batch: bool = False, version: bool = False) -> Any:
        return "2025" if version else True

    def do_currentUnit(self, query: bool, time: bool) -> str:
        return self._state.unit

    def do_objExists(self, name: str) -> bool:
        return name in self._state.nodes

    def do_nodeType(self, name: str) -> str:
        return self._state.nodes[name].kind

    def do_ls(self, names: Any = None, type: str = "", selection: bool = False, **flags: bool) -> list[str]:  # noqa: A002
        if selection:
            return list(self._state.selection)
        wanted = self._state.nodes if names is None else [names] if isinstance(names, str) else names
        return [name for name in wanted if not type or self._state.nodes[name].kind == type]

    def do_listHistory(self, name: str, pruneDagObjects: bool = False) -> list[str]:
        return self._state.history.get(name, [])

    def do_aliasAttr(self, node: str, query: bool) -> list[str] | None:
        pairs = [(name, f"weight[{index}]") for index, name in enumerate(self._state.nodes[node].aliases)]
        return [part for pair in reversed(pairs) for part in pair] or None

    def do_attributeQuery(self, attribute: str, node: str, exists: bool) -> bool:
        return attribute in self._state.nodes[node].attributes

    def do_getAttr(self, plug: str, lock: bool = False) -> Any:
        node, _, attribute = plug.partition(".")
        held = self._state.nodes[node]
        return attribute in held.locked if lock else held.attributes[attribute]

    def do_lockNode(self, node: str, query: bool, lock: bool) -> list[bool]:
        return ["*" in self._state.nodes[node].locked]

    def do_referenceQuery(self, node: str, isNodeReferenced: bool) -> bool:
        return self._state.nodes[node].referenced

    def do_listConnections(self, plug: str, source: bool, destination: bool, **flags: bool) -> list[str] | None:
        found = self._state.inputs.get(plug)
        return [found] if found else None

    def do_sound(self, node: str, query: bool, file: bool) -> str:
        return str(self._state.nodes[node].attributes["filename"])

    def do_setKeyframe(self, plug: str, time: float, value: float, animLayer: str = "", noResolve: bool = False) -> int:
        node, _, attribute = plug.partition(".")
        if attribute in self._state.nodes[node].locked:
            return 0

        def work() -> int:
            curves = self._state.layer_curves[animLayer] if animLayer else self._state.inputs
            name = (
                curves.get(plug) or f"{plug.replace('.', '_').replace(':', '_')}{'_' + animLayer if animLayer else ''}"
            )
            curve = self._state.nodes.setdefault(name, Node("animCurveTU"))
            curves[plug] = name
            curve.keys = [key for key in curve.keys if key.ticks != self._ticks(time)] + [Key(self._ticks(time), value)]
            curve.keys.sort(key=lambda key: key.ticks)
            return 1

        return int(self._maya.changing(work))

    def do_animLayer(self, layer: str = "", **flags: Any) -> Any:
        state = self._state
        if flags.pop("query", False):
            if "root" in flags:
                return "BaseAnimation" if state.layer_curves else None
            if "lock" in flags:
                return "*" in state.nodes[layer].locked
            if "attribute" in flags:
                return [plug for plug, name in state.inputs.items() if name == f"blend_{plug}"] or None
            found = state.layer_curves[layer].get(flags["findCurveForPlug"])
            return [found] if found else None
        if flags.pop("edit", False):
            plug = flags["attribute"]

            def add() -> None:
                before = self._state.inputs.get(plug)
                if before and not before.startswith("blend_"):
                    self._state.layer_curves["BaseAnimation"][plug] = before
                self._state.nodes[f"blend_{plug}"] = Node("animBlendNodeAdditiveDL")
                self._state.inputs[plug] = f"blend_{plug}"

            return self._maya.changing(add)

        def create() -> str:
            self._state.nodes[layer] = Node("animLayer", {"override": flags.get("override", False)})
            self._state.layer_curves.setdefault("BaseAnimation", {})
            self._state.layer_curves[layer] = {}
            return layer

        return self._maya.changing(create)

    def do_undoInfo(
        self,
        openChunk: bool = False,
        closeChunk: bool = False,
        chunkName: str = "",
        query: bool = False,
        state: bool = False,
    ) -> Any:
        if openChunk:
            if not self._maya.open_chunks:
                self._maya.done.append([])
            self._maya.open_chunks += 1
        elif closeChunk:
            self._maya.open_chunks -= 1
        return True

    def do_undo(self) -> None:
        chunk = self._maya.done.pop()
        for undo, _ in reversed(chunk):
            undo()
        self._maya.undone.append(chunk)

    def do_redo(self) -> None:
        chunk = self._maya.undone.pop()
        for _, redo in chunk:
            redo()
        self._maya.done.append(chunk)

    def do_file(self, path: str = "", rename: str = "", save: bool = False, **flags: Any) -> None:
        if rename:
            self._name = rename
        if save:
            Path(self._name).write_text("//Maya ASCII", "utf-8")

    def do_pluginInfo(self, name: str, query: bool, loaded: bool) -> bool:
        return bool(self._maya.plugins)

    def do_scriptJob(self, event: Any = None, exists: int = 0, kill: int = 0, force: bool = False) -> Any:
        if event:
            self._maya.jobs[len(self._maya.jobs) + 1] = event
            return len(self._maya.jobs)
        if kill:
            del self._maya.jobs[kill]
        return exists in self._maya.jobs

    def do_playbackOptions(self, query: bool, minTime: bool) -> float:
        return 1.0


def modules(maya: Maya) -> dict[str, ModuleType]:
    """What `import maya...` shall find."""
    named = {
        name: ModuleType(name)
        for name in ("maya", "maya.mel", "maya.api", "maya.api.OpenMaya", "maya.api.OpenMayaAnim")
    }
    commands = Commands(maya)
    named["maya"].cmds, named["maya"].mel = commands, named["maya.mel"]
    named["maya"].api = named["maya.api"]
    named["maya.api"].OpenMaya, named["maya.api"].OpenMayaAnim = (
        named["maya.api.OpenMaya"],
        named["maya.api.OpenMayaAnim"],
    )
    vars(named["maya.api.OpenMaya"]).update(_open_maya(maya))
    vars(named["maya.api.OpenMayaAnim"]).update(_open_maya_anim(maya))
    return {**named, "maya.cmds": commands}  # type: ignore[dict-item]


def _open_maya(maya: Maya) -> dict[str, Any]:
    class MTime:
        def __init__(self, value: float, unit: Fraction) -> None:
            self.ticks = ticks_of(value, unit)

        @staticmethod
        def uiUnit() -> Fraction:
            return RATES[maya.state.unit]

        def asUnits(self, unit: Fraction) -> float:
            return float(Fraction(self.ticks, TICKS) * unit)

    class MSelectionList:
        def add(self, name: str) -> None:
            if name not in maya.state.nodes:
                raise RuntimeError("(kInvalidParameter): Object does not exist")
            self._name = name

        def getDependNode(self, index: int) -> str:
            return self._name

    class MSyntax:
        kNoArg, kLong, kDouble, kString = range(4)

        def __init__(self) -> None:
            self.flags: dict[str, int] = {}

        def addFlag(self, short: str, long: str, kind: int = 0) -> None:
            if not (short.startswith("-") and len(short) <= 4 and len(long) > 4):
                raise RuntimeError(f"(kFailure): bad flag {short} {long}")
            if long in self.flags or any(short == known for known, *_ in self.flags.items()):
                raise RuntimeError(f"(kFailure): flag {long} twice")
            self.flags[long] = kind

        def addArg(self, kind: int) -> None:
            pass

    class MArgParser:
        def __init__(self, syntax: MSyntax, arguments: Any) -> None:
            self._given = {f"-{name}": value for name, value in arguments.flags.items()}
            for flag in self._given:
                if flag not in syntax.flags:
                    raise TypeError(f"Invalid flag '{flag}'")

        def isFlagSet(self, flag: str) -> bool:
            return flag in self._given

        def flagArgumentString(self, flag: str, index: int) -> str:
            return str(self._given[flag])

        def flagArgumentDouble(self, flag: str, index: int) -> float:
            return float(self._given[flag])

    class MPxCommand:
        def __init__(self) -> None:
            self.result: Any = None

        def setResult(self, result: Any) -> None:
            self.result = result

    class MFnPlugin:
        def __init__(self, *arguments: Any) -> None:
            pass

        def registerCommand(self, name: str, creator: Any, syntax: Any) -> None:
            syntax()
            maya.plugins[name] = creator

        def deregisterCommand(self, name: str) -> None:
            del maya.plugins[name]

    class MAngle:
        def __init__(self, value: float, unit: int) -> None:
            self._value = value

        @staticmethod
        def uiUnit() -> int:
            return 1

        def asRadians(self) -> float:
            return math.radians(self._value)

    class MGlobal:
        displayError = displayWarning = staticmethod(maya.said.append)

    return {
        **{
            kind.__name__: kind
            for kind in (MTime, MSelectionList, MSyntax, MArgParser, MPxCommand, MFnPlugin, MAngle, MGlobal)
        },
        "MTimeArray": list,
        "MDoubleArray": list,
    }


def _open_maya_anim(maya: Maya) -> dict[str, Any]:
    class MAnimCurveChange:
        def __init__(self) -> None:
            self._steps: list[tuple[str, list[Key], list[Key]]] = []

        def record(self, name: str, before: list[Key]) -> None:
            self._steps.append((name, before, copy.deepcopy(maya.state.nodes[name].keys)))

        def undoIt(self) -> None:
            for name, before, _ in reversed(self._steps):
                maya.state.nodes[name].keys = copy.deepcopy(before)

        def redoIt(self) -> None:
            for name, _, after in self._steps:
                maya.state.nodes[name].keys = copy.deepcopy(after)

    class MFnAnimCurve:
        kTangentLinear, kTangentStep, kTangentFixed = LINEAR, STEP, FIXED
        kAnimCurveTA, kAnimCurveTL, kAnimCurveTU = 0, 1, 3

        def __init__(self, name: str) -> None:
            if not maya.state.nodes[name].kind.startswith("animCurve"):
                raise ValueError("(kInvalidParameter): Object is incompatible with this method")
            self._name = name

        @property
        def _keys(self) -> list[Key]:
            return maya.state.nodes[self._name].keys

        @property
        def animCurveType(self) -> int:
            return {"animCurveTA": 0, "animCurveTL": 1, "animCurveTU": 3}[maya.state.nodes[self._name].kind]

        @property
        def numKeys(self) -> int:
            return len(self._keys)

        def _changing(self, change: MAnimCurveChange | None, work: Any) -> None:
            before = copy.deepcopy(self._keys)
            work()
            if change is not None:
                change.record(self._name, before)

        def input(self, index: int) -> Any:
            from maya.api import OpenMaya

            time = OpenMaya.MTime(0.0, OpenMaya.MTime.uiUnit())
            time.ticks = self._keys[index].ticks
            return time

        def find(self, time: Any) -> int | None:
            return next((index for index, key in enumerate(self._keys) if key.ticks == time.ticks), None)

        def remove(self, index: int, change: Any = None) -> None:
            self._changing(change, lambda: self._keys.pop(index))
            assert self._keys, "Maya would delete an empty curve"

        def setValue(self, index: int, value: float, change: Any = None) -> None:
            self._changing(change, lambda: setattr(self._keys[index], "value", value))

        def setInTangentType(self, index: int, kind: int, change: Any = None) -> None:
            self._changing(change, lambda: setattr(self._keys[index], "entering", kind))

        def setOutTangentType(self, index: int, kind: int, change: Any = None) -> None:
            self._changing(change, lambda: setattr(self._keys[index], "leaving", kind))

        def addKeys(
            self,
            times: list[Any],
            values: list[float],
            tangentInType: int = 0,
            tangentOutType: int = 0,
            keepExistingKeys: bool = False,
            change: Any = None,
        ) -> None:
            there = {key.ticks for key in self._keys}
            assert keepExistingKeys and not there & {time.ticks for time in times}

            def work() -> None:
                self._keys.extend(
                    Key(time.ticks, value, tangentInType, tangentOutType)
                    for time, value in zip(times, values, strict=True)
                )
                self._keys.sort(key=lambda key: key.ticks)

            self._changing(change, work)

        def setTangent(
            self, index: int, x: float, y: float, isInTangent: bool, change: Any = None, convertUnits: bool = True
        ) -> None:
            slope = y / x * (24.0 if maya.bent else 1.0)
            name = "slope_in" if isInTangent else "slope_out"
            self._changing(change, lambda: setattr(self._keys[index], name, slope))

        def evaluate(self, time: Any) -> float:
            keys = self._keys
            right = bisect_right([key.ticks for key in keys], time.ticks)
            if right in (0, len(keys)):
                return keys[min(right, len(keys) - 1)].value
            one, two = keys[right - 1], keys[right]
            if one.leaving == STEP:
                return one.value
            length = (two.ticks - one.ticks) / TICKS
            u = (time.ticks - one.ticks) / (two.ticks - one.ticks)
            straight = (two.value - one.value) / length
            leave = one.slope_out if one.leaving == FIXED else straight
            arrive = two.slope_in if two.entering == FIXED else straight
            rise = 3 * u**2 - 2 * u**3
            bends = leave * (u**3 - 2 * u**2 + u) + arrive * (u**3 - u**2)
            return one.value + (two.value - one.value) * rise + length * bends

    return {"MAnimCurveChange": MAnimCurveChange, "MFnAnimCurve": MFnAnimCurve}
