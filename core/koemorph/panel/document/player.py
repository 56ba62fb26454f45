"""Play, stop, shuttle: moves the timeline in time with what is heard."""

from __future__ import annotations

import math
import time
from typing import Final

from ..qt import Qt, QtCore, Signal
from .sound import Output, Silence, Sound, best_output
from .timeline import Timeline

AROUND: Final = 0.15
"""Seconds that are heard before and after an entry of a track that is played alone."""
TICK_MS: Final = 8
FASTEST: Final = 8


class Player(QtCore.QObject):
    """Sound is heard forwards at its own speed; faster, or backwards, only the picture runs."""

    changed = Signal()
    """Playing, or speed."""
    silent = Signal(str)
    """Why nothing is heard, once."""

    def __init__(self, timeline: Timeline, output: Output | None = None, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._timeline, self._output = timeline, output
        self.sound: Sound | None = None
        self.speed = 0.0
        self._from, self._at, self._until = 0.0, 0.0, 0.0
        self._heard = 0.0
        self._sounding = False
        self._expected = math.nan
        self._timer = QtCore.QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        timeline.moved.connect(self._moved)

    @property
    def playing(self) -> bool:
        return self.speed != 0.0

    def toggle(self) -> None:
        self.run(0.0 if self.playing else 1.0)

    def shuttle(self, direction: int) -> None:
        """J and L: begin in that direction, double there, or slow down from the other one."""
        if self.speed * direction > 0:
            self.run(max(-FASTEST, min(FASTEST, self.speed * 2)))
        else:
            self.run(float(direction))

    def run(self, speed: float) -> None:
        """So many seconds a second; 0 stops."""
        self._silence()
        self.speed = speed
        if speed:
            begin, end = self._stretch()
            moment = self._timeline.moment
            if (not begin <= moment < end and self._timeline.loop) or (speed > 0 and moment >= end - 1e-3):
                moment = begin
            elif speed < 0 and moment <= begin + 1e-3:
                moment = end
            self._start(moment)
            self._timer.start()
        else:
            self._timer.stop()
        self.changed.emit()

    def play_part(self, begin: float, end: float) -> None:
        """A little of the line again and again, with what sounds just before and after it."""
        self._timeline.set_loop((begin - AROUND, end + AROUND))
        self.run(0.0)
        self.run(1.0)

    def close(self) -> None:
        self._timer.stop()
        self._silence()

    def _stretch(self) -> tuple[float, float]:
        return self._timeline.loop or (self._timeline.begin, self._timeline.end)

    def _start(self, moment: float) -> None:
        self._from, self._at, self._until = moment, time.perf_counter(), self._stretch()[1]
        if self.speed == 1.0 and self.sound is not None:
            self._play(self.sound, moment)
        self._go_to(moment)

    def _play(self, sound: Sound, moment: float) -> None:
        if self._output is None:
            self._output = best_output()
            if isinstance(self._output, Silence):
                self.silent.emit(self._output.why)
        self._heard = 0.0
        try:
            self._output.play(sound.part(moment, self._until), sound.rate)
            self._sounding = True
        except Exception as err:  # noqa: BLE001 (drivers fail in their own ways, and the face can do without)
            self._output = Silence(str(err))
            self.silent.emit(" ".join(str(err).split()))

    def _silence(self) -> None:
        if self._sounding and self._output is not None:
            self._output.stop()
        self._sounding = False

    def _tick(self) -> None:
        heard = self._output.heard() if self._sounding and self._output is not None else None
        if heard is not None:
            heard = self._heard = max(heard, self._heard)  # what a device tells may go back a little
        passed = heard if heard is not None else (time.perf_counter() - self._at) * self.speed
        moment = self._from + passed
        begin, end = self._stretch()
        if begin <= moment < end or (self.speed < 0 and moment > begin):
            self._go_to(min(moment, end))
        elif self._timeline.loop:
            self._silence()
            self._start(begin if self.speed > 0 else end)
        else:
            self._go_to(end if self.speed > 0 else begin)
            self.run(0.0)

    def _go_to(self, moment: float) -> None:
        self._expected = moment
        self._timeline.move(moment)
        self._expected = math.nan

    def _moved(self, moment: float) -> None:
        """Somebody else moved while we play: go on from there."""
        if self.playing and math.isnan(self._expected):
            self._silence()
            self._from, self._at, self._until = moment, time.perf_counter(), self._stretch()[1]
            if self.speed == 1.0 and self.sound is not None:
                self._play(self.sound, moment)
