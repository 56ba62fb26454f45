"""The dialogs for files: each gives a path, or None where nobody wanted one."""

from __future__ import annotations

from pathlib import Path

from .. import formats
from .document.memory import Memory
from .qt import QtWidgets, tr


def to_open(parent: QtWidgets.QWidget, source: Path | None, memory: Memory) -> Path | None:
    """A recording or a take, from where the last one was."""
    start = str(source.parent) if source else memory.get("folder")
    name, _ = QtWidgets.QFileDialog.getOpenFileName(parent, tr("Open a recording or a take"), start)
    if name:
        memory.put("folder", str(Path(name).parent))
    return Path(name) if name else None


def to_save(parent: QtWidgets.QWidget, source: Path) -> Path | None:
    """Where the take of that recording goes."""
    start, kind = str(source.with_suffix(".take")), tr("KoeMorph take") + " (*.take)"
    name, _ = QtWidgets.QFileDialog.getSaveFileName(parent, tr("Save the take"), start, kind)
    if not name:
        return None
    return Path(name) if Path(name).suffix else Path(name + ".take")


def to_compare(parent: QtWidgets.QWidget) -> Path | None:
    endings = " ".join(f"*{suffix}" for suffix in sorted(formats.READABLE))
    name, _ = QtWidgets.QFileDialog.getOpenFileName(parent, tr("A take to compare with"), "", endings)
    return Path(name) if name else None
