"""`maya.api.OpenMaya` and `OpenMayaAnim`, as far as the module's stubs have them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .likeness import faithful, stub
from .scene import RATES, TICKS, Key, evaluate, ticks_of

if TYPE_CHECKING:
    from .maya import Maya

_UNITS = list(RATES)
"""A time unit's number is its place here, and one more."""


def open_maya(maya: Maya) -> dict[str, Any]:
    stubs = stub("api/OpenMaya")

    @faithful
    class MObject(stubs.MObject):
        def __init__(self, name: str = "") -> None:
            self._name = name

    @faithful
    class MTime(stubs.MTime):
        def __init__(self, value: float, unit: int = _UNITS.index("film") + 1) -> None:
            self._ticks = ticks_of(value, RATES[_UNITS[unit - 1]])

        @staticmethod
        def uiUnit() -> int:
            return _UNITS.index(maya.state.unit) + 1

        def asUnits(self, unit: int) -> float:
            return float(self._ticks * RATES[_UNITS[unit - 1]] / TICKS)

    @faithful
    class MTimeArray(stubs.MTimeArray):
        def __init__(self, seq: Any) -> None:
            self._held = list(seq)

        def __len__(self) -> int:
            return len(self._held)

        def __iter__(self) -> Any:
            return iter(self._held)

    @faithful
    class MDoubleArray(stubs.MDoubleArray):
        def __init__(self, seq: Any) -> None:
            self._held = [float(value) for value in seq]

        def __len__(self) -> int:
            return len(self._held)

        def __iter__(self) -> Any:
            return iter(self._held)

    @faithful
    class MAngle(stubs.MAngle):
        def __init__(self, value: float, unit: int = 2) -> None:
            self._degrees = value

        @staticmethod
        def uiUnit() -> int:
            return 2

        def asRadians(self) -> float:
            return math.radians(self._degrees)

    @faithful
    class MDistance(stubs.MDistance):
        def __init__(self, value: float, unit: int = 6) -> None:
            self._value = value

        @staticmethod
        def uiUnit() -> int:
            return maya.length_unit

        def asCentimeters(self) -> float:
            return self._value * {6: 1.0, 8: 100.0}[maya.length_unit]

    @faithful
    class MSelectionList(stubs.MSelectionList):
        def add(self, pattern: str, searchChildNamespaces: bool = False) -> Any:
            if not maya.state.find(pattern):
                raise RuntimeError("(kInvalidParameter): Object does not exist")
            self._name = maya.state.find(pattern)
            return self

        def getDependNode(self, index: int) -> Any:
            return MObject(self._name)

    @faithful
    class MSyntax(stubs.MSyntax):
        kNoArg, kLong, kDouble, kString = 1, 3, 4, 5

        def __init__(self) -> None:
            self._flags: dict[str, tuple[str, int]] = {}

        def addFlag(self, shortName: str, longName: str, argTypes: int) -> Any:
            if not (shortName.startswith("-") and len(shortName) <= 4 and len(longName) > 4):
                raise RuntimeError(f"(kFailure): {shortName} {longName} cannot be flags")
            if longName in self._flags or any(shortName == short for short, _ in self._flags.values()):
                raise RuntimeError(f"(kFailure): the flag {shortName} {longName} is there twice")
            self._flags[longName] = (shortName, argTypes)
            return self

        def addArg(self, argType: int) -> Any:
            return self

    @faithful
    class MArgList(stubs.MArgList):
        def __init__(self, arguments: tuple[Any, ...] = (), flags: dict[str, Any] | None = None) -> None:
            self._arguments, self._flags = arguments, flags or {}

        def asInt(self, index: int) -> int:
            return int(self._arguments[index])

    @faithful
    class MArgParser(stubs.MArgParser):
        def __init__(self, syntax: Any, args: Any) -> None:
            longer = {short: name for name, (short, _) in syntax._flags.items()}
            self._given = {}
            for flag, value in args._flags.items():
                name = longer.get(f"-{flag}", f"-{flag}")
                if name not in syntax._flags:
                    raise TypeError(f"Invalid flag '{flag}'")
                kind = syntax._flags[name][1]
                if not isinstance(value, {1: (bool, int), 4: (int, float), 5: str}[kind]):
                    raise TypeError(f"Invalid arguments for flag '{flag}'")
                if kind != MSyntax.kNoArg or value:
                    self._given[name] = value

        def isFlagSet(self, flag: str) -> bool:
            return flag in self._given

        def flagArgumentString(self, flag: str, index: int) -> str:
            return str(self._given[flag])

        def flagArgumentDouble(self, flag: str, index: int) -> float:
            return float(self._given[flag])

    class MPxCommand(stubs.MPxCommand):
        def __init__(self) -> None:
            self._result: Any = None

        def setResult(self, result: Any) -> None:
            self._result = result

    @faithful
    class MFnPlugin(stubs.MFnPlugin):
        def __init__(self, object: Any, vendor: str = "", version: str = "", requiredApiVersion: str = "Any") -> None:  # noqa: A002
            pass

        def registerCommand(self, name: str, createCommand: Any, createSyntax: Any = None) -> Any:
            createSyntax()
            maya.commands[name] = createCommand
            return self

        def deregisterCommand(self, name: str) -> Any:
            del maya.commands[name]
            return self

    @faithful
    class MGlobal(stubs.MGlobal):
        @staticmethod
        def displayError(message: str) -> None:
            maya.said.append(message)

        @staticmethod
        def displayWarning(message: str) -> None:
            maya.said.append(message)

    kinds = (MObject, MTime, MTimeArray, MDoubleArray, MAngle, MDistance, MSelectionList, MSyntax, MArgList)
    return {kind.__name__: kind for kind in (*kinds, MArgParser, MPxCommand, MFnPlugin, MGlobal)}


def open_maya_anim(maya: Maya, known: dict[str, Any]) -> dict[str, Any]:
    stubs = stub("api/OpenMayaAnim", **known)

    @faithful
    class MAnimCurveChange(stubs.MAnimCurveChange):
        def __init__(self) -> None:
            self._steps: list[tuple[str, tuple[Key, ...], tuple[Key, ...]]] = []

        def undoIt(self) -> Any:
            for name, before, _ in reversed(self._steps):
                maya.state.nodes[name].keys = before
            return self

        def redoIt(self) -> Any:
            for name, _, after in self._steps:
                maya.state.nodes[name].keys = after
            return self

    @faithful
    class MFnAnimCurve(stubs.MFnAnimCurve):
        kTangentFixed, kTangentLinear, kTangentStep = 1, 2, 5
        kAnimCurveTA, kAnimCurveTL, kAnimCurveTT, kAnimCurveTU = 0, 1, 2, 3

        def __init__(self, object: Any) -> None:  # noqa: A002
            if not maya.state.nodes[object._name].kind.startswith("animCurve"):
                raise ValueError("(kInvalidParameter): Object is incompatible with this method")
            self._name = object._name

        @property
        def animCurveType(self) -> int:
            return ["TA", "TL", "TT", "TU"].index(maya.state.nodes[self._name].kind[-2:])

        @property
        def numKeys(self) -> int:
            return len(self._keys)

        @property
        def _keys(self) -> tuple[Key, ...]:
            return maya.state.nodes[self._name].keys

        def _set(self, keys: list[Key], change: Any) -> Any:
            before, after = self._keys, tuple(sorted(keys, key=lambda key: key.ticks))
            assert after, "Maya would delete an empty curve"
            maya.state.nodes[self._name].keys = after
            if change is not None:
                change._steps.append((self._name, before, after))
            return self

        def _alter(self, index: int, change: Any, **values: Any) -> Any:
            keys = list(self._keys)
            keys[index] = replace(keys[index], **values)
            return self._set(keys, change)

        def input(self, index: int) -> Any:
            time = known["MTime"](0.0)
            time._ticks = self._keys[index].ticks
            return time

        def find(self, at: Any) -> int | None:
            return next((index for index, key in enumerate(self._keys) if key.ticks == at._ticks), None)

        def evaluate(self, at: Any) -> float:
            return evaluate(self._keys, at._ticks)

        def remove(self, index: int, change: Any = None) -> Any:
            return self._set([key for place, key in enumerate(self._keys) if place != index], change)

        def setValue(self, index: int, value: float, change: Any = None) -> Any:
            return self._alter(index, change, value=float(value))

        def setInTangentType(self, index: int, tangentType: int, change: Any = None) -> Any:
            return self._alter(index, change, entering=tangentType)

        def setOutTangentType(self, index: int, tangentType: int, change: Any = None) -> Any:
            return self._alter(index, change, leaving=tangentType)

        def setTangent(
            self, index: int, x: float, y: float, isInTangent: bool, change: Any = None, convertUnits: bool = True
        ) -> Any:
            slope = y / x * (24.0 if maya.bent else 1.0)
            return self._alter(index, change, **{"slope_in" if isInTangent else "slope_out": slope})

        def addKeys(
            self,
            times: Any,
            values: Any,
            tangentInType: int = 0,
            tangentOutType: int = 0,
            keepExistingKeys: bool = False,
            change: Any = None,
        ) -> Any:
            there = {key.ticks for key in self._keys}
            assert keepExistingKeys and not there & {time._ticks for time in times}, "what Maya does here is not known"
            added = [
                Key(time._ticks, value, tangentInType, tangentOutType)
                for time, value in zip(times, values, strict=True)
            ]
            return self._set([*self._keys, *added], change)

    return {"MAnimCurveChange": MAnimCurveChange, "MFnAnimCurve": MFnAnimCurve}
