"""Colours: of the regions of the face in the curves, and of the whole panel, by day and by night."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from .qt import Qt, QtGui, QtWidgets

FOREIGN: Final = "other"
_REGIONS: Final[dict[str, tuple[str, str]]] = {
    "jaw": ("#c0392b", "#ff7b6b"),
    "lips": ("#c75d12", "#ffa45c"),
    "tongue": ("#a8326f", "#ff85c0"),
    "cheeks": ("#22804d", "#5fd897"),
    "nose": ("#35808f", "#62cfe0"),
    "eyes": ("#2763b5", "#77b2ff"),
    "brows": ("#6344b3", "#b79bff"),
    FOREIGN: ("#555555", "#bbbbbb"),
}
"""For light and for dark surroundings, in the order in which regions are listed."""
REGIONS: Final = tuple(_REGIONS)
ACCENT: Final = "#e8743b"


def is_dark(palette: QtGui.QPalette) -> bool:
    return palette.color(QtGui.QPalette.ColorRole.Window).lightness() < 128


def region_colour(region: str, dark: bool) -> QtGui.QColor:
    return QtGui.QColor(_REGIONS[region][dark])


_GUESSED: Final = ("#f09a4a", "#c26a1f")
_CERTAIN: Final = ("#cddde9", "#34495c")
"""What is a guess glares, what is sure is calm; by day and by night."""
_MOODS: Final[dict[str, tuple[str, str]]] = {
    "neutral": ("#9a9aa2", "#6b6c74"),
    "joy": ("#c28a00", "#f2c14e"),
    "anger": ("#b3261e", "#ff6b5e"),
    "sadness": ("#2f5fa8", "#7fb0ff"),
    "fear": ("#7a3fa0", "#c79bff"),
    "disgust": ("#5d7a1f", "#b4d65c"),
    "boredom": ("#7a6a58", "#b7a58f"),
    "surprise": ("#00838f", "#5fd8e0"),
    "contempt": ("#8a4b2d", "#d99a78"),
    "doubt": ("#4d6b78", "#9fc0cf"),
    "pain": ("#8e1f4a", "#ff8db4"),
    "tiredness": ("#5b5f86", "#a6aad6"),
    "focus": ("#1f6f5c", "#66cdb0"),
}


@lru_cache(512)
def sure_colour(sure: float, dark: bool) -> QtGui.QColor:
    """The more of a guess, the more orange; what is half sure is a guess."""
    share = min(max((sure - 0.4) / 0.5, 0.0), 1.0)
    low, high = QtGui.QColor(_GUESSED[dark]), QtGui.QColor(_CERTAIN[dark])

    def mixed(one: int, other: int) -> int:
        return round(one + share * (other - one))

    return QtGui.QColor(mixed(low.red(), high.red()), mixed(low.green(), high.green()), mixed(low.blue(), high.blue()))


def mood_colour(mood: str, dark: bool) -> QtGui.QColor:
    return QtGui.QColor(_MOODS.get(mood, _MOODS["neutral"])[dark])


def dress(application: QtWidgets.QApplication, dark: bool | None) -> None:
    """Our own light or dark look; None is the system's choice. Not for use inside a host, which has its own."""
    application.setStyle("Fusion")
    hints = application.styleHints()
    if dark is None:
        dark = hints.colorScheme() == Qt.ColorScheme.Dark
    application.setPalette(_palette(dark))


def _palette(dark: bool) -> QtGui.QPalette:
    role = QtGui.QPalette.ColorRole
    colours = {
        role.Window: ("#f1f1f3", "#303136"),
        role.Base: ("#ffffff", "#1c1d20"),
        role.AlternateBase: ("#f4f4f6", "#232428"),
        role.Button: ("#e6e6e9", "#3f4047"),
        role.Light: ("#ffffff", "#45464d"),
        role.Midlight: ("#dcdce0", "#3a3b41"),
        role.Mid: ("#b9b9bf", "#4a4b52"),
        role.Dark: ("#8f8f96", "#17181a"),
        role.WindowText: ("#1d1d20", "#e7e7ea"),
        role.Text: ("#1d1d20", "#e7e7ea"),
        role.ButtonText: ("#1d1d20", "#e7e7ea"),
        role.ToolTipBase: ("#ffffff", "#35363c"),
        role.ToolTipText: ("#1d1d20", "#e7e7ea"),
        role.PlaceholderText: ("#74747c", "#8f9098"),
        role.Highlight: ("#c9541b", ACCENT),
        role.HighlightedText: ("#ffffff", "#17181a"),
        role.Link: ("#a8430f", ACCENT),
    }
    palette = QtGui.QPalette()
    for which, pair in colours.items():
        palette.setColor(which, QtGui.QColor(pair[dark]))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QtGui.QPalette.ColorGroup.Disabled, which, QtGui.QColor("#9a9aa2" if not dark else "#6b6c74"))
    return palette
