"""The curves, a lane for each shape, by region; their names with mute and solo, which are settings like any other."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ... import arkit
from ...shape_edits import ShapeEdit, parse_shape_edits, write_shape_edits
from ...take import Take
from .. import looks
from ..document.state import State
from ..document.timeline import Timeline
from ..qt import Qt, QtCore, QtGui, Signal, tr
from ..widgets import pause
from .lane_picture import lanes_picture
from .time_row import NAMES, Pictured
from .tracing import Picture, row_at

LANE: Final = 30
"""Pixels of a lane, until somebody wants to see more."""
LOWEST, HIGHEST = 20, 140
_BUTTON: Final = 18
_STILL: Final = 0.05
"""A shape that never moves further than this is not listed unless it is asked for."""
_VALUES_MS: Final = 80
"""Between two changes of the numbers while the line plays."""


class Lanes(Pictured):
    """The picture itself, as tall as all lanes together; a scroll area shows part of it."""

    came_to = Signal(int, int)
    """The keyboard is at a lane that begins at so many pixels and is so tall."""

    def __init__(self, state: State, timeline: Timeline) -> None:
        super().__init__()
        self._state, self._timeline = state, timeline
        self.rows: list[tuple[str, str]] = []
        """(region, shape) of each lane."""
        self.filter = ""
        self.lane = LANE
        self.moving_only = True
        self.chosen = 0
        """The lane that the keyboard is at."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._drawn_rows = (0, 0)
        self._cursor = 0.0
        self._pixels: Picture | None = None
        self.setMouseTracking(True)
        state.take_changed.connect(self.refresh)
        timeline.changed.connect(self.redraw)
        timeline.moved.connect(self._move_cursor)
        self._values = pause(self, _VALUES_MS, lambda: self.update(0, 0, self.names_width(), self.height()))
        self.setAccessibleName(tr("Curves"))

    def refresh(self) -> None:
        """The rows anew, from what the take has and what was asked for."""
        take = self._state.shown
        rows = []
        if take is not None:
            moving = np.ptp(take.values, axis=0) > _STILL
            for region in looks.REGIONS:
                listed = arkit.REGIONS.get(region) or [name for name in take.names if name not in arkit.INDEX]
                known = [(name, bool(moving[take.names.index(name)])) for name in listed if name in take.names]
                rows += [(region, name) for name, moves in known if self._asked_for(region, name, moves)]
        if rows != self.rows:
            self.rows = rows
            self.setFixedHeight(max(self.lane, self.lane * len(rows)))
        self.redraw()

    def set_lane(self, height: int) -> None:
        """How tall a lane is, in pixels."""
        self.lane = height
        self.setFixedHeight(max(height, height * len(self.rows)))
        self.redraw()

    def _asked_for(self, region: str, name: str, moves: bool) -> bool:
        words = self.filter.lower().split()
        if words:
            return all(word in name.lower() or word in region for word in words)
        return moves or not self.moving_only or name in parse_shape_edits(self._state.settings.shape_edits)

    def _move_cursor(self) -> None:
        """Only what the cursor leaves and where it comes to is painted anew."""
        left = self.names_width()
        now = left + self._timeline.share(self._timeline.moment) * (self.width() - left)
        for x in (self._cursor, now):
            self.update(round(x) - 3, 0, 6, self.height())
        if not self._values.isActive():
            self._values.start()

    def names_width(self) -> int:
        return min(NAMES, self.width() // 2)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802
        painter = QtGui.QPainter(self)
        painter.fillRect(event.rect(), self.palette().base())
        left, shown = self.names_width(), event.rect()
        take = self._state.shown
        if take is None or not self.rows:
            return
        dark = looks.is_dark(self.palette())
        seen = self.visibleRegion().boundingRect()
        first, stop = seen.top() // self.lane, min(len(self.rows), seen.bottom() // self.lane + 1)
        for row in range(first, stop):
            if row % 2:
                painter.fillRect(0, row * self.lane, self.width(), self.lane, self.palette().alternateBase())
        picture = self._picture
        if not isinstance(picture, QtGui.QImage) or self._drawn_rows != (first, stop):
            picture = self._drawn(take, self.rows[first:stop], dark)
            self._picture, self._drawn_rows = picture, (first, stop)
        place = QtCore.QRectF(left, first * self.lane, self.width() - left, self.lane * (stop - first))
        painter.drawImage(place, picture)
        edits = parse_shape_edits(self._state.settings.shape_edits)
        values = row_at(take, self._timeline.moment)
        for row in range(first, stop) if shown.left() < left else ():
            region, name = self.rows[row]
            self._paint_name(painter, row, region, name, edits.get(name, ShapeEdit()), values, take)
        painter.setPen(QtGui.QPen(self.palette().color(QtGui.QPalette.ColorRole.Highlight), 1.5))
        self._cursor = x = left + self._timeline.share(self._timeline.moment) * (self.width() - left)
        if x >= left:
            painter.drawLine(QtCore.QPointF(x, shown.top()), QtCore.QPointF(x, shown.bottom() + 1))

    def _paint_name(
        self,
        painter: QtGui.QPainter,
        row: int,
        region: str,
        name: str,
        edit: ShapeEdit,
        values: NDArray[np.float32],
        take: Take,
    ) -> None:
        width, top = self.names_width(), row * self.lane
        colour = looks.region_colour(region, looks.is_dark(self.palette()))
        faint = self.palette().color(QtGui.QPalette.ColorRole.PlaceholderText)
        painter.fillRect(0, top, 3, self.lane, colour)
        if row == self.chosen and self.hasFocus():
            painter.setPen(self.palette().color(QtGui.QPalette.ColorRole.Highlight))
            painter.drawRect(0, top, width - 1, self.lane - 1)
        painter.setPen(faint if edit.mute else colour)
        with_value = width >= NAMES
        room = width - 2 * _BUTTON - (44 if with_value else 10)
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QtCore.QRect(9, top, room, self.lane), Qt.AlignmentFlag.AlignVCenter, text)
        if with_value:
            painter.setPen(faint)
            value = float(values[take.names.index(name)])
            place = QtCore.QRect(width - 2 * _BUTTON - 36, top, 32, self.lane)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{value:.2f}")
        for slot, (letter, on) in enumerate((("M", edit.mute), ("S", edit.solo))):
            box = QtCore.QRect(width - (2 - slot) * _BUTTON, top + (self.lane - _BUTTON) // 2, _BUTTON - 2, _BUTTON)
            if on:
                painter.fillRect(box, self.palette().highlight())
            painter.setPen(self.palette().color(QtGui.QPalette.ColorRole.HighlightedText) if on else faint)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)

    def _drawn(self, take: Take, rows: list[tuple[str, str]], dark: bool) -> QtGui.QImage:
        """Some lanes as one picture, with the reference faint behind them."""
        ratio = self.devicePixelRatioF()
        size = (max(1, round((self.width() - self.names_width()) * ratio)), round(self.lane * ratio))
        stretch = (self._timeline.left, self._timeline.right)
        reference = self._state.reference
        behind = reference.take if reference is not None and not self._state.comparing else None
        self._pixels = lanes_picture(take, behind, rows, stretch, size, dark)
        form = QtGui.QImage.Format.Format_ARGB32_Premultiplied
        return QtGui.QImage(self._pixels.data, size[0], len(self._pixels), 4 * size[0], form)

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        row, x = int(event.position().y()) // self.lane, event.position().x()
        button = int((x - (self.names_width() - 2 * _BUTTON)) // _BUTTON)
        if 0 <= row < len(self.rows):
            self.chosen = row
        if button in (0, 1) and 0 <= row < len(self.rows):
            self.toggle(self.rows[row][1], ("mute", "solo")[button])
        elif x >= self.names_width():
            self._scrub(x)

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        if event.buttons() & Qt.MouseButton.LeftButton and event.position().x() >= self.names_width():
            self._scrub(event.position().x())

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Up and Down choose a lane, M and S mute it or play it alone."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        edits = {Qt.Key.Key_M: "mute", Qt.Key.Key_S: "solo"}
        key = Qt.Key(event.key())
        if key in steps and self.rows:
            self.chosen = min(max(self.chosen + steps[key], 0), len(self.rows) - 1)
            self.came_to.emit(self.chosen * self.lane, self.lane)
        elif key in edits and event.modifiers() == Qt.KeyboardModifier.NoModifier and self.chosen < len(self.rows):
            self.toggle(self.rows[self.chosen][1], edits[key])
        else:
            super().keyPressEvent(event)
        self.update()

    def toggle(self, name: str, what: str) -> None:
        """Mute or solo a shape, or let it go."""
        edits = parse_shape_edits(self._state.settings.shape_edits)
        edit = edits.get(name, ShapeEdit())
        edits[name] = replace(edit, **{what: not getattr(edit, what)})
        self._state.set_setting("shape_edits", write_shape_edits(edits))
        self._state.end_drag()

    def _scrub(self, x: float) -> None:
        left = self.names_width()
        self._timeline.move(self._timeline.at((x - left) / max(1, self.width() - left)))
