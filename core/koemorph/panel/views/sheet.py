"""The waveform with the tracks and the curves under it; before there are any, what to do."""

from __future__ import annotations

from ..qt import Qt, QtGui, QtWidgets, tr
from ..widgets import column
from .curves_view import CurvesView
from .tracks.track_lanes import TrackLanes
from .wave_view import WaveView


class Sheet(QtWidgets.QWidget):
    def __init__(self, wave: WaveView, tracks: TrackLanes, curves: CurvesView) -> None:
        super().__init__()
        column(self, wave, tracks, curves).setStretchFactor(curves, 1)
        self.hint = QtWidgets.QLabel(tr("Drop a recording or a take here,\nor press Ctrl+O."), self)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        font = self.hint.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        self.hint.setFont(font)
        self.hint.raise_()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        self.hint.setGeometry(self.rect())
        super().resizeEvent(event)
