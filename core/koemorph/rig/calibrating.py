"""Calibrations as a person writes them: `Jaw_Drop gain 1.2 maximum 0.8; Smile_L rest 0.1`."""

from __future__ import annotations

import math
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Final

from ..errors import RigError
from .mapping import Calibration, Mapping

_PARTS: Final = ("gain", "rest", "minimum", "maximum")
_HOW: Final = "write for example Jaw_Drop gain 1.2 maximum 0.8; Smile_L rest 0.1"


def calibrated(mapping: Mapping, text: str) -> Mapping:
    """The mapping with how far some of its targets go; what is not said of a target stays as it was."""
    for entry in filter(str.strip, text.split(";")):
        words = entry.split()
        first = next((at for at, word in enumerate(words) if word in _PARTS), len(words))
        target, told = " ".join(words[:first]), words[first:]
        if not target or not told or len(told) % 2:
            raise RigError(f"{entry.strip()[:60]!r} is no calibration; {_HOW}.")
        if target not in mapping.targets:
            near = get_close_matches(target, mapping.targets, n=3, cutoff=0.0)
            raise RigError(f"{mapping.name} drives nothing called {target[:60]!r}; the nearest are {', '.join(near)}.")
        values: dict[str, Any] = {
            part: _number(part, number) for part, number in zip(told[::2], told[1::2], strict=True)
        }
        before = next((one for one in mapping.calibrations if one.target == target), Calibration(target=target))
        after = replace(before, **values)
        if None not in (after.minimum, after.maximum) and after.minimum > after.maximum:  # type: ignore[operator]
            raise RigError(f"The minimum of {target} lies above its maximum.")
        others = tuple(one for one in mapping.calibrations if one.target != target)
        mapping = replace(mapping, calibrations=(*others, after))
    return mapping


def _number(part: str, told: str) -> float:
    try:
        number = float(told)
    except ValueError:
        number = math.nan
    if part not in _PARTS or not math.isfinite(number):
        raise RigError(f"{f'{part} {told}'[:60]!r} calibrates nothing; {_HOW}.")
    return number
