"""JSON lines as the reference project writes them: {"timestamp": seconds, "blendshapes": [52 numbers]}.

The numbers stand in Apple's order. The rate is not written down; it is read from the timestamps.
"""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..errors import SettingsError, TakeError
from ..files import atomic
from ..take import Take
from ..timing import FrameRate
from .base import Format, columns

COMMON_RATES: Final = tuple(
    FrameRate.parse(text)
    for text in ("23.976", "24", "25", "29.97", "30", "47.952", "48", "50", "59.94", "60", "119.88", "120")
)
FALLBACK: Final = FrameRate.parse(60)
"""For a single line, whose rate nothing tells."""


def write(take: Take, path: Path) -> tuple[str, ...]:
    values, notes = columns(take, arkit.SHAPES)
    with atomic(path) as handle:
        for frame, row in enumerate(values):
            timestamp = float(take.start + frame / take.rate.fps)
            numbers = ",".join(f"{value:.7g}" for value in row.tolist())
            handle.write(f'{{"timestamp":{timestamp!r},"blendshapes":[{numbers}]}}\n'.encode())
    return notes


def read(path: Path) -> Take:
    times: list[float] = []
    rows: list[list[float]] = []
    with path.open(encoding="utf-8-sig") as handle:
        for number, line in enumerate(handle, 1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                times.append(float(entry["timestamp"]))
                row = [float(value) for value in entry["blendshapes"]]
            except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as err:
                raise TakeError(f"{path}, line {number}: not a timestamp with its blendshapes ({err}).") from err
            if len(row) != len(arkit.SHAPES):
                raise TakeError(f"{path}, line {number}: {len(row)} values instead of {len(arkit.SHAPES)}.")
            if not all(map(math.isfinite, (times[-1], *row))):
                raise TakeError(f"{path}, line {number}: something there is not a number.")
            rows.append(row)
    if not rows:
        raise TakeError(f"{path} holds no frames.")
    rate = rate_of(np.array(times), str(path))
    start = Fraction(times[0]).limit_denominator(1_000_000)
    return Take(arkit.SHAPES, np.array(rows, dtype=np.float32), rate, start, {"source": path.name})


def rate_of(times: NDArray[np.float64], where: str) -> FrameRate:
    """The rate that evenly spaced timestamps (seconds) stand for: a common one if it fits to the last frame."""
    if len(times) < 2:
        return FALLBACK
    steps = np.diff(times)
    span = float(times[-1] - times[0])
    if steps.min() <= 0.0:
        raise TakeError(f"The timestamps in {where} do not rise from line to line.")
    mean = span / len(steps)
    if np.abs(times - (times[0] + mean * np.arange(len(times)))).max() > 0.5 * mean:
        raise TakeError(f"The timestamps in {where} are not evenly spaced; resample to a fixed rate first.")
    measured = 1.0 / mean
    nearest = min(COMMON_RATES, key=lambda rate: abs(float(rate.fps) - measured))
    if abs(span * float(nearest.fps) - len(steps)) < 0.1 + 1e-3 * min(len(steps), 100):
        return nearest
    try:
        return FrameRate(Fraction(measured).limit_denominator(1001))
    except (SettingsError, OverflowError) as err:
        raise TakeError(f"The timestamps in {where} are {mean:g} s apart, which is no frame rate.") from err


FORMAT: Final = Format("jsonl", ".jsonl", "JSON lines", read, write)
