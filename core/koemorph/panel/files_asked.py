"""The dialogs for files: each gives a path, or None where nobody wanted one."""

from __future__ import annotations

from pathlib import Path

from .. import formats
from .document.memory import Memory
from .qt import QtWidgets, tr

JSON = "JSON (*.json)"


def to_read(parent: QtWidgets.QWidget, title: str, endings: str, start: str = "") -> Path | None:
    name, _ = QtWidgets.QFileDialog.getOpenFileName(parent, title, start, endings)
    return Path(name) if name else None


def to_write(parent: QtWidgets.QWidget, title: str, start: Path | str, endings: str, usual: str = "") -> Path | None:
    """A name without an ending gets the `usual` one."""
    name, _ = QtWidgets.QFileDialog.getSaveFileName(parent, title, str(start), endings)
    if not name:
        return None
    return Path(name) if Path(name).suffix else Path(name + usual)


def folder(parent: QtWidgets.QWidget, title: str, start: Path | str = "") -> Path | None:
    name = QtWidgets.QFileDialog.getExistingDirectory(parent, title, str(start))
    return Path(name) if name else None


def to_open(parent: QtWidgets.QWidget, source: Path | None, memory: Memory) -> Path | None:
    """A recording or a take, from where the last one was."""
    start = str(source.parent) if source else memory.get("folder")
    if path := to_read(parent, tr("Open a recording or a take"), "", start):
        memory.put("folder", str(path.parent))
    return path


def to_save(parent: QtWidgets.QWidget, source: Path) -> Path | None:
    """Where the take of that recording goes."""
    start, kind = source.with_suffix(".take"), tr("KoeMorph take") + " (*.take)"
    return to_write(parent, tr("Save the take"), start, kind, ".take")


def to_compare(parent: QtWidgets.QWidget) -> Path | None:
    return to_read(parent, tr("A take to compare with"), " ".join(f"*{one}" for one in sorted(formats.READABLE)))
