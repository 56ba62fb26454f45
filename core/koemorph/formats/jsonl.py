"""JSON lines as the reference project writes them: {"timestamp": seconds, "blendshapes": [52 numbers]}.

The numbers stand in Apple's order. The rate is not written down; it is read from the timestamps.
"""

from __future__ import annotations

import json
import math
from array import array
from pathlib import Path
from typing import Final

import numpy as np

from .. import arkit
from ..errors import TakeError
from ..files import atomic
from ..take import Take
from ..timing import FrameRate
from ..trust.doors import reason_of
from .base import TAKE, Format, Reading, Wishes, columns
from .moments import take_at
from .rows import Rows


def write(take: Take, path: Path, wishes: Wishes) -> tuple[str, ...]:
    values, notes = columns(take, arkit.SHAPES)
    with atomic(path) as handle:
        for frame, row in enumerate(values):
            timestamp = float(take.start + frame / take.rate.fps)
            numbers = ",".join(f"{value:.9g}" for value in row.tolist())
            handle.write(f'{{"timestamp":{timestamp!r},"blendshapes":[{numbers}]}}\n'.encode())
    return notes


def read(path: Path, rate: FrameRate | None) -> Reading:
    moments = array("d")
    rows = Rows(path, len(arkit.SHAPES))
    for number, line in enumerate(TAKE.lines(path), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            moment, cells = float(entry["timestamp"]), [float(value) for value in entry["blendshapes"]]
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as err:
            raise TakeError(f"{path}, line {number}: not a timestamp with its blendshapes ({reason_of(err)}).") from err
        if not math.isfinite(moment):
            raise TakeError(f"{path}, line {number}: its timestamp is not a number.")
        rows.add(number, cells)
        moments.append(moment)
    return take_at(np.array(moments), arkit.SHAPES, rows.values(), rate, path)


FORMAT: Final = Format(
    name="jsonl",
    suffixes=(".jsonl",),
    label="JSON lines",
    carries="Carries the 52 shapes and the moment of each frame, which tells rate and start; "
    "no other shapes, no provenance.",
    write=write,
    read=read,
    rank=50,
)
