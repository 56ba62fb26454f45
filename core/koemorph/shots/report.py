"""What came of every line of a list, as a table, as JSON and as a page."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from ..files import write_text
from ..trust.words import begins_formula, printable
from .page import page
from .reading import REPORT
from .records import Record, Records
from .shot import Problem, Shot, ShotList

HEAD: Final = (
    *("shot", "character", "status", "audio", "outputs", "fps", "frames"),
    *("seconds", "took", "realtime_factor", "warnings", "message", "line"),
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the report; one that cannot be read has no more than a message."""

    shot: str = ""
    character: str = ""
    status: str
    audio: str = ""
    outputs: tuple[str, ...] = ()
    fps: str = ""
    frames: int | None = None
    seconds: float | None = None
    took: float | None = None
    warnings: tuple[str, ...] = ()
    message: str = ""
    line: str
    sketch: Mapping[str, list[int]] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    """To the outputs and to the recording (the last), as seen from the page."""

    @property
    def realtime_factor(self) -> float | None:
        return round(self.took / self.seconds, 4) if self.took is not None and self.seconds else None

    def cells(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in HEAD}


def entries_of(shots: ShotList, output: Path) -> list[Entry]:
    """From the records, so that it also tells what other runs and other machines did; wrong lines come last."""
    records = Records(output)
    entries = [_entry(shot, records.read(shot), output) for shot in shots]
    return [*entries, *(_wrong(problem) for problem in shots.problems)]


def write_report(shots: ShotList, output: Path) -> tuple[Path, ...]:
    """Of a list, in the folder of its results."""
    return write_entries(shots.path.name, entries_of(shots, output), output)


def write_entries(title: str, entries: Sequence[Entry], folder: Path) -> tuple[Path, ...]:
    """The CSV, the JSON and the page."""
    counts = dict(Counter(entry.status for entry in entries))
    content = {"list": title, "counts": counts, "shots": [entry.cells() for entry in entries]}
    texts = {
        "csv": as_csv(entries),
        "json": json.dumps(content, indent=1) + "\n",
        "html": page(title, counts, entries),
    }
    for ending, text in texts.items():
        write_text(folder / f"{REPORT}.{ending}", printable(text))
    return tuple(folder / f"{REPORT}.{ending}" for ending in texts)


def as_csv(entries: Sequence[Entry]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEAD)
    for entry in entries:
        writer.writerow([_cell(value) for value in entry.cells().values()])
    return "\ufeff" + text.getvalue()


def _cell(value: Any) -> str | float | int:
    """No cell that a spreadsheet would take for a formula: what begins like one gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    text = " | ".join(value) if isinstance(value, tuple) else str(value)
    return f"'{text}" if begins_formula(text) else text


def _entry(shot: Shot, record: Record | None, output: Path) -> Entry:
    facts: Mapping[str, Any] = record.facts if record else {}
    status = "queued" if record is None else "interrupted" if record.status == "running" else record.status
    targets = tuple(target.path for target in shot.targets)
    made = status == "done"
    links = (*(_quoted(path) for path in targets if made), _link(shot.recording.path, output))
    return Entry(
        shot=shot.name,
        character=shot.character,
        status=status,
        audio=str(shot.recording.path),
        outputs=targets if made else (),
        fps=str(facts.get("fps", shot.rate)),
        frames=facts.get("frames"),
        seconds=facts.get("seconds"),
        took=facts.get("took"),
        warnings=record.warnings if record else (),
        message=record.message if record else "",
        line=shot.where,
        sketch=record.sketch if record else {},
        links=links,
    )


def _wrong(problem: Problem) -> Entry:
    return Entry(status="wrong", message=problem.message, line=problem.where)


def _link(path: Path, folder: Path) -> str:
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # on another drive
        return path.absolute().as_uri()
    return _quoted(relative.replace(os.sep, "/"))


def _quoted(path: str) -> str:
    """As browsers find it; the bytes of names that are no text are kept."""
    return quote(path, errors="surrogateescape")
