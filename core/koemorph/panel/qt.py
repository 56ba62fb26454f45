"""The one door to Qt: PySide6, ours or the one that a host brings along."""

from __future__ import annotations

import sys

from ..errors import MissingPieceError

try:
    import PySide6
    from PySide6 import QtCore, QtGui, QtWidgets
    from PySide6.QtCore import Qt, Signal
except ImportError as err:
    raise MissingPieceError(
        f"The panel needs PySide6, which cannot be loaded ({err}); run 'pip install koemorph[panel]'."
    ) from err

if sys.version_info < (3, 12) and tuple(PySide6.__version_info__[:2]) >= (6, 12):
    raise MissingPieceError(  # it drops references to None and True, which only later Pythons survive
        f"PySide6 {PySide6.__version__} does not fit Python {sys.version_info[0]}.{sys.version_info[1]}; "
        "run 'pip install \"PySide6-Essentials<6.12\"'."
    )

__all__ = ["Qt", "QtCore", "QtGui", "QtWidgets", "Signal", "tr"]


def tr(text: str, **values: object) -> str:
    """The text in the user's language; `{name}` in it becomes the value of that name."""
    translated = QtCore.QCoreApplication.translate("panel", text)
    return translated.format(**values) if values else translated
