"""How the entries of a track look: filled as sure as they are, lined by who says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ... import looks
from ...qt import Qt, QtCore, QtGui
from .editor import Span

Place = tuple[float, float]
"""Pixels from where to where."""
_LINE: Final = 2
"""Pixels of the line that tells what comes from a script, or from a hand."""
_NARROW: Final = 3.0
"""Pixels below which entries have no gap between them."""


def draw_speech(
    painter: QtGui.QPainter, spans: Sequence[Span], places: Sequence[Place], height: int, palette: QtGui.QPalette
) -> None:
    """Phones or words: the colour is how sure they are; a line below is the script's, a frame somebody's own."""
    dark = looks.is_dark(palette)
    ink, edited = palette.color(QtGui.QPalette.ColorRole.Text), palette.color(QtGui.QPalette.ColorRole.Highlight)
    metrics = painter.fontMetrics()
    drawn = -1.0
    for span, (left, right) in zip(spans, places, strict=True):
        if right - left < 1.0 and left < drawn:
            continue  # thousands would lie on one point
        gap = 1.0 if right - left > _NARROW else 0.0
        box = QtCore.QRectF(left, 1, max(right - left - gap, 1.0), height - 2)
        drawn = left + 1.0
        painter.fillRect(box, looks.sure_colour(round(span.sure, 2), dark))
        if span.source != "heard":
            line = QtCore.QRectF(box.left(), height - 1 - _LINE, box.width(), _LINE)
            painter.fillRect(line, edited if span.source == "edited" else ink)
            if span.source == "edited":
                painter.fillRect(line.translated(0, _LINE + 2 - height), edited)
        _write(painter, metrics, span.text, box, ink, whole=len(span.text) < 3)


def draw_moods(
    painter: QtGui.QPainter, spans: Sequence[Span], places: Sequence[Place], height: int, palette: QtGui.QPalette
) -> None:
    """As tall as the mood is strong, on a faint ground of its colour."""
    dark = looks.is_dark(palette)
    ink, edited = palette.color(QtGui.QPalette.ColorRole.Text), palette.color(QtGui.QPalette.ColorRole.Highlight)
    for span, (left, right) in zip(spans, places, strict=True):
        box = QtCore.QRectF(left, 1, max(right - left - 1.0, 1.0), height - 2)
        colour = looks.mood_colour(span.text, dark)
        strength = 0.0 if span.text == "neutral" else span.sure
        for share, alpha in ((1.0, 50), (strength, 120)):
            colour.setAlpha(alpha)
            painter.fillRect(box.adjusted(0, (1 - share) * box.height(), 0, 0), colour)
        if span.source == "edited":
            painter.fillRect(QtCore.QRectF(box.left(), 1, box.width(), _LINE), edited)
        text = span.text if span.text == "neutral" else f"{span.text} {span.sure:.1f}"
        _write(painter, painter.fontMetrics(), text, box, ink, whole=False)


def draw_names(
    painter: QtGui.QPainter, names: Sequence[tuple[str, int, int]], height: int, palette: QtGui.QPalette
) -> None:
    """Faint texts, each with the pixels between which it stands."""
    painter.setPen(palette.color(QtGui.QPalette.ColorRole.PlaceholderText))
    for text, begin, end in names:
        fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, end - begin)
        painter.drawText(QtCore.QRect(begin, 0, end - begin, height), Qt.AlignmentFlag.AlignVCenter, fitting)


def _write(
    painter: QtGui.QPainter,
    metrics: QtGui.QFontMetrics,
    text: str,
    box: QtCore.QRectF,
    ink: QtGui.QColor,
    *,
    whole: bool,
) -> None:
    """The text as far as there is room; a symbol only `whole`."""
    room = box.width() - (1 if whole else 4)
    width = metrics.horizontalAdvance(text) if room > 5 else 1e9
    if width > room:
        if whole or room < 22:
            return
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room))
    painter.setPen(ink)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
