"""The face with what drives time under it; on it, at its top, what the panel has to say."""

from __future__ import annotations

from ..qt import Qt, QtWidgets
from ..widgets import column
from .face_view import FaceView
from .notices import NoticeBar, ProgressRow
from .transport import Transport


class Stage(QtWidgets.QWidget):
    """What is said lies over the face, so that nothing moves away under a mouse that is dragging."""

    def __init__(self, face: FaceView, transport: Transport, notices: NoticeBar, progress: ProgressRow) -> None:
        super().__init__()
        said = QtWidgets.QWidget()
        column(said, notices, progress)
        grid = QtWidgets.QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(face, 0, 0)
        grid.addWidget(said, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(transport, 1, 0)
        grid.setRowStretch(0, 1)
        said.raise_()
