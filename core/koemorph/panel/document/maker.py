"""What makes takes for the panel, without anybody ever waiting for it.

Of all that is asked for while something is being made only the latest is made next, so a slider may move as fast as
it likes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ...settings import Settings
from ...speech.script import Script
from ...speech.track import Tracks
from ...timing import FrameRate
from ..qt import QtCore, Signal, tr


@dataclass(frozen=True, eq=False, kw_only=True)
class Wanted:
    """What a take is to be made with; `edited` are tracks that count in place of what is heard."""

    settings: Settings
    rate: FrameRate
    script: Script | None = None
    edited: Tracks | None = None
    since: float = field(default_factory=time.perf_counter)
    """When it was asked for."""


class Maker(QtCore.QObject):
    """What the panel needs of whoever makes its takes."""

    made = Signal(object, object)
    """A take, and the `Wanted` it was made for."""
    progressed = Signal(str, float)
    """A stage and how much of all is done."""
    rested = Signal()
    """Nothing is being made any more."""
    failed = Signal(str)
    warned = Signal(str)

    def want(self, wanted: Wanted) -> None:
        raise NotImplementedError

    def cancel(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def stage_name(stage: str) -> str:
    """What the worker is doing, in the user's language."""
    return tr(stage.capitalize())
