"""How one track looks under the waveform; of what an edit changes only that is drawn anew."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import Any, Final

from ....speech.track import unchanged
from ...document.timeline import Timeline
from ...qt import QtCore, QtGui
from ..time_row import TimeRow
from .drawing import draw_moods, draw_names, draw_speech
from .editor import Span, TrackEditor, describe

HEIGHT: Final = 22


class TrackRow(TimeRow):
    """The entries of a track as its editor has them, and which of them is chosen."""

    def __init__(self, editor: TrackEditor, timeline: Timeline, title: str, empty: str) -> None:
        super().__init__(timeline)
        self.editor, self.title, self._empty = editor, title, empty
        self.chosen: int | None = None
        self._spans: list[Span] = []
        self._held: Any = None
        """The track that is drawn."""
        self._shown = (False, False)
        """Whether it is edited, and whether there is a take at all."""
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(title)
        editor.state.take_changed.connect(self.refresh)
        editor.state.choices_changed.connect(self.refresh)
        timeline.changed.connect(self.redraw)

    @property
    def spans(self) -> list[Span]:
        return self._spans

    def refresh(self) -> None:
        """What the track has become; a take brings what its edit has shown already."""
        before, self._shown = self._shown, (self.editor.is_edited, self.editor.state.shown is not None)
        held, self._held = self._held, self.editor.held
        if self._held is held and self._shown == before:
            return
        shown, self._spans = self._spans, list(self.editor.spans())
        same, alike = unchanged(shown, self._spans)
        if self.chosen is not None and self.chosen >= len(self._spans):
            self.chosen = None
        if self._shown != before or not shown or not self._spans:
            self.redraw()
        elif changed := [*shown[same : len(shown) - alike], *self._spans[same : len(self._spans) - alike]]:
            self._redraw_between(min(span.start for span in changed), max(span.end for span in changed))

    def choose(self, number: int | None) -> None:
        self.chosen = number
        if number is not None:
            self.setAccessibleDescription(describe(self._spans[number]))
        self.update()

    def at(self, moment: float) -> int | None:
        """Which entry sounds then."""
        number = bisect_right(self._spans, moment, key=lambda span: span.start) - 1
        return number if number >= 0 and moment < self._spans[number].end else None

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802
        painter = QtGui.QPainter(self)
        painter.drawPixmap(0, 0, self.picture(self._draw))
        if self.chosen is not None:
            span = self._spans[self.chosen]
            painter.setPen(QtGui.QPen(self.palette().color(QtGui.QPalette.ColorRole.Text), 2 if self.hasFocus() else 1))
            left = max(self.x_of(span.start), self.left())
            painter.drawRect(QtCore.QRectF(left, 1, max(self.x_of(span.end) - left - 1, 2), HEIGHT - 2))
        self.paint_cursor(painter)

    def _draw(self, painter: QtGui.QPainter) -> None:
        self._draw_spans(painter, self.timeline.left, self.timeline.right)
        title = self.title + (" *" if self.editor.is_edited and self._spans else "")
        empty = self._empty if not self._spans and self.editor.state.shown is not None else ""
        names = ((title, 9, self.left() - 4), (empty, self.left() + 6, self.right()))
        draw_names(painter, names, HEIGHT, self.palette())

    def _draw_spans(self, painter: QtGui.QPainter, begin: float, end: float) -> None:
        """Those that sound between two moments."""
        left, right = self.left(), self.right()
        first = max(bisect_right(self._spans, begin, key=lambda span: span.start) - 1, 0)
        spans = self._spans[first : bisect_left(self._spans, end, key=lambda span: span.start)]
        begins, ends = self.xs_of(span.start for span in spans), self.xs_of(span.end for span in spans)
        places = [(max(begin, left), min(end, right)) for begin, end in zip(begins, ends, strict=True)]
        draw = draw_moods if self.editor.choices else draw_speech
        draw(painter, spans, places, HEIGHT, self.palette())

    def _redraw_between(self, begin: float, end: float) -> None:
        """Of the picture only what an edit changed, a pixel around it included, so that a drag is seen at once."""
        left, right = (math.floor(self.x_of(begin)) - 1, math.ceil(self.x_of(end)) + 1)
        place = QtCore.QRect(QtCore.QPoint(max(left, self.left()), 0), QtCore.QPoint(min(right, self.right()), HEIGHT))
        if self._picture is None or not place.isValid():
            self.redraw()
            return
        painter = QtGui.QPainter(self._picture)
        painter.setFont(self.font())
        painter.setClipRect(place)
        painter.fillRect(place, self.palette().color(QtGui.QPalette.ColorRole.Base))
        self._draw_spans(painter, self.moment_at(left), self.moment_at(right))
        painter.end()
        self.update()
