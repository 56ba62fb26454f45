"""The lanes with their filter, and how the wheel moves through time."""

from __future__ import annotations

from ..document.state import State
from ..document.timeline import Timeline
from ..qt import Qt, QtGui, QtWidgets, tr
from ..widgets import column
from .lanes import HIGHEST, LANE, LOWEST, Lanes


class CurvesView(QtWidgets.QWidget):
    """The lanes with their filter."""

    def __init__(self, state: State, timeline: Timeline) -> None:
        super().__init__()
        self.lanes = Lanes(state, timeline)
        self._timeline = timeline
        self.search = QtWidgets.QLineEdit()
        self.search.setPlaceholderText(tr("Filter: jaw, smile left ..."))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(tr("Filter the curves"))
        self.search.textChanged.connect(self._search)
        self.all = QtWidgets.QCheckBox(tr("At rest too"))
        self.all.setToolTip(tr("Show shapes as well that do not move in this line."))
        self.all.toggled.connect(self._show_all)
        self.height_slider = QtWidgets.QSlider(Qt.Orientation.Horizontal)
        self.height_slider.setRange(LOWEST, HIGHEST)
        self.height_slider.setValue(LANE)
        self.height_slider.setMaximumWidth(110)
        self.height_slider.setToolTip(tr("How tall the curves are"))
        self.height_slider.setAccessibleName(tr("How tall the curves are"))
        self.height_slider.valueChanged.connect(self.lanes.set_lane)
        row = QtWidgets.QHBoxLayout()
        row.setContentsMargins(6, 2, 6, 2)
        row.addWidget(self.search, 1)
        row.addWidget(self.all)
        row.addWidget(self.height_slider)
        self.area = QtWidgets.QScrollArea()
        self.area.setWidget(self.lanes)
        self.area.setWidgetResizable(True)
        self.lanes.came_to.connect(lambda top, height: self.area.ensureVisible(0, top + height // 2, 0, height))
        self.area.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        layout = column(self)
        layout.addLayout(row)
        layout.addWidget(self.area, 1)

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:  # noqa: N802
        zoom_or_pan(event, self.lanes, self.lanes.names_width(), self._timeline)

    def _search(self, text: str) -> None:
        self.lanes.filter = text
        self.lanes.refresh()

    def _show_all(self, on: bool) -> None:
        self.lanes.moving_only = not on
        self.lanes.refresh()


def zoom_or_pan(event: QtGui.QWheelEvent, widget: QtWidgets.QWidget, left: int, timeline: Timeline) -> None:
    """Ctrl and the wheel zoom, Shift and the wheel move along; anything else is not ours."""
    across, down = event.angleDelta().x(), event.angleDelta().y()
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        x = widget.mapFromGlobal(event.globalPosition()).x() - left
        timeline.zoom(1.0015 ** (down or across), timeline.at(min(max(x / max(1, widget.width() - left), 0), 1)))
    elif across or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        timeline.pan(-(across or down) / 1200 * (timeline.right - timeline.left))
    else:
        event.ignore()
