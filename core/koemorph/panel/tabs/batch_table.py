"""The lines of a shot list as rows: which line, how it stands, and why in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from ...shots import Shot
from .. import looks
from ..qt import Qt, QtCore, QtGui, QtWidgets, tr

Status = Literal["todo", "made", "changed", "waiting", "working", "failed", "stopped", "wrong"]

_INKS: Final = {
    "made": ("#22804d", "#5fd897"),
    "changed": ("#a85d00", "#ffb35c"),
    "working": ("#a8430f", looks.ACCENT),
    "failed": ("#b3261e", "#ff8a80"),
    "stopped": ("#a85d00", "#ffb35c"),
    "wrong": ("#b3261e", "#ff8a80"),
}
"""By day and by night; what is not here is as any other text."""
NAME, STATUS, WORDS = range(3)
_Index = QtCore.QModelIndex | QtCore.QPersistentModelIndex
_NOWHERE: Final = QtCore.QModelIndex()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the list; without a shot where it cannot be read."""

    name: str
    where: str
    status: Status
    words: str = ""
    """What is wrong, or worth knowing."""
    shot: Shot | None = None


def called(status: Status) -> str:
    return {
        "todo": tr("to do"),
        "made": tr("made"),
        "changed": tr("changed"),
        "waiting": tr("waiting"),
        "working": tr("at work"),
        "failed": tr("failed"),
        "stopped": tr("stopped"),
        "wrong": tr("wrong"),
    }[status]


class BatchTable(QtCore.QAbstractTableModel):
    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []
        self._rows: dict[str, int] = {}

    def show_entries(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.entries = list(entries)
        self._rows = {entry.name: row for row, entry in enumerate(entries) if entry.shot is not None}
        self.endResetModel()

    def entry(self, name: str) -> Entry:
        return self.entries[self._rows[name]]

    def change(self, name: str, **values: Any) -> None:
        """Other `values` of the line of that name."""
        row = self._rows[name]
        self.entries[row] = replace(self.entries[row], **values)
        self.dataChanged.emit(self.index(row, NAME), self.index(row, WORDS))

    def shots(self) -> tuple[Shot, ...]:
        return tuple(entry.shot for entry in self.entries if entry.shot is not None)

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else WORDS + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Shot"), tr("State"), tr("Why"))[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (entry.name or entry.where, called(entry.status), entry.words)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.words or entry.where
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == STATUS and entry.status in _INKS:
            return QtGui.QColor(_INKS[entry.status][looks.is_dark(QtWidgets.QApplication.palette())])
        return None
