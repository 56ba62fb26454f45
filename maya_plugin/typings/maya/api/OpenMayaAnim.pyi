"""The parts of Maya's Python API 2.0 for animation that the module uses; types-maya has only their names."""

from typing import Literal

from maya.api.OpenMaya import MDoubleArray, MObject, MTime, MTimeArray

class MAnimCurveChange:
    def __init__(self) -> None: ...
    def undoIt(self) -> MAnimCurveChange: ...
    def redoIt(self) -> MAnimCurveChange: ...

class MFnAnimCurve:
    kAnimCurveTA: Literal[0]
    kAnimCurveTL: Literal[1]
    kAnimCurveTT: Literal[2]
    kAnimCurveTU: Literal[3]
    kTangentFixed: Literal[1]
    kTangentLinear: Literal[2]
    kTangentStep: Literal[5]
    def __init__(self, object: MObject, /) -> None: ...
    @property
    def animCurveType(self) -> int: ...
    @property
    def numKeys(self) -> int: ...
    def input(self, index: int, /) -> MTime: ...
    def find(self, at: MTime, /) -> int | None: ...
    def evaluate(self, at: MTime, /) -> float: ...
    def remove(self, index: int, change: MAnimCurveChange | None = None) -> MFnAnimCurve: ...
    def setValue(self, index: int, value: float, change: MAnimCurveChange | None = None) -> MFnAnimCurve: ...
    def setInTangentType(
        self, index: int, tangentType: int, change: MAnimCurveChange | None = None
    ) -> MFnAnimCurve: ...
    def setOutTangentType(
        self, index: int, tangentType: int, change: MAnimCurveChange | None = None
    ) -> MFnAnimCurve: ...
    def setTangent(
        self,
        index: int,
        x: float,
        y: float,
        isInTangent: bool,
        change: MAnimCurveChange | None = None,
        convertUnits: bool = True,
    ) -> MFnAnimCurve: ...
    def addKeys(
        self,
        times: MTimeArray,
        values: MDoubleArray,
        tangentInType: int = 0,
        tangentOutType: int = 0,
        keepExistingKeys: bool = False,
        change: MAnimCurveChange | None = None,
    ) -> MFnAnimCurve: ...
