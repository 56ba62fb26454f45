"""A shot list written anew with what was changed of its lines in the panel."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ...shots import Shot
from ...shots.rows import LIST, rows_of
from ...shots.writing import converted, write_rows
from ...timing import FrameRate


def write_changed(source: Path, target: Path, rate: FrameRate, altered: Iterable[tuple[Shot, Shot]]) -> None:
    """`altered` holds lines before and after; everything else in the list stays, its paths seen from `target`."""
    changes = {before.where: (before, after) for before, after in altered}
    places = [row.where for row in rows_of(source, rate)]
    rows = converted(source, target.parent, rate)
    write_rows(
        [_changed(row, *changes[where]) if where in changes else row for where, row in zip(places, rows, strict=True)],
        target,
    )


def _changed(row: dict[str, Any], before: Shot, after: Shot) -> dict[str, Any]:
    """Each changed setting in a column of its own; those that became empty, which no cell can say, in `settings`."""
    known = vars(before.settings)
    differing = {name: value for name, value in vars(after.settings).items() if value != known[name]}
    given = row.get("settings", {})
    inner = LIST.json(given, "settings") if isinstance(given, str) else dict(given)
    inner = {name: value for name, value in inner.items() if name not in differing}
    inner |= {name: value for name, value in differing.items() if value == ""}
    single = {name: value for name, value in differing.items() if value != ""}
    kept = {name: value for name, value in row.items() if name not in differing and name != "settings"}
    rate = {"fps": str(after.rate)} if after.rate != before.rate else {}
    return {**kept, **rate, **single, **({"settings": inner} if inner else {})}
