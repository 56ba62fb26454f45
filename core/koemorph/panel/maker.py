"""What makes takes for the panel, without anybody ever waiting for it.

Of all that is asked for while something is being made only the latest is made next, so a slider may move as fast as
it likes.
"""

from __future__ import annotations

from ..settings import Settings
from ..timing import FrameRate
from .qt import QtCore, Signal, tr

Wanted = tuple[Settings, FrameRate]


class Maker(QtCore.QObject):
    """What the panel needs of whoever makes its takes."""

    made = Signal(object, object)
    """A take, and the settings it was made with."""
    progressed = Signal(str, float)
    """A stage and how much of all is done."""
    rested = Signal()
    """Nothing is being made any more."""
    failed = Signal(str)
    warned = Signal(str)

    def want(self, settings: Settings, rate: FrameRate) -> None:
        raise NotImplementedError

    def cancel(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def stage_name(stage: str) -> str:
    """What the worker is doing, in the user's language."""
    return tr(stage.capitalize())
