"""One track under the waveform: look, drag a boundary, type over an entry, insert, take out."""

from __future__ import annotations

import contextlib
from bisect import bisect_right
from collections.abc import Callable
from typing import Any, Final

from ....errors import KoeMorphError
from ....speech.by_hand import Side
from ...document.timeline import Timeline
from ...qt import Qt, QtCore, QtGui, QtWidgets, Signal, tr
from ..curves_view import zoom_or_pan
from .editor import TrackEditor, describe
from .entry_field import EntryField
from .menu import fill_menu
from .track_row import TrackRow

GRIP: Final = 4
"""Pixels around a boundary where it can be taken hold of."""
_FIELD: Final = 64
"""Pixels of the field that is typed into, at least."""


class TrackLane(TrackRow):
    """Click chooses, dragging a boundary moves it (with Alt only this side of it), typing writes over what is chosen.

    Ctrl and arrows choose the neighbour, Insert adds, Delete takes out, the right button has the rest.
    """

    failed = Signal(str)
    play_wanted = Signal(float, float)
    resume_wanted = Signal()
    """Somebody wants to edit a finished take, from its recording."""

    def __init__(self, editor: TrackEditor, timeline: Timeline, title: str, empty: str, usual: float) -> None:
        super().__init__(editor, timeline, title, empty)
        self._usual = usual
        self._drag: tuple[Any, int, Side] | None = None
        """The track as it was, and the boundary that is held."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def edit(self, why: str, change: Callable[[Any], Any], held: Any = None) -> bool:
        """One step: what `change` makes of the track; what is wrong with it is said and changes nothing."""
        if reason := self.editor.locked():
            self.failed.emit(reason)
            return False
        try:
            self.editor.put(change(self.editor.held if held is None else held), why)
        except KoeMorphError as err:
            self.failed.emit(str(err))
            return False
        if self._drag is None:
            self.editor.state.end_drag()
        return True

    def type_over(self, number: int, begun: str = "") -> None:
        """A field over an entry; Enter writes it, Escape leaves it as it was."""
        span = self._spans[number]
        self._ask(span.start, begun or span.text, lambda text: self._rename(number, text), mark=not begun)

    def insert_at(self, moment: float) -> None:
        start, end = self.editor.room_for_new(moment, self._usual)
        why = tr("Insert in {track}", track=self.title)
        self._ask(start, "", lambda text: self.edit(why, lambda held: self.editor.with_new(held, start, end, text)))

    def remove(self, number: int) -> None:
        self.edit(tr("Delete in {track}", track=self.title), lambda held: self.editor.without(held, number))

    def _rename(self, number: int, text: str) -> None:
        if text.strip() and text != self._spans[number].text:
            why = tr("Change in {track}", track=self.title)
            self.edit(why, lambda held: self.editor.renamed(held, number, text))

    def _ask(self, at: float, text: str, done: Callable[[str], object], *, mark: bool = False) -> None:
        """What is typed, where it will stand."""
        if reason := self.editor.locked():
            self.failed.emit(reason)
            return
        left = min(max(self.x_of(at) - 3, self.left()), self.right() - _FIELD)
        field = EntryField(self, text, self.editor.choices, done)
        field.open(round(left), _FIELD if len(text) < 5 else 2 * _FIELD, mark=mark)

    def _edge_at(self, x: float) -> tuple[int, Side] | None:
        """The boundary within reach, of the entry that the mouse is in if two touch there."""
        near = self.moment_at(x)
        first = max(bisect_right(self._spans, near, key=lambda span: span.start) - 2, 0)
        edges: list[tuple[float, int, Side]] = []
        for number, span in enumerate(self._spans[first : first + 4], first):
            edges += [(abs(self.x_of(span.start) - x), number, "start"), (abs(self.x_of(span.end) - x), number, "end")]
        reach, number, side = min(edges, default=(GRIP + 1.0, 0, "end"))
        return (number, side) if reach <= GRIP else None

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        x = event.position().x()
        if event.button() != Qt.MouseButton.LeftButton or x < self.left():
            return
        edge = self._edge_at(x)
        if edge is not None and not self.editor.locked():
            self._drag = (self.editor.held, *edge)
            self.choose(edge[0])
        else:
            self.choose(self.at(self.moment_at(x)))
            self.timeline.move(self.moment_at(x))

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        x = event.position().x()
        if self._drag is None:
            if event.buttons() & Qt.MouseButton.LeftButton and x >= self.left():
                self.timeline.move(self.moment_at(x))
            on_edge = x >= self.left() and self._edge_at(x) is not None and not self.editor.locked()
            self.setCursor(Qt.CursorShape.SplitHCursor if on_edge else Qt.CursorShape.ArrowCursor)
            return
        held, number, side = self._drag
        alone = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        with contextlib.suppress(KoeMorphError):  # no further than there is room
            edited = self.editor.with_edge(held, number, side, self.moment_at(x), alone=alone)
            self.editor.put(edited, tr("Boundary in {track}", track=self.title))

    def mouseReleaseEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        if self._drag is not None:
            self._drag = None
            self.editor.state.end_drag()

    def mouseDoubleClickEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        moment = self.moment_at(event.position().x())
        number = self.at(moment)
        if event.position().x() < self.left():
            return
        if number is None:
            self.insert_at(moment)
        else:
            self.type_over(number)

    def contextMenuEvent(self, event: QtGui.QContextMenuEvent) -> None:  # noqa: N802
        moment = self.moment_at(event.pos().x())
        self.choose(self.at(moment))
        menu = QtWidgets.QMenu(self)
        fill_menu(menu, self, moment)
        menu.exec(event.globalPos())

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:  # noqa: N802
        zoom_or_pan(event, self, self.left(), self.timeline)

    def event(self, event: QtCore.QEvent) -> bool:
        if event.type() == QtCore.QEvent.Type.ToolTip and isinstance(event, QtGui.QHelpEvent):
            number = self.at(self.moment_at(event.pos().x())) if event.pos().x() >= self.left() else None
            told = tr("Drag a boundary, type over what is chosen, double click to insert, right click for more.")
            QtWidgets.QToolTip.showText(event.globalPos(), told if number is None else describe(self._spans[number]))
            return True
        return super().event(event)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        key, steps = event.key(), {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if key in steps and event.modifiers() & Qt.KeyboardModifier.ControlModifier and self._spans:
            near = bisect_right(self._spans, self.timeline.moment, key=lambda span: span.start) - 1
            number = near if self.chosen is None else self.chosen + steps[Qt.Key(key)]
            self.choose(min(max(number, 0), len(self._spans) - 1))
            self.timeline.move(self._spans[self.chosen or 0].start)
        elif key == Qt.Key.Key_Insert:
            self.insert_at(self.timeline.moment)
        elif self.chosen is None:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove(self.chosen)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.type_over(self.chosen)
        elif key == Qt.Key.Key_Escape:
            self.choose(None)
        elif event.text().strip() and event.text().isprintable() and not event.text().isdigit():
            self.type_over(self.chosen, event.text())
        else:
            super().keyPressEvent(event)
