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


def column(parent: QtWidgets.QWidget, *widgets: QtWidgets.QWidget) -> QtWidgets.QVBoxLayout:
    """One under the other, without anything between or around them."""
    layout = QtWidgets.QVBoxLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget)
    return layout


def pause(parent: QtCore.QObject, milliseconds: int, act: Callable[[], object]) -> QtCore.QTimer:
    """What is done once nobody has started it anew for so long."""
    timer = QtCore.QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(act)
    return timer


@contextmanager
def errors_to(failed: QtCore.SignalInstance) -> Iterator[None]:
    """An error leaves the block, and the signal tells it."""
    try:
        yield
    except KoeMorphError as err:
        failed.emit(str(err))
