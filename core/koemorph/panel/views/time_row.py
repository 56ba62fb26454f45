"""A row of the sheet: names at its left, time at its right, over the same stretch as the curves below."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ..document.timeline import Timeline
from ..qt import QtCore, QtGui, QtWidgets

NAMES: Final = 212
"""Pixels for the names at the left, where there is room."""


class Pictured(QtWidgets.QWidget):
    """Keeps what it has drawn as a picture, until that changes, or its size or the look of it all does."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: QtGui.QImage | QtGui.QPixmap | None = None

    def redraw(self) -> None:
        self._picture = None
        self.update()

    def picture(self, draw: Callable[[QtGui.QPainter], None]) -> QtGui.QPixmap:
        """What is kept, or what is drawn now on the ground of all rows."""
        if not isinstance(self._picture, QtGui.QPixmap):
            ratio = self.devicePixelRatioF()
            self._picture = QtGui.QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(self.palette().color(QtGui.QPalette.ColorRole.Base))
            painter = QtGui.QPainter(self._picture)
            painter.setFont(self.font())
            draw(painter)
            painter.end()
        return self._picture

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        self.redraw()
        super().resizeEvent(event)

    def changeEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802
        if event.type() == QtCore.QEvent.Type.PaletteChange:
            self.redraw()
        super().changeEvent(event)


class TimeRow(Pictured):
    """Where a moment lies in it, and the cursor over it."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__()
        self.timeline = timeline
        self._cursor = 0.0
        timeline.moved.connect(self._move_cursor)

    def left(self) -> int:
        """Pixels before the time begins."""
        return min(NAMES, self.right() // 2)

    def right(self) -> int:
        """Pixels where it ends: the lanes below have a scroll bar beside them."""
        return self.width() - self.style().pixelMetric(QtWidgets.QStyle.PixelMetric.PM_ScrollBarExtent)

    def x_of(self, moment: float) -> float:
        return self.xs_of((moment,))[0]

    def xs_of(self, moments: Iterable[float]) -> list[float]:
        """Where some moments lie: hundreds, so that sizes are asked for once."""
        left = self.left()
        room = self.right() - left
        return [left + self.timeline.share(moment) * room for moment in moments]

    def moment_at(self, x: float) -> float:
        return self.timeline.at((x - self.left()) / max(1, self.right() - self.left()))

    def paint_cursor(self, painter: QtGui.QPainter) -> None:
        """Over whatever else was painted."""
        painter.setPen(QtGui.QPen(self.palette().color(QtGui.QPalette.ColorRole.Highlight), 1.5))
        self._cursor = x = self.x_of(self.timeline.moment)
        if self.left() <= x:
            painter.drawLine(QtCore.QPointF(x, 0), QtCore.QPointF(x, self.height()))

    def _move_cursor(self) -> None:
        """Only what the cursor leaves and where it comes to is painted anew."""
        for x in (self._cursor, self.x_of(self.timeline.moment)):
            self.update(round(x) - 3, 0, 6, self.height())
