"""Plain CSV for spreadsheets and scripts: a `time` column in seconds and one column for each shape.

The rate is not written down; it is read from the times.
"""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np

from ..errors import TakeError
from ..files import atomic
from ..take import Take
from ..timing import FrameRate
from ..trust import limits
from .base import CAPTURED, TAKE, Format, Reading, Wishes, shortened, spelled
from .moments import take_at
from .rows import Rows

TIMES: Final = ("time", "seconds", "timestamp", "t")
"""What the column of moments may be called, whatever its capitals."""


def write(take: Take, path: Path, wishes: Wishes) -> tuple[str, ...]:
    row = ",".join(["%.9g"] * len(take.names))
    with atomic(path) as handle:
        handle.write((",".join([TIMES[0], *map(_quoted, take.names)]) + "\n").encode())
        for frame, numbers in enumerate(take.values):
            handle.write(f"{float(take.start + frame / take.rate.fps)!r},{row % tuple(numbers.tolist())}\n".encode())
    return ()


def _quoted(name: str) -> str:
    plain = name == name.strip() and not any(mark in name for mark in '",\r\n')
    return name if plain else '"' + name.replace('"', '""') + '"'


def read(path: Path, rate: FrameRate | None) -> Reading:
    try:
        return _read(csv.reader(TAKE.lines(path), strict=True), path, rate)
    except csv.Error as err:
        raise TakeError(f"{path} is not a CSV file that can be read ({err}).") from err


def _read(lines: Iterator[list[str]], path: Path, rate: FrameRate | None) -> Reading:
    header = next(lines, [])
    clock = next((i for i, name in enumerate(header) if name.strip().lower() in TIMES), None)
    if clock is None:
        raise TakeError(f"{path} has no column of seconds; its header should begin {TIMES[0]} and name the shapes.")
    TAKE.count(len(header), limits.NAMES, str(path))
    if not all(header):
        raise TakeError(f"{path} has columns without a name.")
    filled = ((number, cells) for number, cells in enumerate(lines, 2) if cells)
    first = next(filled, None)
    if first is None:
        raise TakeError(f"{path} holds no frames.")
    names, notes = spelled(header)
    kept = [i for i in range(len(names)) if i != clock and (names[i] in CAPTURED or _holds_number(first[1], i))]
    if not kept:
        raise TakeError(f"{path} has no column of numbers beside its times.")
    moments, rows = array("d"), Rows(path, len(kept))
    for number, cells in chain([first], filled):
        if len(cells) != len(header):
            raise TakeError(f"{path}, line {number}: {len(cells)} values instead of {len(header)}.")
        rows.add(number, [cells[i] for i in kept])
        moments.append(_moment(cells[clock], f"{path}, line {number}"))
    if words := [name for i, name in enumerate(names) if i != clock and i not in kept]:
        notes += (f"Left out, because no numbers stand there: {shortened(words)}.",)
    chosen = tuple(names[i] for i in kept)
    reading = take_at(np.array(moments), chosen, rows.values(), rate, path)
    return Reading(reading.take, (*notes, *reading.notes))


def _holds_number(cells: list[str], column: int) -> bool:
    try:
        float(cells[column])
    except (ValueError, IndexError):
        return False
    return True


def _moment(cell: str, where: str) -> float:
    try:
        moment = float(cell)
    except ValueError:
        moment = math.nan
    if not math.isfinite(moment):
        raise TakeError(f"{where}: {cell[:40]!r} is not a time in seconds.")
    return moment


FORMAT: Final = Format(
    name="csv",
    suffixes=(".csv",),
    label="Plain CSV",
    carries="Carries every shape under its name, all digits, and the moment of each frame, "
    "which tells rate and start; no "
    "provenance.",
    write=write,
    read=read,
    rank=30,
)
