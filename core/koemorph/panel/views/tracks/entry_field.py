"""What is typed over an entry, or into a gap, in its place."""

from __future__ import annotations

from collections.abc import Callable

from ...qt import Qt, QtGui, QtWidgets


class EntryField(QtWidgets.QLineEdit):
    """Enter writes it; Escape, or turning to something else, leaves everything as it was."""

    def __init__(
        self, parent: QtWidgets.QWidget, text: str, choices: tuple[str, ...], written: Callable[[str], object]
    ) -> None:
        super().__init__(text, parent)
        self._lane, self._written, self._over = parent, written, False
        self.setAccessibleName(parent.accessibleName())
        if choices:
            self.setCompleter(QtWidgets.QCompleter(list(choices), self))
        self.returnPressed.connect(self._write)
        self.editingFinished.connect(self._end)

    def open(self, left: int, width: int, *, mark: bool) -> None:
        """Show it there, with what stands in it marked so that the first letter replaces it."""
        self.setGeometry(left, 0, width, self._lane.height())
        if mark:
            self.selectAll()
        self.show()
        self.setFocus()

    def _write(self) -> None:
        if not self._over:
            self._end()
            if self.text().strip():
                self._written(self.text())

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self.hide()
            self._lane.setFocus()
            self.deleteLater()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """No key goes on to the lane: Return would open the next field there."""
        if event.key() == Qt.Key.Key_Escape:
            self._end()
        else:
            super().keyPressEvent(event)
        event.accept()
