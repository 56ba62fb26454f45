"""Where in the line we are, what of it is seen, and what is played in a loop: one for all views of a line."""

from __future__ import annotations

from typing import Final

from ..qt import QtCore, Signal

SHORTEST: Final = 0.1
"""Seconds: no closer can one look."""


class Timeline(QtCore.QObject):
    """Moments are seconds of the recording."""

    moved = Signal(float)
    """The moment that is shown."""
    changed = Signal()
    """The part that is seen, the loop, or the length of it all."""

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self.begin, self.end = 0.0, 1.0
        """All there is."""
        self.left, self.right = 0.0, 1.0
        """What is seen."""
        self.moment = 0.0
        self.loop: tuple[float, float] | None = None
        self._told: tuple[object, ...] = ()

    def fit(self, begin: float, end: float, *, anew: bool = False) -> None:
        """Tell how much there is; what is seen stays unless it was all, or everything begins anew."""
        saw_all = (self.left, self.right) == (self.begin, self.end)
        self.begin, self.end = begin, max(end, begin + SHORTEST)
        if anew:
            self.loop = None
        if anew or saw_all:
            self.left, self.right = self.begin, self.end
        self._look(self.left, self.right)
        self.move(self.begin if anew else self.moment)

    def move(self, moment: float) -> None:
        self.moment = min(max(moment, self.begin), self.end)
        if not self.left <= self.moment <= self.right:
            span = self.right - self.left
            self._look(self.moment - 0.1 * span, self.moment + 0.9 * span)
        self.moved.emit(self.moment)

    def zoom(self, factor: float, around: float) -> None:
        span = max(SHORTEST, (self.right - self.left) / factor)
        share = (around - self.left) / (self.right - self.left)
        self._look(around - share * span, around + (1 - share) * span)

    def pan(self, seconds: float) -> None:
        self._look(self.left + seconds, self.right + seconds)

    def show_all(self) -> None:
        self._look(self.begin, self.end)

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        if loop is not None:
            low, high = (min(max(edge, self.begin), self.end) for edge in sorted(loop))
            loop = (low, high) if high - low >= SHORTEST / 2 else None
        self.loop = loop
        self._tell()

    def share(self, moment: float) -> float:
        """Where a moment lies in what is seen: 0 at the left, 1 at the right."""
        return (moment - self.left) / (self.right - self.left)

    def at(self, share: float) -> float:
        return self.left + share * (self.right - self.left)

    def _look(self, left: float, right: float) -> None:
        span = min(right - left, self.end - self.begin)
        left = min(max(left, self.begin), self.end - span)
        self.left, self.right = left, left + span
        self._tell()

    def _tell(self) -> None:
        """What is as it was, is not drawn again: every slider brings a take of the same length."""
        now = (self.begin, self.end, self.left, self.right, self.loop)
        if now != self._told:
            self._told = now
            self.changed.emit()
