"""What tabs and views are put together from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..errors import KoeMorphError
from .qt import QtCore, QtWidgets


def button(text: str, act: Callable[[], object], tooltip: str = "") -> QtWidgets.QPushButton:
    made = QtWidgets.QPushButton(text)
    made.setToolTip(tooltip)
    made.clicked.connect(act)
    return made


def sentence(text: str = "") -> QtWidgets.QLabel:
    """It breaks into lines rather than to widen the window."""
    label = QtWidgets.QLabel(text)
    label.setWordWrap(True)
    label.setMinimumWidth(1)
    return label


def row(*widgets: QtWidgets.QWidget) -> QtWidgets.QHBoxLayout:
    line = QtWidgets.QHBoxLayout()
    for widget in widgets:
        line.addWidget(widget, 1)
    return line


@contextmanager
def errors_to(failed: QtCore.SignalInstance) -> Iterator[None]:
    """An error leaves the block, and the signal tells it."""
    try:
        yield
    except KoeMorphError as err:
        failed.emit(str(err))
