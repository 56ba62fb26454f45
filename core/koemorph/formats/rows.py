"""Numbers that come line by line: kept in four bytes each, every bad one named by its line."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from ..errors import TakeError
from ..take import Curves

LARGEST: Final = float(np.finfo(np.float32).max)


class Rows:
    def __init__(self, path: Path, width: int, unit: str = "line") -> None:
        self._path, self._width, self._unit = path, width, unit
        self._numbers = array("f")

    def __len__(self) -> int:
        return len(self._numbers) // self._width

    def add(self, number: int, cells: Sequence[str | float]) -> None:
        """Take the cells of line `number`."""
        where = f"{self._path}, {self._unit} {number}"
        if len(cells) != self._width:
            raise TakeError(f"{where}: {len(cells)} values instead of {self._width}.")
        try:
            row = [float(cell) for cell in cells]
        except (ValueError, TypeError, OverflowError) as err:
            raise TakeError(f"{where}: {_brief(err)}.") from err
        if not all(abs(number) <= LARGEST for number in row):
            raise TakeError(f"{where}: something there is not a number, or too large.")
        self._numbers.extend(row)

    def values(self) -> Curves:
        """(rows, width)"""
        if not self._numbers:
            raise TakeError(f"{self._path} holds no frames.")
        return np.frombuffer(self._numbers, dtype=np.float32).reshape(-1, self._width)


def _brief(err: Exception) -> str:
    text = " ".join(str(err).split())
    return text if len(text) <= 120 else text[:120] + "..."
