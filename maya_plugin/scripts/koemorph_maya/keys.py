"""Keys in bulk: a whole curve in a handful of calls, everything undone and redone as one.

Slopes of Bezier keys are set in values per second. Whether Maya then draws the curve that was meant is looked up on
the curve itself; one that strays gets a key on every frame instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np
from maya.api import OpenMaya, OpenMayaAnim
from numpy.typing import NDArray

from koemorph.errors import RigError
from koemorph.keying import CurveKeys

CLOSE = 1e-3
"""How far, in a shape's full travel, Maya may draw a curve from what was meant."""
_SLACK = 1e-4
"""Frames that count as the same."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Write:
    """One curve node and the keys it gets, at frames of the scene; `samples` are its values on every frame."""

    curve: str
    keys: CurveKeys
    samples: CurveKeys
    merge: bool = False
    """Keep keys of the range that stand on other frames."""


class Pending:
    """Writes that wait for the command that does them: commands of Maya take only texts and numbers."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._writes: dict[int, tuple[list[Write], float]] = {}
        self.strayed: list[str] = []

    def add(self, writes: list[Write], seconds_per_frame: float) -> int:
        number = next(self._numbers)
        self._writes[number] = (writes, seconds_per_frame)
        return number

    def take(self, number: int) -> tuple[list[Write], float]:
        return self._writes.pop(number)


pending = Pending()


def write(number: int, change: OpenMayaAnim.MAnimCurveChange) -> list[str]:
    """Do what waits under a number, noting it in an MAnimCurveChange. Returns the curves that had to be keyed fully."""
    writes, seconds = pending.take(number)
    strayed = []
    for one in writes:
        function = _curve(one.curve)
        scale = _internal(function)
        _replace(function, one.keys, scale, change, merge=one.merge)
        if one.keys.interpolation == "bezier":
            _set_slopes(function, one.keys, scale, seconds, change)
            if not one.merge and not _as_meant(function, one.keys, scale):
                _replace(function, one.samples, scale, change, merge=one.merge)
                strayed.append(one.curve)
    pending.strayed = strayed
    return strayed


def drawn(curve: str, frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """A curve's values at frames of the scene, as Maya itself evaluates it, in the units that the scene shows."""
    function, unit = _curve(curve), OpenMaya.MTime.uiUnit()
    return _evaluated(function, frames, unit) / _internal(function)


def _curve(name: str) -> OpenMayaAnim.MFnAnimCurve:
    selection = OpenMaya.MSelectionList()
    selection.add(name)
    return OpenMayaAnim.MFnAnimCurve(selection.getDependNode(0))


def _internal(function: OpenMayaAnim.MFnAnimCurve) -> float:
    """Maya keeps angles in radians and lengths in centimetres, whatever the scene shows."""
    kind = function.animCurveType
    if kind == OpenMayaAnim.MFnAnimCurve.kAnimCurveTA:
        return float(OpenMaya.MAngle(1.0, OpenMaya.MAngle.uiUnit()).asRadians())
    if kind == OpenMayaAnim.MFnAnimCurve.kAnimCurveTL:
        return float(OpenMaya.MDistance(1.0, OpenMaya.MDistance.uiUnit()).asCentimeters())
    return 1.0


def _replace(
    function: OpenMayaAnim.MFnAnimCurve,
    keys: CurveKeys,
    scale: float,
    change: OpenMayaAnim.MAnimCurveChange,
    *,
    merge: bool,
) -> None:
    """The curve never becomes empty, for which Maya would delete it: the key on the first frame stays and is changed.

    How `addKeys` treats a key that is there already does not matter, because none is.
    """
    unit, kind = OpenMaya.MTime.uiUnit(), OpenMayaAnim.MFnAnimCurve
    first, last = float(keys.frames[0]), float(keys.frames[-1])
    for index in range(function.numKeys - 1, -1, -1):
        frame = function.input(index).asUnits(unit)
        if not first + _SLACK < frame < last + _SLACK:
            continue
        if not merge or np.abs(keys.frames - frame).min() < _SLACK:
            function.remove(index, change)
    entering, leaving = {
        "bezier": (kind.kTangentFixed, kind.kTangentFixed),
        "linear": (kind.kTangentLinear, kind.kTangentLinear),
        "stepped": (kind.kTangentLinear, kind.kTangentStep),
    }[keys.interpolation]
    values = scale * keys.values
    index = _index(function, first)
    function.setValue(index, float(values[0]), change)
    function.setInTangentType(index, entering, change)
    function.setOutTangentType(index, leaving, change)
    if len(keys) > 1:
        times = OpenMaya.MTimeArray([OpenMaya.MTime(frame, unit) for frame in keys.frames[1:].tolist()])
        function.addKeys(times, OpenMaya.MDoubleArray(values[1:].tolist()), entering, leaving, True, change)


def _index(function: OpenMayaAnim.MFnAnimCurve, frame: float) -> int:
    found = function.find(OpenMaya.MTime(frame, OpenMaya.MTime.uiUnit()))
    if found is None:
        raise RigError(f"Maya has lost the key at frame {frame:g}; undo, and key every frame.")
    return found


def _set_slopes(
    function: OpenMayaAnim.MFnAnimCurve,
    keys: CurveKeys,
    scale: float,
    seconds: float,
    change: OpenMayaAnim.MAnimCurveChange,
) -> None:
    runs = (-seconds * keys.offsets_in[:, 0] * 3.0, seconds * keys.offsets_out[:, 0] * 3.0)
    for frame, slope, run_in, run_out in zip(
        keys.frames.tolist(), (scale * keys.slopes / seconds).tolist(), *(run.tolist() for run in runs), strict=True
    ):
        index = _index(function, frame)
        function.setTangent(index, run_in, run_in * slope, True, change, False)
        function.setTangent(index, run_out, run_out * slope, False, change, False)


def _as_meant(function: OpenMayaAnim.MFnAnimCurve, keys: CurveKeys, scale: float) -> bool:
    """Between keys, as Maya itself evaluates the curve."""
    unit = OpenMaya.MTime.uiUnit()
    quarters: NDArray[np.float64] = (keys.frames[:-1, None] + np.diff(keys.frames)[:, None] * (0.25, 0.75)).ravel()
    seen = _evaluated(function, quarters, unit)
    span = max(1.0, float(np.ptp(keys.values)))
    return bool(np.allclose(seen / scale, keys.at(quarters), rtol=0.0, atol=CLOSE * span))


def _evaluated(function: OpenMayaAnim.MFnAnimCurve, frames: NDArray[np.float64], unit: int) -> NDArray[np.float64]:
    return np.array([function.evaluate(OpenMaya.MTime(frame, unit)) for frame in frames.tolist()])
