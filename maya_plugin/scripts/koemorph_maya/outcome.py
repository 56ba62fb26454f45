"""What came of a line in batch: a sentence, an exit code, and its row in the report that shot lists have."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from koemorph.errors import KoeMorphError, OutputError
from koemorph.files import write_text
from koemorph.recording import PlacedRecording
from koemorph.shots import Shot
from koemorph.shots.page import page
from koemorph.shots.reading import REPORT
from koemorph.shots.report import Entry, as_csv

from . import key_line


@dataclass(frozen=True)
class Outcome:
    name: str
    message: str
    """Why it failed; empty where it was keyed."""
    exit_code: int
    text: str
    notes: tuple[str, ...]
    entry: Entry


def keyed(order: key_line.KeyRequest, source: PlacedRecording, shot: Shot | None, scene: Path) -> Outcome:
    """Key one line; whatever goes wrong is in the outcome."""
    began = time.perf_counter()
    name = shot.name if shot else source.name
    message, code, text, frames = "", 0, "", None
    notes: tuple[str, ...] = ()
    try:
        report = key_line.run(order, source)
        text, notes, frames = report.text(), report.notes, round(report.last - report.first) + 1
    except KoeMorphError as err:
        message, code = str(err), err.exit_code
    entry = Entry(
        shot=name,
        character=shot.character if shot else "",
        status="failed" if message else "done",
        audio=str(source.recording.path),
        outputs=() if message else (scene.name,),
        fps=str(order.rate),
        frames=frames,
        seconds=None if frames is None else float(frames / order.rate.fps),
        took=round(time.perf_counter() - began, 4),
        warnings=notes,
        message=message,
        line=shot.where if shot else "",
        sketch={},
        links=(*(() if message else (scene.absolute().as_uri(),)), source.recording.path.absolute().as_uri()),
    )
    return Outcome(name, message, code, text, notes, entry)


def write_report(outcomes: Sequence[Outcome], folder: Path, listed: Path) -> None:
    """The table, the JSON and the page, under the names that `koemorph batch` gives them."""
    entries = [one.entry for one in outcomes]
    counts = dict(Counter(entry.status for entry in entries))
    content = {"list": listed.name, "counts": counts, "shots": [entry.cells() for entry in entries]}
    texts = {
        "csv": as_csv(entries),
        "json": json.dumps(content, indent=1) + "\n",
        "html": page(listed.name, counts, entries),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ending, text in texts.items():
            write_text(folder / f"{REPORT}.{ending}", text)
    except OSError as err:
        raise OutputError(f"The report cannot be written to {folder} ({err.strerror or err}).") from err
