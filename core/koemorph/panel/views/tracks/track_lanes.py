"""The lanes of moods, words and phones, one below the other."""

from __future__ import annotations

from ...document.state import State
from ...document.timeline import Timeline
from ...qt import QtWidgets, Signal, tr
from ...widgets import column
from .lane import TrackLane
from .moods import MoodEditor
from .speech import PhoneEditor, WordEditor


class TrackLanes(QtWidgets.QWidget):
    failed = Signal(str)
    play_wanted = Signal(float, float)
    resume_wanted = Signal()

    def __init__(self, state: State, timeline: Timeline) -> None:
        super().__init__()
        self.moods = TrackLane(MoodEditor(state), timeline, tr("Moods"), tr("none heard"), 1.0)
        self.words = TrackLane(
            WordEditor(state), timeline, tr("Words"), tr("come with a script, or double click to type one"), 0.3
        )
        self.phones = TrackLane(PhoneEditor(state), timeline, tr("Phones"), tr("none heard"), 0.08)
        column(self, self.moods, self.words, self.phones)
        for lane in (self.moods, self.words, self.phones):
            lane.failed.connect(self.failed)
            lane.play_wanted.connect(self.play_wanted)
            lane.resume_wanted.connect(self.resume_wanted)
