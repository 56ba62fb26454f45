"""Lists as files: what `init` begins and `convert` turns into another kind."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any, Final

from ..errors import ShotListError
from ..files import write_text
from ..timing import FrameRate
from ..trust.words import printable
from .columns import COLUMNS
from .rows import Row, rows_of
from .scripts import names_file

BEGINNING: Final = (
    "shot",
    "audio",
    "in",
    "out",
    "fps",
    "start_frame",
    "character",
    "script",
    "rig",
    "preset",
    "mood_keys",
    "target",
)
"""The columns of a list that is still to be filled in."""
_PATHS: Final = ("audio", "script", "rig", "preset", "scene")


def converted(path: Path, folder: Path, rate: FrameRate | None = None) -> list[dict[str, Any]]:
    """The rows of a list, their files named as seen from `folder`."""
    before = path if path.is_dir() else path.parent
    return [_moved(row, before, folder) for row in rows_of(path, rate)]


def write_rows(rows: list[dict[str, Any]], path: Path, *, blank: bool = False) -> None:
    """As a table or as JSON, by the ending; `blank` adds the columns that people fill in."""
    ending = path.suffix.lower()
    if ending == ".json":
        write_text(path, printable(json.dumps({"shots": rows}, indent=2, ensure_ascii=False)) + "\n")
        return
    if ending not in (".csv", ".tsv"):
        raise ShotListError(f"{path.name} is no kind of list that can be written; end it in .csv, .tsv or .json.")
    columns = list(dict.fromkeys([*(BEGINNING if blank else ()), *(name for row in rows for name in row)]))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter="\t" if ending == ".tsv" else ",", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    write_text(path, "\ufeff" + text.getvalue())  # the mark tells spreadsheets that it is UTF-8


def columns_text() -> str:
    width = max(map(len, COLUMNS))
    lines = [f"  {name:<{width}}  {about}" for name, about in COLUMNS.items()]
    return "columns of a list:\n" + "\n".join(lines) + "\nand every setting by its name; # begins those for people only"


def _moved(row: Row, before: Path, folder: Path) -> dict[str, Any]:
    if "" in row.cells:
        raise ShotListError(f"{row.where}: {row.cells['']}")
    moved = {name: value for name, value in row.cells.items() if value not in ("", None)}
    for name in _PATHS:
        text = str(moved.get(name, ""))
        if (name == "audio" and text) or (names_file(text) if name == "script" else Path(text).suffix):
            moved[name] = Path(os.path.relpath(before / text, folder)).as_posix()
    return moved


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " | ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, bool)) else str(value)
