"""Live Link Face CSV, as Epic's phone app records it: 63 columns, its own order of shapes, one timecode a row.

The file does not say its frame rate. Reading takes the smallest common whole rate whose frame numbers fit;
NTSC rates look like their whole neighbours (29.97 like 30).
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np

from .. import arkit
from ..errors import TakeError
from ..files import atomic
from ..take import Curves, Take
from ..timing import FrameRate, round_half_up
from .base import Format, columns

ROTATIONS: Final = (
    *("headYaw", "headPitch", "headRoll"),
    *("leftEyeYaw", "leftEyePitch", "leftEyeRoll"),
    *("rightEyeYaw", "rightEyePitch", "rightEyeRoll"),
)
_SWAPPED: Final = {"jawLeft": "jawRight", "jawRight": "jawLeft", "mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}
ORDER: Final[tuple[str, ...]] = (*(_SWAPPED.get(name, name) for name in arkit.SHAPES), *ROTATIONS)
HEADER: Final[tuple[str, ...]] = ("Timecode", "BlendShapeCount", *(name[0].upper() + name[1:] for name in ORDER))
APP_RATE: Final = FrameRate.parse(60)
WHOLE_RATES: Final = (12, 15, 24, 25, 30, 48, 50, 60, 90, 100, 120)
LONGEST_GAP: Final = 60
"""Seconds without a row; where more are missing, it is not one recording."""
UNEVEN_FRAMES: Final = 2e-3
"""What the three decimals of a timecode may be off without meaning it."""
_DAY: Final = 24 * 3600
_FINE: Final = 10**9
"""Parts of a frame in which timecodes are compared."""
_TIMECODE: Final = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})[:;](\d{1,3})(?:\.(\d{1,9}))?$")


def write(take: Take, path: Path) -> tuple[str, ...]:
    values, notes = columns(take, ORDER)
    notes = tuple(note for note in notes if not _only_rotations(note, take))
    row = ",".join(["%.8f"] * len(ORDER))
    with atomic(path) as handle:
        handle.write((",".join(HEADER) + "\n").encode())
        for frame, numbers in enumerate(values.tolist()):
            line = f"{_timecode(take, frame)},{len(ORDER)},{row % tuple(numbers)}\n"
            handle.write(line.encode())
    return notes


def _only_rotations(note: str, take: Take) -> bool:
    """Head and eye rotations are always zero from a voice; that needs no mention."""
    return note.startswith("Written as 0") and all(name in take.names for name in arkit.SHAPES)


def _timecode(take: Take, frame: int) -> str:
    """HH:MM:SS:FF.mmm counted in whole frames, as the app does at every rate."""
    position = take.rate.position(take.start) + frame
    whole, part = divmod(round_half_up(position * 1000), 1000)
    return f"{take.rate.timecode(whole, drop=False)}.{part:03}"


def read(path: Path) -> Take:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        try:
            return _read(csv.reader(handle), path)
        except csv.Error as err:
            raise TakeError(f"{path} is not a Live Link Face CSV ({err}).") from err


def _read(rows: Iterator[list[str]], path: Path) -> Take:
    header = [cell.strip() for cell in next(rows, [])]
    if header[:2] != list(HEADER[:2]):
        raise TakeError(f"{path} is not a Live Link Face CSV: its first columns should be Timecode, BlendShapeCount.")
    names = tuple(name[:1].lower() + name[1:] for name in header[2:])
    if unknown := [name for name in names if name not in ORDER]:
        raise TakeError(f"{path} has columns that Live Link Face does not: {', '.join(unknown[:5])}.")
    if not names:
        raise TakeError(f"{path} has no column for any shape.")
    labels: list[tuple[int, int, int, int]] = []
    parts: list[int] = []
    values: list[Curves] = []
    for number, cells in enumerate(rows, 2):
        if not cells or (len(cells) > 1 and cells[1].strip() == "0"):
            continue
        match = _TIMECODE.match(cells[0].strip())
        if not match or len(cells) != len(names) + 2:
            raise TakeError(f"{path}, line {number}: not a timecode and {len(names) + 1} numbers.")
        labels.append((int(match[1]), int(match[2]), int(match[3]), int(match[4])))
        parts.append(int((match[5] or "").ljust(9, "0")))
        try:
            row = [float(cell) for cell in cells[2:]]
        except ValueError as err:
            raise TakeError(f"{path}, line {number}: {err}.") from err
        if not all(map(math.isfinite, row)):
            raise TakeError(f"{path}, line {number}: something there is not a number.")
        values.append(np.array(row, dtype=np.float32))
    if not values:
        raise TakeError(f"{path} holds no frames.")
    rate = _rate(labels)
    per_second = rate.nominal
    positions = [
        (((h * 60 + m) * 60 + s) * per_second + f) * _FINE + part
        for (h, m, s, f), part in zip(labels, parts, strict=True)
    ]
    day = _DAY * per_second * _FINE
    for later in range(1, len(positions)):
        if positions[later] < positions[later - 1] - day // 2:  # past midnight
            positions[later] += day
    start = Fraction(positions[0], _FINE) / rate.fps
    return Take(names, _evenly(positions, np.stack(values), rate, path), rate, start, {"source": path.name})


def _rate(labels: list[tuple[int, int, int, int]]) -> FrameRate:
    """From the highest frame number, if the recording passes a full second; else the app's own 60."""
    if labels[0][:3] == labels[-1][:3]:
        return APP_RATE
    highest = max(label[3] for label in labels)
    return FrameRate.parse(next((whole for whole in WHOLE_RATES if whole > highest), highest + 1))


def _evenly(positions: list[int], values: Curves, rate: FrameRate, path: Path) -> Curves:
    """Rows at uneven moments (the phone drops frames) to one row a frame, linear between them."""
    offsets = np.array([(position - positions[0]) / _FINE for position in positions])
    steps = np.diff(offsets, append=offsets[-1] + 1.0)
    if steps.min() <= 0.0:
        raise TakeError(f"The timecodes in {path} do not rise from row to row.")
    if steps.max() > LONGEST_GAP * rate.nominal:
        raise TakeError(f"The timecodes in {path} leap by more than {LONGEST_GAP} s; split it there.")
    if np.abs(offsets - np.arange(len(offsets))).max() <= UNEVEN_FRAMES:
        return values
    wanted = np.arange(int(offsets[-1] + 0.5) + 1)
    return np.stack([np.interp(wanted, offsets, column) for column in values.T], axis=1).astype(np.float32)


FORMAT: Final = Format("livelink", ".csv", "Live Link Face CSV", read, write)
