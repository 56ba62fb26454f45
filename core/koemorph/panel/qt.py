"""The one door to Qt: PySide6, ours or the one that a host brings along."""

from __future__ import annotations

from ..errors import MissingPieceError

try:
    from PySide6 import QtCore, QtGui, QtWidgets
    from PySide6.QtCore import Qt, Signal
except ImportError as err:
    raise MissingPieceError(
        f"The panel needs PySide6, which cannot be loaded ({err}); run 'pip install koemorph[panel]'."
    ) from err

__all__ = ["Qt", "QtCore", "QtGui", "QtWidgets", "Signal", "tr"]


def tr(text: str, **values: object) -> str:
    """The text in the user's language; `{name}` in it becomes the value of that name."""
    translated = QtCore.QCoreApplication.translate("panel", text)
    return translated.format(**values) if values else translated
