"""The sound of the line: its waveform over the same stretch of time as the curves; the place to scrub and to loop."""

from __future__ import annotations

from typing import Final

import numpy as np

from .. import looks
from ..document.state import State
from ..document.timeline import Timeline
from ..qt import Qt, QtCore, QtGui, tr
from .curves_view import zoom_or_pan
from .time_row import TimeRow
from .tracing import Wave

HEIGHT: Final = 74
RULER: Final = 18
_STEPS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 600, 3600)


class WaveView(TimeRow):
    """A click goes there, a drag scrubs, a drag with Shift (or in the ruler) marks the loop, Escape lets go of it."""

    def __init__(self, state: State, timeline: Timeline) -> None:
        super().__init__(timeline)
        self.wave: Wave | None = None
        self.words = ""
        """What stands at the left, in the place of the names."""
        self._loop_from: float | None = None
        self.setFixedHeight(HEIGHT + RULER)
        self.setAccessibleName(tr("Waveform"))
        self.setToolTip(tr("Drag to scrub, Shift-drag to loop a part, Ctrl-wheel to zoom."))
        timeline.changed.connect(self.redraw)

    def show_wave(self, wave: Wave | None) -> None:
        self.wave = wave
        self.redraw()

    def show_words(self, words: str) -> None:
        self.words = words
        self.redraw()

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802
        painter = QtGui.QPainter(self)
        painter.drawPixmap(0, 0, self.picture(self._draw))
        self.paint_cursor(painter)

    def _draw(self, painter: QtGui.QPainter) -> None:
        palette, timeline, left = self.palette(), self.timeline, self.left()
        room = self.right() - left
        faint = palette.color(QtGui.QPalette.ColorRole.PlaceholderText)
        span = timeline.right - timeline.left
        step = next((s for s in _STEPS if span / s * 56 <= room), _STEPS[-1])
        for tick in np.arange(np.ceil(timeline.left / step) * step, timeline.right, step):
            x = left + timeline.share(float(tick)) * room
            painter.setPen(palette.color(QtGui.QPalette.ColorRole.Midlight))
            painter.drawLine(QtCore.QPointF(x, RULER), QtCore.QPointF(x, self.height()))
            painter.setPen(faint)
            painter.drawText(QtCore.QPointF(x + 3, RULER - 5), f"{tick:.10g} s")
        if timeline.loop is not None:
            begin, end = (left + timeline.share(edge) * room for edge in timeline.loop)
            colour = QtGui.QColor(palette.color(QtGui.QPalette.ColorRole.Highlight))
            colour.setAlpha(60)
            painter.fillRect(QtCore.QRectF(max(begin, left), 0, end - max(begin, left), self.height()), colour)
        if self.wave is not None:
            colour = QtGui.QColor("#8d99a8" if looks.is_dark(palette) else "#71808f")
            painter.setPen(colour)
            low, high = self.wave.columns(timeline.left, timeline.right, max(1, room))
            middle, scale = RULER + HEIGHT / 2, HEIGHT * 0.47
            lines = [
                QtCore.QLineF(left + x, middle - up * scale - 0.5, left + x, middle - down * scale + 0.5)
                for x, (down, up) in enumerate(zip(low.tolist(), high.tolist(), strict=True))
            ]
            painter.drawLines(lines)
        painter.setPen(faint)
        place = QtCore.QRect(9, RULER, left - 14, HEIGHT)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, self.words)

    def _moment(self, event: QtGui.QMouseEvent) -> float:
        return self.moment_at(event.position().x())

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        looping = event.modifiers() & Qt.KeyboardModifier.ShiftModifier or event.position().y() < RULER
        self._loop_from = self._moment(event) if looping else None
        if not looping:
            self.timeline.move(self._moment(event))

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if self._loop_from is not None:
            self.timeline.set_loop((self._loop_from, self._moment(event)))
        else:
            self.timeline.move(self._moment(event))

    def mouseReleaseEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        if self._loop_from is not None and abs(self._moment(event) - self._loop_from) < 0.02:
            self.timeline.set_loop(None)
        self._loop_from = None

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:  # noqa: N802
        zoom_or_pan(event, self, self.left(), self.timeline)
