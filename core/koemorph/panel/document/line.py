"""The line that is open: who makes its takes, who reads its sound, and what is asked of them when choices change."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from ... import formats
from ...cli.edit import BASE
from ...errors import KoeMorphError
from ...made_from import recording_beside, recording_of
from ...recording import Recording
from ...runtime import Runtime
from ...runtime.session import Session
from ...settings import Settings
from ...take import Take
from ...trust.looks import is_file
from ..qt import QtCore, Signal, tr
from ..views.tracing import Wave
from ..widgets import errors_to
from .listening import Listening
from .maker import Maker, Wanted
from .player import Player
from .recording_maker import RecordingMaker
from .sound import Sound
from .state import Choices, Reference, State
from .take_maker import TakeMaker
from .timeline import Timeline


class Line(QtCore.QObject):
    """Opens recordings and takes into a state, and keeps the state's take what its choices say."""

    failed = Signal(str)
    warned = Signal(str)
    progressed = Signal(str, float)
    rested = Signal()
    heard = Signal(object)
    """The waveform; None where there is no sound."""
    begun = Signal()
    """The first take of what was opened is there, and its sound if it has any."""

    def __init__(
        self,
        state: State,
        timeline: Timeline,
        player: Player,
        runtime: Runtime | None = None,
        parent: QtCore.QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._timeline, self._player = state, timeline, player
        self._session = Session(runtime)
        self.destroyed.connect(partial(_end, self._session))
        self.maker: Maker | None = None
        self.recording: Path | None = None
        self.latency = 0.0
        """Seconds from the latest choice to the take that it led to."""
        self._listening: Listening | None = None
        self._sound_end = 0.0
        self._fresh = self._unmet = True
        state.choices_changed.connect(self._want)

    def open(self, path: Path, start: Choices, part: Recording | None = None) -> bool:
        """A recording, or `part` of it, or a take, told apart by the ending.

        A file that cannot be used leaves everything as it is.
        """
        with errors_to(self.failed):
            if not is_file(path):
                raise KoeMorphError(tr("There is no file {path}; choose another.", path=path))
            if part is None and path.suffix.lower() in formats.READABLE:
                reading = formats.read(path)
                for note in reading.notes:
                    self.warned.emit(note)
                found = recording_beside(reading.take, path)
                self._begin(path, Recording(found) if found else None, reading.take, start)
            else:
                self._begin(path, part or Recording(path), None, start)
            return True
        return False

    def go_on(self) -> bool:
        """With the take that is open, from its recording, as it was made: settings, script and edits."""
        take, recording = self._state.take, self.recording
        if take is None or recording is None or "settings" not in take.provenance:
            self.failed.emit(tr("The recording that this take was made from does not lie beside it; put it there."))
            return False
        with errors_to(self.failed):
            part = recording_of(take, recording)
            settings = Settings.from_dict(take.provenance["settings"])
            edited = take.tracks if take.edited else None
            start = replace(self._state.choices, settings=settings, rate=take.rate, script=take.script, edited=edited)
            self._begin(recording, part, None, start)
            return True
        return False

    def open_reference(self, path: Path) -> None:
        """Another take, to compare with."""
        with errors_to(self.failed):
            self._state.set_reference(Reference(formats.read_take(path), path.name))

    def cancel(self) -> None:
        if self.maker is not None:
            self.maker.cancel()

    def close(self) -> None:
        """Whatever runs for it ends, the worker too."""
        self._let_go()
        self._session.close(timeout=0.5)

    def use(self, runtime: Runtime) -> None:
        """Make takes in another way from now on, the one that is shown first."""
        if runtime != self._session.runtime:
            self._session.close(timeout=0.5)
            self._session.runtime = runtime
            self._want()

    def _let_go(self) -> None:
        self._player.close()
        for part in (self._listening, self.maker):
            if part is not None:
                part.close()
        self._listening = self.maker = None

    def _begin(self, path: Path, recording: Recording | None, take: Take | None, start: Choices) -> None:
        self._player.run(0.0)
        self._let_go()
        self._fresh = self._unmet = True
        self._sound_end, self._player.sound = 0.0, None
        self.recording = recording.path if recording else None
        self.heard.emit(None)
        if take is None:
            assert recording is not None
            self.maker = RecordingMaker(recording, self._session, self)
        else:
            self.maker = TakeMaker(take, recording, self)
            start = replace(start, settings=BASE, rate=take.rate, script=take.script, edited=None)
        self.maker.made.connect(self._receive)
        self.maker.failed.connect(self.failed)
        self.maker.warned.connect(self.warned)
        self.maker.progressed.connect(self.progressed)
        self.maker.rested.connect(self.rested)
        if recording is not None:
            self._listening = Listening(recording, self)
            self._listening.heard.connect(self._hear)
            if take is not None:
                self._listening.failed.connect(self.failed)  # of a recording, the worker says the same
            self._listening.start()
        begin = take.start if take is not None else (recording.begin if recording else None) or Fraction(0)
        self._state.open(path, take is not None, start, begin)

    def _want(self) -> None:
        if self.maker is not None:
            chosen = self._state.choices
            self.maker.want(
                Wanted(settings=chosen.settings, rate=chosen.rate, script=chosen.script, edited=chosen.edited)
            )

    def _receive(self, take: Take, wanted: Wanted) -> None:
        if self.sender() is not self.maker:
            return
        self.latency = time.perf_counter() - wanted.since
        if self._fresh and take.provenance.get("trained") is False:
            self.warned.emit(tr("This model is untrained: the timing is right, the motion means nothing yet."))
        fresh, self._fresh = self._fresh, False
        sound = self._player.sound
        begin = min(float(take.start), sound.start) if sound else float(take.start)
        self._timeline.fit(begin, max(float(take.start + take.duration), self._sound_end), anew=fresh)
        self._state.receive(take)
        self._greet()

    def _hear(self, wave: Wave, sound: Sound, end: float) -> None:
        self._sound_end, self._player.sound = end, sound
        if self._fresh:
            self._timeline.fit(sound.start, end, anew=True)
        else:
            self._timeline.fit(min(self._timeline.begin, sound.start), max(end, self._timeline.end))
        self.heard.emit(wave)
        self._greet()

    def _greet(self) -> None:
        if self._unmet and not self._fresh and (self._player.sound is not None or self._listening is None):
            self._unmet = False
            self.begun.emit()


def _end(session: Session, _: object = None) -> None:
    """Also when a host deletes the panel without closing it."""
    session.close(timeout=0.5)
