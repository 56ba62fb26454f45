"""Takes for whoever asks, made in a process of their own. Nothing here waits unless it is told to."""

from __future__ import annotations

import time
import uuid
from fractions import Fraction
from types import TracebackType
from typing import Final, Literal

from ..errors import Cancelled, KoeMorphError, RemoteError
from ..recording import Recording
from ..settings import Settings
from ..speech.script import Script
from ..speech.track import Tracks
from ..timing import FrameRate
from .analysis_keys import AnalysisKeys
from .messages import Analysed, Failed, Made, Progress, Ready, Stopped
from .process import DIED, WorkerProcess
from .runtime import Runtime
from .take_files import TakeFiles
from .take_request import WAIT_SECONDS, TakeRequest
from .wire import Message

_KEY_GONE: Final = "KeyGoneError"

Step = Literal["", "render", "analyse", "animate"]


class Session:
    """One worker process, started when first needed, replaced when it breaks; it remembers what it has analysed.

    Of all that is asked for while a take is being made only the latest is made next, so a slider may move as fast as
    it likes; what had to give way for it ends in `Cancelled`.
    """

    def __init__(self, runtime: Runtime | None = None) -> None:
        self.runtime = runtime or Runtime()
        self._worker: WorkerProcess | None = None
        self._files, self._keys = TakeFiles(), AnalysisKeys()
        self._current: TakeRequest | None = None
        self._waiting: TakeRequest | None = None
        self._step: Step = ""
        self._job = ""
        self._ended: list[TakeRequest] = []
        self._replaced = False
        """Whether a worker has died since the last take was made."""

    @property
    def pid(self) -> int | None:
        """Of the worker, if there is one."""
        return self._worker.pid if self._worker else None

    @property
    def busy(self) -> bool:
        return self._current is not None

    def ask(
        self,
        recording: Recording,
        settings: Settings,
        rate: FrameRate,
        *,
        script: Script | None = None,
        edited: Tracks | None = None,
        keep: bool = True,
    ) -> TakeRequest:
        """Begin a take. Without `keep` the analysis is not remembered, and a long recording never held as a whole.

        `script` is what is said; `edited` a take's tracks after somebody edited them, which then count alone. Neither
        is part of the analysis: another one costs milliseconds.
        """
        key = self._keys.key(recording, settings) if keep else ""
        request = TakeRequest(self, recording, settings, rate, script=script, edited=edited, key=key)
        if self._waiting is not None:
            self._end(self._waiting, _superseded())
        self._waiting = request
        self._prefer_waiting()
        self._begin()
        return request

    def poll(self, wait: float = 0.0) -> list[TakeRequest]:
        """Take in what the worker says, waiting for it up to `wait` seconds; the requests that have ended since."""
        for event in self._worker.poll(wait) if self._worker else ():
            self._hear(event)
        ended, self._ended = self._ended, []
        return ended

    def drop(self, request: TakeRequest) -> None:
        """Give a request up."""
        if request is self._current:
            self._abandon(_cancelled())
            self._begin()
        elif request is self._waiting:
            self._waiting = None
            self._end(request, _cancelled())

    def ready(self, patience: float) -> Ready:
        """A fresh worker's first words."""
        self.close()
        worker, until = self._required(), time.monotonic() + patience
        while time.monotonic() < until:
            for event in worker.poll(WAIT_SECONDS):
                if isinstance(event, Ready):
                    return event
                if isinstance(event, Failed):
                    raise RemoteError(event.text, event.exit_code)
        raise KoeMorphError("The worker does not answer; choose another Python.")

    def close(self, timeout: float = 2.0) -> None:
        """End the worker and its files. Asked again, it starts anew."""
        for request in (self._current, self._waiting):
            if request is not None:
                self._end(request, _cancelled())
        self._current = self._waiting = None
        self._step, self._job = "", ""
        if self._worker is not None:
            self._worker.close(timeout)
            self._worker = None
        self._files.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _required(self) -> WorkerProcess:
        if self._worker is not None and not self._worker.alive:
            self._worker.close(0.1)
            self._worker = None
        if self._worker is None:
            self._worker = self.runtime.start_worker()
        return self._worker

    def _begin(self) -> None:
        """Turn to what waits, unless something is under way."""
        if self._current is None and self._waiting is not None:
            self._current, self._waiting = self._waiting, None
            self._do("render" if self._current.key else "animate")

    def _prefer_waiting(self) -> None:
        """What is still being listened to gives way; the analysis goes on if it serves the next as well."""
        if self._current is None or self._waiting is None or self._step == "render":
            return
        if self._step == "analyse" and self._current.key == self._waiting.key:
            self._waiting.stage, self._waiting.fraction = self._current.stage, self._current.fraction
            self._end(self._current, _superseded())
            self._current, self._waiting = self._waiting, None
        else:
            self._abandon(_superseded())

    def _do(self, step: Step) -> None:
        """Ask the worker for the next step of the current request."""
        request = self._current
        assert request is not None
        try:
            worker = self._required()
            self._step, self._job = step, uuid.uuid4().hex
            if step == "analyse":
                worker.submit(request.analysis(self._job))
            else:
                out, tracks = self._files.take_of(self._job), self._files.tracks_of(self._job, request.edited)
                worker.submit(request.rendering(self._job, out=out, tracks=tracks))
        except KoeMorphError as err:
            self._current = None
            self._end(request, err)

    def _hear(self, event: Message) -> None:
        request = self._current
        if request is None:
            return
        if isinstance(event, Ready) and request.stage == "starting":
            request.stage = "listening"
        if getattr(event, "id", None) != self._job:
            return
        if isinstance(event, Progress):
            request.stage, request.fraction = event.stage, event.fraction
        elif isinstance(event, Analysed):
            request.warnings = event.warnings
            self._do("render")
        elif isinstance(event, Made):
            self._receive(request, event)
        elif isinstance(event, Failed):
            self._fail(request, event)
        elif isinstance(event, Stopped):
            self._finish(request, _cancelled())

    def _receive(self, request: TakeRequest, event: Made) -> None:
        try:
            request.take, request.warnings = self._files.receive(event.out), event.warnings
            request.begin, request.duration = event.begin or Fraction(0), event.duration or Fraction(0)
        except KoeMorphError as err:
            self._finish(request, err)
        else:
            self._replaced = False
            self._finish(request, None)

    def _fail(self, request: TakeRequest, event: Failed) -> None:
        """A recording that is not remembered is analysed; a worker that dies is replaced once without a word."""
        if event.error == _KEY_GONE and self._step == "render":
            self._step = "analyse"
            if self._waiting is not None:
                self._end(request, _superseded())
                self._current, self._waiting = self._waiting, None
                self._do("render")
            else:
                request.stage = "listening"
                self._do("analyse")
        elif event.error == DIED and not self._replaced:
            self._replaced = True
            self._do("render" if request.key else "animate")
        else:
            self._finish(request, RemoteError(event.text, event.exit_code))

    def _abandon(self, why: KoeMorphError) -> None:
        request = self._current
        assert request is not None
        if self._worker is not None:
            self._worker.cancel(self._job)
        self._current, self._step, self._job = None, "", ""
        self._end(request, why)

    def _finish(self, request: TakeRequest, error: KoeMorphError | None) -> None:
        self._current, self._step, self._job = None, "", ""
        self._end(request, error)
        self._begin()

    def _end(self, request: TakeRequest, error: KoeMorphError | None) -> None:
        request.error = error
        self._ended.append(request)


def _superseded() -> Cancelled:
    return Cancelled("Another line took the worker; press again.")


def _cancelled() -> Cancelled:
    return Cancelled("Cancelled; nothing was changed.")
