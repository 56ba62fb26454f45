"""What stands where in the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .qt import Qt, QtWidgets
from .widgets import column

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
    beside = column(side, tabs, key_button)
    beside.setSpacing(-1)  # what the style has
    beside.setStretchFactor(tabs, 1)
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
    everything = column(window, bar, whole)
    everything.setStretchFactor(whole, 1)
    everything.setSizeConstraint(QtWidgets.QLayout.SizeConstraint.SetNoConstraint)
    window.setMinimumSize(*SMALLEST)
    return upper, whole


def turn(splitter: QtWidgets.QSplitter, *, narrow: bool) -> None:
    """Where there is little room, what stands side by side stands one above the other."""
    wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
    if splitter.orientation() != wanted:
        splitter.setOrientation(wanted)
