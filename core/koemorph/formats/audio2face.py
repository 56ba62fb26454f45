"""Audio2Face JSON: `facsNames` and one row of `weightMat` a frame, at `exportFps`.

What the layout has no key for stands under a key of our own, `koemorph`, which other readers pass over.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from ..errors import SettingsError, TakeError
from ..files import atomic
from ..take import Take
from ..timing import FrameRate
from ..trust import Door, limits
from ..trust.doors import reason_of
from .base import TAKE, Format, Reading, Wishes, described, exact_start, provenance_of, shortened, spelled
from .rows import Rows

CAPTURE: Final = Door(what="take", error=TakeError, size=limits.CAPTURE_JSON)
"""Read into memory as a whole, so smaller than other takes."""
KNOWN: Final = ("exportFps", "trackPath", "numPoses", "numFrames", "facsNames", "weightMat", "koemorph")
_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"\s*")


def write(take: Take, path: Path, wishes: Wishes) -> tuple[str, ...]:
    fps = take.rate.fps
    head = {
        "exportFps": fps.numerator if fps.denominator == 1 else float(fps),
        "trackPath": str(take.provenance.get("audio") or take.provenance.get("source") or ""),
        "numPoses": len(take.names),
        "numFrames": take.frame_count,
        "facsNames": list(take.names),
        "koemorph": described(take),
    }
    with atomic(path) as handle:
        handle.write(json.dumps(head, indent=1).removesuffix("\n}").encode() + b',\n "weightMat": [\n')
        for frame, row in enumerate(take.values):
            numbers = ", ".join(f"{value:.9g}" for value in row.tolist())
            handle.write(f"{',' if frame else ' '}[{numbers}]\n".encode())
        handle.write(b" ]\n}\n")
    return ()


def read(path: Path, rate: FrameRate | None) -> Reading:
    try:
        return _read(path, rate)
    except (ValueError, TypeError, RecursionError, SettingsError) as err:
        raise TakeError(f"{path} is not an Audio2Face JSON, or only half of one ({reason_of(err)}).") from err


def _read(path: Path, rate: FrameRate | None) -> Reading:
    entries, rows = _entries(CAPTURE.text(path), path)
    names = entries.get("facsNames")
    if rows is None or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TakeError(f"{path} is not an Audio2Face JSON: it needs facsNames and weightMat.")
    values = rows.values()
    for claimed, count, what in (
        (len(names), values.shape[1], "columns in weightMat for the names in facsNames"),
        (entries.get("numPoses", len(names)), len(names), "names in facsNames for its numPoses"),
        (entries.get("numFrames", len(values)), len(values), "rows in weightMat for its numFrames"),
    ):
        if claimed != count:
            raise TakeError(f"{path} has {count} {what} of {str(claimed)[:40]}; part of it may be missing.")
    ours = provenance_of(entries.get("koemorph", {}))
    told = rate or ours.get("rate", entries.get("exportFps"))
    if told is None:
        raise TakeError(f"{path} has no exportFps; name its frame rate with --source-fps.")
    TAKE.count(len(names), limits.NAMES, str(path))
    known, notes = (tuple(names), ()) if ours else spelled(names)
    if others := [name for name in entries if name not in KNOWN and entries[name]]:
        notes += (f"Left out, because a take has no place for {shortened(others)}.",)
    track = {"audio": entries["trackPath"]} if entries.get("trackPath") else {}
    provenance = provenance_of(ours.get("provenance", {"source": path.name, **track}))
    start = exact_start(str(ours.get("start", "0")))
    return Reading(Take(known, values, FrameRate.parse(told), start, provenance), notes)


def _entries(text: str, path: Path) -> tuple[dict[str, Any], Rows | None]:
    """The members of the outermost object; the matrix row by row, since as lists it would take ten times the file."""
    entries: dict[str, Any] = {}
    rows: Rows | None = None
    at, mark = _past(text, 0, "{"), ","
    while mark == ",":
        key, at = _value(text, at)
        at = _past(text, at, ":")
        if key == "weightMat":
            rows, at = _matrix(text, at, path)
        else:
            entries[str(key)], at = _value(text, at)
        at = _past(text, at, ",}")
        mark = text[at - 1]
    if text[at:].strip():
        raise ValueError(f"something follows its end, at character {at}")
    return entries, rows


def _matrix(text: str, at: int, path: Path) -> tuple[Rows | None, int]:
    at, mark, number = _past(text, at, "["), ",", 0
    rows: Rows | None = None
    while mark == ",":
        row, at = _value(text, at)
        if not isinstance(row, list) or not row:
            raise TakeError(f"{path}, frame {number}: no row of numbers.")
        rows = rows or Rows(path, len(row), "frame")
        rows.add(number, row)
        at = _past(text, at, ",]")
        mark, number = text[at - 1], number + 1
    return rows, at


def _value(text: str, at: int) -> tuple[Any, int]:
    return _DECODER.raw_decode(text, _skip(text, at))


def _past(text: str, at: int, marks: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] not in tuple(marks):
        raise ValueError(f"expected {' or '.join(marks)} at character {at}")
    return at + 1


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


FORMAT: Final = Format(
    name="a2f",
    suffixes=(".json",),
    label="Audio2Face JSON",
    carries="Carries every shape under its name, rate, start and provenance; readers other "
    "than KoeMorph know the rate as a "
    "decimal and take the start as 0.",
    write=write,
    read=read,
    rank=40,
)
