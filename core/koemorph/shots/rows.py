"""Lists as they lie on disk, read into rows: nothing is judged here but whether a file can be read at all."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ..errors import ShotListError
from ..timing import FrameRate
from ..trust import Door, limits, shown

RECORDINGS: Final = frozenset(
    (".wav", ".w64", ".aif", ".aiff", ".caf", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".aac", ".mp4", ".mov", ".mkv")
)
TIMELINES: Final = frozenset((".otio", ".otioz", ".edl", ".fcpxml", ".xml", ".aaf"))
LIST: Final = Door(what="shot list", error=ShotListError, size=limits.LIST_FILE)


@dataclass(frozen=True)
class Row:
    """One entry of a list: cells by the names of their columns, texts unless the list is JSON.

    What can be no entry at all has one cell without a name: the sentence that tells why.
    """

    where: str
    cells: Mapping[str, Any]


def rows_of(path: Path, rate: FrameRate | None = None) -> list[Row]:
    """A folder of recordings, a table, a JSON list or a timeline; `rate` is for those that count frames unsaid."""
    if path.is_dir():
        return _folder(path)
    ending = path.suffix.lower()
    if ending in TIMELINES:
        from .timeline import timeline_rows

        return timeline_rows(path, rate)
    if ending not in (".csv", ".tsv", ".txt", ".json"):
        raise ShotListError(f"{path} is no shot list; use .csv, .tsv, .json, .otio, .edl or a folder of recordings.")
    text = LIST.text(path)
    return _json(path, text) if ending == ".json" else _table(path, text)


def _table(path: Path, text: str) -> list[Row]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    columns: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            where, line = f"line {line}", reader.line_num + 1
            if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
                continue
            if columns is None:
                columns = [cell.strip().lower().replace(" ", "_").replace("-", "_") for cell in cells]
                LIST.count(len(columns), limits.COLUMNS, str(path))
                twice = sorted(name for name, often in Counter(columns).items() if name and often > 1)
                if twice:
                    raise ShotListError(f"{path} has the column {', '.join(twice)} twice; rename or delete one.")
                continue
            if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
                rows.append(Row(where, {"": _told(f"{len(cells)} cells under {len(columns)} columns")}))
                continue
            rows.append(Row(where, {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name}))
    except csv.Error as err:
        raise ShotListError(f"{path} is not a table: line {line} cannot be read ({err}).") from err
    if columns is None:
        raise ShotListError(f"{path} is empty; 'koemorph shots init' writes a list to begin with.")
    return rows


def _told(what: str) -> str:
    return f"It has {what}; look for a stray separator or quote."


def _json(path: Path, text: str) -> list[Row]:
    content = LIST.cells(text, f"The shot list {path}")
    defaults: Any = {}
    if isinstance(content, dict):
        unknown = sorted(content.keys() - {"shots", "defaults", "$schema"})
        if unknown:
            raise ShotListError(
                f"{path} holds {shown(unknown[0], 40)}, which a shot list has not; it has shots and defaults."
            )
        defaults, content = content.get("defaults", {}), content.get("shots")
    if not isinstance(content, list) or not isinstance(defaults, dict):
        raise ShotListError(f"{path} must hold a list of shots, or an object with shots and defaults.")
    return [Row(f"shot {number}", _cells(entry, defaults)) for number, entry in enumerate(content, 1)]


def _cells(entry: Any, defaults: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(entry, dict):
        return {"": _told("no object of names and values")}
    if len(entry) + len(defaults) > limits.COLUMNS.most:
        return {"": _told(f"more than {limits.COLUMNS}, and {limits.COLUMNS.reason}")}
    return {**defaults, **entry}


def _folder(folder: Path) -> list[Row]:
    """Every recording below it, in the order of names; what is hidden is left out."""
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in RECORDINGS
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )
    names = [path.relative_to(folder).with_suffix("").as_posix() for path in found]
    often = Counter(name.casefold() for name in names)
    return [
        Row(
            str(path.relative_to(folder)),
            {
                "shot": name if often[name.casefold()] == 1 else path.relative_to(folder).as_posix(),
                "audio": path.relative_to(folder),
            },
        )
        for path, name in zip(found, names, strict=True)
    ]
