"""What is said in a line of a list: its cell holds the text or names a file, else it may lie beside the recording."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ShotListError
from ..recording import Recording
from ..speech.companion import read_script_file, script_beside, script_of
from ..speech.script import Script


@dataclass(frozen=True)
class LineScript:
    """A line's script, the file it stands in if it does, and what to say of it."""

    script: Script | None = None
    file: Path | None = None
    notes: tuple[str, ...] = ()


def names_file(cell: str) -> bool:
    return cell.lower().endswith(".txt") and "\n" not in cell


def line_script(cell: Any, recording: Recording, folder: Path, language: str, beside: bool) -> LineScript:
    """`folder` is where the paths of the list begin; `beside` looks for a text that lies beside the recording."""
    if not isinstance(cell, str):
        raise ShotListError("It must be a text, or the name of a file that ends in .txt.")
    if names_file(cell):
        return LineScript(read_script_file(folder / cell, language), folder / cell)
    if cell.strip():
        return LineScript(Script.of(cell, language))
    if not beside:
        return LineScript()
    script, notes = script_of(recording.path, language)
    return LineScript(script, script_beside(recording.path), notes)
