"""Colours: of the regions of the face in the curves, and of the whole panel, by day and by night."""

from __future__ import annotations

from typing import Final

from .qt import Qt, QtGui, QtWidgets

FOREIGN: Final = "other"
_REGIONS: Final = {
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
