"""What stands where in the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .qt import Qt, QtWidgets

SMALLEST: Final = (280, 420)


def tabs_of(widgets: Mapping[str, QtWidgets.QWidget]) -> QtWidgets.QTabWidget:
    tabs = QtWidgets.QTabWidget()
    tabs.setDocumentMode(True)
    for name, widget in widgets.items():
        tabs.addTab(widget, name)
    return tabs


def arrange(
    window: QtWidgets.QWidget,
    bar: QtWidgets.QWidget,
    stage: QtWidgets.QWidget,
    tabs: QtWidgets.QWidget,
    key_button: QtWidgets.QWidget,
    sheet: QtWidgets.QWidget,
) -> tuple[QtWidgets.QSplitter, QtWidgets.QSplitter]:
    """The face beside the tabs, the sheet under both; the splitters between the former, and over the latter."""
    side = QtWidgets.QWidget()
    _column(side, tabs, key_button).setStretchFactor(tabs, 1)
    upper = QtWidgets.QSplitter(Qt.Orientation.Horizontal)
    upper.addWidget(stage)
    upper.addWidget(side)
    upper.setStretchFactor(0, 1)
    upper.setSizes([560, 340])
    whole = QtWidgets.QSplitter(Qt.Orientation.Vertical)
    whole.addWidget(upper)
    whole.addWidget(sheet)
    whole.setStretchFactor(0, 3)
    whole.setStretchFactor(1, 2)
    whole.setSizes([520, 360])
    for splitter in (upper, whole):
        splitter.setChildrenCollapsible(False)
    column = _column(window, bar, whole)
    column.setSpacing(0)
    column.setStretchFactor(whole, 1)
    column.setSizeConstraint(QtWidgets.QLayout.SizeConstraint.SetNoConstraint)
    window.setMinimumSize(*SMALLEST)
    return upper, whole


def turn(splitter: QtWidgets.QSplitter, *, narrow: bool) -> None:
    """Where there is little room, what stands side by side stands one above the other."""
    wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
    if splitter.orientation() != wanted:
        splitter.setOrientation(wanted)


def _column(parent: QtWidgets.QWidget, *widgets: QtWidgets.QWidget) -> QtWidgets.QVBoxLayout:
    column = QtWidgets.QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        column.addWidget(widget)
    return column
