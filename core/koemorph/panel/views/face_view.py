"""The face, live: drawn in software, coarser while it moves if it must be, fine as soon as it rests."""

from __future__ import annotations

import time
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...arkit import HEAD_TURNS
from ...face import load_face
from ...formats.head import quaternions, turned
from ...preview.render import Picture, Portrait, View
from ...take import Take
from ..background import BackgroundWork
from ..qt import Qt, QtCore, QtGui, QtWidgets, tr
from ..widgets import pause

FRONT: Final = View(height=0.30)
BUDGET: Final = 2 / 3
"""Part of the time until the next frame that this one may take; the rest of the window needs some as well."""
FASTEST: Final = 60.0
"""Frames a second that a screen shows at most."""
COARSEST: Final = 0.5
_REST_MS: Final = 140
_FINE: Final = 2.0
"""Points for each of the screen's once the face rests, drawn beside the window."""
_WIDEST: Final = 1.1
"""Width of what is drawn, in heights."""
_MOST: Final = 1400
"""Points along a side that are ever drawn."""


class FaceView(QtWidgets.QWidget):
    """Drag turns the head, the wheel brings it nearer, a double click brings it back."""

    def __init__(self) -> None:
        super().__init__()
        self._portrait = Portrait(load_face())
        self._names = (*self._portrait.names, *HEAD_TURNS)
        self._weights = np.zeros(len(self._names), np.float32)
        """Of the shapes, and then the head's turns in radians."""
        self._columns: tuple[tuple[str, ...], NDArray[np.int64], NDArray[np.int64]] | None = None
        self._side = FRONT
        self._image: QtGui.QImage | None = None
        self._pixels: Picture | None = None
        self._grain = 1.0
        """Points drawn for each of the screen, along a side."""
        self._budget = BUDGET / FASTEST
        self._dragged: QtCore.QPointF | None = None
        self.spent = 0.0
        """Seconds that the last frame took to draw."""
        self._fine: BackgroundWork | None = None
        self._rest = pause(self, _REST_MS, self._refine)
        self.setMinimumSize(140, 150)
        self.setAccessibleName(tr("Face"))
        self.setToolTip(tr("Drag to turn, wheel to come nearer, double click to look from the front."))

    def show_values(self, take: Take, values: NDArray[np.float32]) -> None:
        """A frame of a take; names that the face has no shape for do nothing."""
        if self._columns is None or self._columns[0] != take.names:
            places = {name: i for i, name in enumerate(self._names)}
            pairs = [(places[name], i) for i, name in enumerate(take.names) if name in places]
            ours, theirs = np.array(pairs, np.int64).reshape(-1, 2).T
            self._columns = (take.names, ours, theirs)
        _, ours, theirs = self._columns
        self._budget = BUDGET / min(FASTEST, float(take.rate.fps))
        weights = np.zeros_like(self._weights)
        weights[ours] = values[theirs]
        if not np.array_equal(weights, self._weights):
            self._weights = weights
            self._draw_anew()

    def rest(self) -> None:
        """No line: a neutral face."""
        self._weights = np.zeros_like(self._weights)
        self._draw_anew()

    def draw_now(self, grain: float) -> QtGui.QImage:
        """The picture at so many points for each of the screen's."""
        side, size = self._framed(grain)
        return self._as_image(self._draw(self._weights, side, size))

    def close_down(self) -> None:
        """Nothing is drawn beside the window any more."""
        self._rest.stop()
        if self._fine is not None:
            self._fine.wait(2.0)

    def _framed(self, grain: float) -> tuple[View, tuple[int, int]]:
        """From where, and how many points across and down."""
        ratio = self.devicePixelRatioF() * grain
        longest = max(self.width(), self.height()) * ratio
        ratio *= min(1.0, _MOST / max(longest, 1))
        size = (max(2, round(self._stage().width() * ratio)), max(2, round(self.height() * ratio)))
        # The head is taller than wide: in a narrow window it is the width that it must fit into.
        return self._side.nearer(min(1.0, size[0] / (0.78 * size[1]))), size

    def _draw(self, weights: NDArray[np.float32], view: View, size: tuple[int, int]) -> Picture:
        shapes, turns = weights[: -len(HEAD_TURNS)], weights[-len(HEAD_TURNS) :]
        posed = self._portrait.posed(shapes)
        if turns.any():
            posed = turned(posed, quaternions(turns[:, None])[0])
        return self._portrait.draw(posed, view, size)

    def _as_image(self, pixels: Picture) -> QtGui.QImage:
        self._pixels = pixels
        form = QtGui.QImage.Format.Format_ARGB32_Premultiplied
        return QtGui.QImage(pixels.data, pixels.shape[1], pixels.shape[0], 4 * pixels.shape[1], form)

    def _stage(self) -> QtCore.QRectF:
        """Where the head is drawn: the middle, since there is nothing to see far at its sides."""
        width = min(self.width(), _WIDEST * self.height() * max(1.0, FRONT.height / self._side.height))
        return QtCore.QRectF((self.width() - width) / 2, 0, width, self.height())

    def _draw_anew(self) -> None:
        self._image = None
        self._rest.start()
        self.update()

    def _refine(self) -> None:
        if self._fine is not None:
            self._rest.start()  # the last one is still on its way
            return
        weights, seen, (side, size) = self._weights, self._side, self._framed(_FINE)
        self._fine = BackgroundWork(partial(self._draw, weights, side, size), self)
        self._fine.done.connect(lambda pixels: self._show_fine(pixels, weights, seen, size))
        self._fine.start()

    def _show_fine(self, pixels: Picture, weights: NDArray[np.float32], seen: View, size: tuple[int, int]) -> None:
        assert self._fine is not None
        self._fine.deleteLater()
        self._fine = None
        if weights is self._weights and seen is self._side and size == self._framed(_FINE)[1]:
            self._image = self._as_image(pixels)
            self.update()

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802
        painter = QtGui.QPainter(self)
        gradient = QtGui.QLinearGradient(0, 0, 0, self.height())
        window = self.palette().color(QtGui.QPalette.ColorRole.Window)
        gradient.setColorAt(0, window.lighter(112))
        gradient.setColorAt(1, window.darker(114))
        painter.fillRect(self.rect(), gradient)
        if self._image is None:
            began = time.perf_counter()
            self._image = self.draw_now(self._grain)
            self.spent = time.perf_counter() - began
            self._adapt()
        painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._stage(), self._image)

    def _adapt(self) -> None:
        """Coarser where a frame takes too long, finer where there is time left."""
        if self.spent > self._budget:
            self._grain = max(COARSEST, self._grain * max(0.7, (self._budget / self.spent) ** 0.5))
        elif self.spent < 0.6 * self._budget:
            self._grain = min(1.0, self._grain * 1.05)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        self._draw_anew()
        super().resizeEvent(event)

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        self._dragged = event.position()

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        if self._dragged is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = event.position() - self._dragged
            self._dragged = event.position()
            self._side = self._side.turned(-0.5 * moved.x(), 0.4 * moved.y())
            self._draw_anew()

    def mouseDoubleClickEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        self._side = FRONT
        self._draw_anew()

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:  # noqa: N802
        self._side = self._side.nearer(1.001 ** event.angleDelta().y())
        self._draw_anew()
