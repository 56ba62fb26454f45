"""Live Link Face CSV, as Epic's phone app records it: 63 columns, its own order of shapes, one timecode a row.

The file does not say its frame rate. Reading takes the smallest common whole rate whose frame numbers fit, which
needs a recording that passes a full second; NTSC rates look like their whole neighbours (29.97 like 30).
"""

from __future__ import annotations

import codecs
import csv
import re
from array import array
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..errors import TakeError
from ..files import atomic
from ..take import Curves, Take
from ..timing import FrameRate, round_half_up
from .base import ROTATIONS, TAKE, Format, Reading, Wishes, columns, shortened
from .moments import LONGEST_GAP, on_frames
from .rows import Rows

_SWAPPED: Final = {"jawLeft": "jawRight", "jawRight": "jawLeft", "mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}
ORDER: Final[tuple[str, ...]] = (*(_SWAPPED.get(name, name) for name in arkit.SHAPES), *ROTATIONS)
HEADER: Final[tuple[str, ...]] = ("Timecode", "BlendShapeCount", *(name[0].upper() + name[1:] for name in ORDER))
WHOLE_RATES: Final = (12, 15, 24, 25, 30, 48, 50, 60, 90, 100, 120)
UNEVEN_FRAMES: Final = 2e-3
"""What the three decimals of a timecode may be off without meaning it."""
_DAY: Final = 24 * 3600
_FINE: Final = 10**9
"""Parts of a frame in which timecodes are compared."""
_TIMECODE: Final = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})[:;](\d{1,3})(?:\.(\d{1,9}))?$")


def write(take: Take, path: Path, wishes: Wishes) -> tuple[str, ...]:
    values, notes = columns(take, ORDER)
    notes = tuple(note for note in notes if not _only_rotations(note, take))
    row = ",".join(["%.8f"] * len(ORDER))
    with atomic(path) as handle:
        handle.write((",".join(HEADER) + "\n").encode())
        for frame, numbers in enumerate(values):
            line = f"{_timecode(take, frame)},{len(ORDER)},{row % tuple(numbers.tolist())}\n"
            handle.write(line.encode())
    if take.rate.fps.denominator != 1:
        notes += (f"{take.rate.label} fps will be read as {take.rate.nominal}: the timecodes count whole frames.",)
    if take.start < 0:
        notes += (f"It begins before zero, which timecode counts as the day before: {_timecode(take, 0)}.",)
    return notes


def _only_rotations(note: str, take: Take) -> bool:
    """Head and eye rotations are always zero from a voice; that needs no mention."""
    return note.startswith("Written as 0") and all(name in take.names for name in arkit.SHAPES)


def _timecode(take: Take, frame: int) -> str:
    """HH:MM:SS:FF.mmm counted in whole frames, as the app does at every rate."""
    position = take.rate.position(take.start) + frame
    whole, part = divmod(round_half_up(position * 1000), 1000)
    return f"{take.rate.timecode(whole, drop=False)}.{part:03}"


def recognises(head: bytes) -> bool:
    first = head.removeprefix(codecs.BOM_UTF8).split(b"\n", 1)[0].lower()
    return first.startswith((b"timecode", b'"timecode')) or b"blendshapecount" in first


def read(path: Path, rate: FrameRate | None) -> Reading:
    try:
        return _read(csv.reader(TAKE.lines(path)), path, rate)
    except csv.Error as err:
        raise TakeError(f"{path} is not a Live Link Face CSV ({err}).") from err


def _read(lines: Iterator[list[str]], path: Path, rate: FrameRate | None) -> Reading:
    header = [cell.strip() for cell in next(lines, [])]
    names, kept, notes = _columns(header, path)
    labels, rows = array("q"), Rows(path, len(kept))
    for number, cells in enumerate(lines, 2):
        if not cells or (len(cells) > 1 and cells[1].strip() == "0"):
            continue
        match = _TIMECODE.match(cells[0].strip())
        if not match or len(cells) != len(header):
            raise TakeError(f"{path}, line {number}: not a timecode and {len(header) - 1} numbers.")
        rows.add(number, [cells[i] for i in kept])
        labels.extend((int(match[1]), int(match[2]), int(match[3]), int(match[4]), int((match[5] or "").ljust(9, "0"))))
    values = rows.values()
    codes = np.frombuffer(labels, dtype=np.int64).reshape(-1, 5)
    rate = _rate(codes, path) if rate is None else _checked(rate, codes, path)
    positions = _positions(codes, rate)
    start = Fraction(int(positions[0]), _FINE) / rate.fps
    return Reading(Take(names, _evenly(positions, values, rate, path), rate, start, {"source": path.name}), notes)


def _columns(header: list[str], path: Path) -> tuple[tuple[str, ...], list[int], tuple[str, ...]]:
    """The shapes, the columns they stand in, and a note on what other columns there are."""
    if header[:2] != list(HEADER[:2]):
        raise TakeError(f"{path} is not a Live Link Face CSV: its first columns should be Timecode, BlendShapeCount.")
    named = {i: name[:1].lower() + name[1:] for i, name in enumerate(header[2:], 2)}
    kept = [i for i, name in named.items() if name in ORDER]
    others = [header[i] for i in named if i not in kept]
    if not kept or "" in others:
        raise TakeError(f"{path} has columns without a name, or no column for any shape.")
    notes = (f"Left out, because Live Link Face has no such columns: {shortened(others)}.",) if others else ()
    return tuple(named[i] for i in kept), kept, notes


def _rate(codes: NDArray[np.int64], path: Path) -> FrameRate:
    """From the highest frame number, which is the rate's only if the recording comes into another second."""
    if (codes[:, :3] == codes[0, :3]).all():
        raise TakeError(f"{path} lies within one second, so its timecodes do not tell its rate; name it: --source-fps.")
    highest = int(codes[:, 3].max())
    return FrameRate.parse(next((whole for whole in WHOLE_RATES if whole > highest), highest + 1))


def _checked(rate: FrameRate, codes: NDArray[np.int64], path: Path) -> FrameRate:
    highest = int(codes[:, 3].max())
    if highest >= rate.nominal:
        raise TakeError(f"{path} is not at {rate.label} fps: it has frames numbered up to {highest}.")
    return rate


def _positions(codes: NDArray[np.int64], rate: FrameRate) -> NDArray[np.int64]:
    """The moments of the rows in parts of a frame, counting on past midnight."""
    hours, minutes, seconds, frames, parts = codes.T
    positions = (((hours * 60 + minutes) * 60 + seconds) * rate.nominal + frames) * _FINE + parts
    day = _DAY * rate.nominal * _FINE
    nights = np.cumsum(np.diff(positions, prepend=positions[0]) < -(day // 2))
    return np.asarray(positions + nights * day)


def _evenly(positions: NDArray[np.int64], values: Curves, rate: FrameRate, path: Path) -> Curves:
    """Rows at uneven moments (the phone drops frames) to one row a frame, linear between them."""
    offsets = (positions - positions[0]) / _FINE
    steps = np.diff(offsets, append=offsets[-1] + 1.0)
    if steps.min() <= 0.0:
        raise TakeError(f"The timecodes in {path} do not rise from row to row.")
    if steps.max() > LONGEST_GAP * rate.nominal:
        raise TakeError(f"The timecodes in {path} leap by more than {LONGEST_GAP:g} s; split it there.")
    if np.abs(offsets - np.arange(len(offsets))).max() <= UNEVEN_FRAMES:
        return values
    return on_frames(offsets, values, path)


FORMAT: Final = Format(
    name="livelink",
    suffixes=(".csv",),
    label="Live Link Face CSV",
    carries="Carries the 52 shapes, the turns of head and eyes, whole frame rates of takes "
    "longer than a second, and the start "
    "to a thousandth of a frame; no other shapes, no provenance, and 29.97 fps is read as 30.",
    write=write,
    read=read,
    recognises=recognises,
    rank=20,
)
