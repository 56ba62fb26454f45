"""The part of Maya's older Python API that the docked panel uses; types-maya has nothing of it."""

class SwigPyObject:
    def __int__(self) -> int: ...

class MQtUtil:
    @staticmethod
    def findControl(name: str) -> SwigPyObject | None: ...
