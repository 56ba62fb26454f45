"""The scene's frame rate, exact whatever Maya calls it."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from maya import cmds

from koemorph.errors import SettingsError
from koemorph.formats.maya import UNITS
from koemorph.timing import FrameRate

_NAMED: Final = {name: FrameRate(fps) for fps, name in UNITS.items()}
_NUMBERED: Final = re.compile(r"(\d+(?:\.\d+)?)(?:fps|df)")


def rate_of(unit: str) -> FrameRate:
    """The rate behind a time unit of Maya: film is 24, 29.97fps and 29.97df are 30000/1001."""
    if unit in _NAMED:
        return _NAMED[unit]
    if numbered := _NUMBERED.fullmatch(unit):
        return FrameRate.parse(numbered[1])
    raise SettingsError(f"The scene counts time in {unit}, not in frames; choose a frame rate in Maya's preferences.")


def scene_rate() -> FrameRate:
    return rate_of(cmds.currentUnit(query=True, time=True))


def exact(frames: float) -> Fraction:
    """What a person typed or a node holds: 0.1 is a tenth."""
    return Fraction(str(round(float(frames), 6)))
