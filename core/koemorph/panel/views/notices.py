"""What the panel has to say, in the panel: one sentence at a time, and how far the work is."""

from __future__ import annotations

from typing import Final

from .. import looks
from ..document.maker import stage_name
from ..qt import QtCore, QtGui, QtWidgets, Signal, tr
from ..widgets import pause, sentence

_NOTE_MS: Final = 9000
"""A note goes by itself, an error stays until it is closed."""


class NoticeBar(QtWidgets.QFrame):
    """The latest error or note. An error is not covered by a mere note."""

    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.is_error = False
        self.label = sentence()
        self.label.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        shut = QtWidgets.QToolButton()
        shut.setText("✕")
        shut.setAutoRaise(True)
        shut.setAccessibleName(tr("Close"))
        shut.clicked.connect(self.clear)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(10, 3, 4, 3)
        row.addWidget(self.label, 1)
        row.addWidget(shut, 0, QtCore.Qt.AlignmentFlag.AlignTop)
        self.setAutoFillBackground(True)
        self._timer = pause(self, _NOTE_MS, self.clear)
        self.hide()

    @property
    def text(self) -> str:
        return self.label.text() if not self.isHidden() else ""

    def error(self, sentence: str) -> None:
        self._show(sentence, True)
        self._timer.stop()

    def note(self, sentence: str) -> None:
        if not (self.is_error and self.text):
            self._show(sentence, False)
            self._timer.start()

    def clear(self) -> None:
        self.is_error = False
        self.hide()

    def _show(self, sentence: str, is_error: bool) -> None:
        self.is_error = is_error
        self.said.emit(sentence)
        dark = looks.is_dark(QtWidgets.QApplication.palette())
        back, ink = ("#5a2320", "#ffd9d3") if dark else ("#fbdcd7", "#6d1a10")
        if not is_error:
            back, ink = ("#2c3e50", "#d6e8fa") if dark else ("#dceafa", "#17385c")
        palette = self.palette()
        palette.setColor(QtGui.QPalette.ColorRole.Window, QtGui.QColor(back))
        palette.setColor(QtGui.QPalette.ColorRole.WindowText, QtGui.QColor(ink))
        palette.setColor(QtGui.QPalette.ColorRole.ButtonText, QtGui.QColor(ink))
        self.setPalette(palette)
        self.label.setPalette(palette)
        self.label.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()


class ProgressRow(QtWidgets.QWidget):
    """What is being done and how much of it is left; takes no room while nothing is."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.bar = QtWidgets.QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(True)
        self.button = QtWidgets.QPushButton(tr("Cancel"))
        self.button.clicked.connect(self.cancelled)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 2)
        row.addWidget(self.bar, 1)
        row.addWidget(self.button)
        self.hide()

    def show_progress(self, stage: str, fraction: float) -> None:
        self.bar.setValue(round(fraction * 1000))
        self.bar.setFormat(f"{stage_name(stage)}  %p %")
        self.show()
