"""Takes for whoever asks, made in a process of their own. Nothing here waits unless it is told to."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Literal

from ..errors import AudioError, Cancelled, KoeMorphError, RemoteError
from ..files import neighbour, sweep
from ..formats import read_take
from ..recording import Recording
from ..settings import Settings
from ..speech.files import write_tracks
from ..speech.script import Script
from ..speech.track import Tracks
from ..take import Take
from ..timing import FrameRate
from .messages import Analyse, Analysed, Animate, Failed, Job, Made, Progress, Ready, Render, Stopped
from .process import DIED, WorkerProcess
from .runtime import Runtime
from .wire import Message

WAIT_SECONDS: Final = 0.1
"""Between two looks at whether to go on, for callers that wait."""
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 (the folder there is for us alone)
"""Where Linux keeps files that need no disk."""
_ROOM: Final = 2**29
"""Bytes that have to be free there."""
_KEY_GONE: Final = "KeyGoneError"

Step = Literal["", "render", "analyse", "animate"]


class TakeRequest:
    """A take on its way. Look at it after `Session.poll`, or call `advance` or `wait`."""

    def __init__(
        self,
        session: Session,
        recording: Recording,
        settings: Settings,
        rate: FrameRate,
        *,
        script: Script | None,
        edited: Tracks | None,
        key: str,
    ) -> None:
        self.recording, self.settings, self.rate, self.key = recording, settings, rate, key
        self.script, self.edited = script, edited
        self.stage, self.fraction = "starting", 0.0
        self.take: Take | None = None
        self.warnings: tuple[str, ...] = ()
        self.begin, self.duration = Fraction(0), Fraction(0)
        """Of the sound that was heard, in seconds of the recording."""
        self.error: KoeMorphError | None = None
        self._session = session

    @property
    def over(self) -> bool:
        """Whether there is a take or an error."""
        return self.take is not None or self.error is not None

    def advance(self, wait: float = 0.0) -> bool:
        """Take in what the worker says, waiting for it up to `wait` seconds; true once the take is there."""
        if not self.over:
            self._session.poll(wait)
        if self.error is not None:
            raise self.error
        return self.take is not None

    def wait(self, go_on: Callable[[str, float], bool] | None = None) -> Take:
        """The take. `go_on` is told a stage and how much is done, several times a second, and says whether to."""
        while not self.advance(WAIT_SECONDS):
            if go_on is not None and not go_on(self.stage, self.fraction):
                self.cancel()
        assert self.take is not None
        return self.take

    def cancel(self) -> None:
        """Nothing comes of it any more; the worker and what it remembers stay."""
        self._session.drop(self)


class Session:
    """One worker process, started when first needed, replaced when it breaks; it remembers what it has analysed.

    Of all that is asked for while a take is being made only the latest is made next, so a slider may move as fast as
    it likes; what had to give way for it ends in `Cancelled`.
    """

    def __init__(self, runtime: Runtime | None = None) -> None:
        self.runtime = runtime or Runtime()
        self._worker: WorkerProcess | None = None
        self._folder: Path | None = None
        self._current: TakeRequest | None = None
        self._waiting: TakeRequest | None = None
        self._step: Step = ""
        self._job = ""
        self._ended: list[TakeRequest] = []
        self._replaced = False
        """Whether a worker has died since the last take was made."""
        self._states: dict[Path, tuple[int, int]] = {}
        """Time and size of recordings when they could last be looked at."""

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
        key = self._key(recording, settings) if keep else ""
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
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

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
            worker.submit(self._request(request, step))
        except KoeMorphError as err:
            self._current = None
            self._end(request, err)

    def _request(self, request: TakeRequest, step: Step) -> Job:
        path = request.recording.path.absolute()
        heard = Recording(path, request.recording.begin, request.recording.end, request.recording.channel)
        settings = request.settings.to_dict()
        if step == "analyse":
            return Analyse(id=self._job, key=request.key, recording=heard, settings=settings)
        tracks = self._tracks(request)
        if step == "render":
            return Render(
                id=self._job,
                key=request.key,
                out=self._out,
                rate=request.rate,
                settings=settings,
                script=request.script,
                tracks=tracks,
            )
        return Animate(
            id=self._job,
            recording=heard,
            out=self._out,
            rate=request.rate,
            settings=settings,
            script=request.script,
            tracks=tracks,
        )

    def _tracks(self, request: TakeRequest) -> Path | None:
        """The edited tracks as a file for the worker: those of an hour are too long for a message."""
        if request.edited is None:
            return None
        path = self._out.with_suffix(".json")
        write_tracks(request.edited, path)
        return path

    @property
    def _out(self) -> Path:
        if self._folder is None:
            roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
            place = _MEMORY if roomy else Path(tempfile.gettempdir())
            sweep(place)  # what was left by programs that were killed
            self._folder = neighbour(place / "takes")
            self._folder.mkdir(mode=0o700)
        return self._folder / f"{self._job}.take"

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
            request.take, request.warnings = read_take(event.out), event.warnings
            request.begin, request.duration = event.begin or Fraction(0), event.duration or Fraction(0)
            event.out.unlink(missing_ok=True)
            event.out.with_suffix(".json").unlink(missing_ok=True)
        except OSError as err:
            self._finish(request, KoeMorphError(f"{event.out} cannot be read ({err.strerror or err}); try again."))
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

    def _key(self, recording: Recording, settings: Settings) -> str:
        """The same for the same sound analysed in the same way, and no longer once the file was changed."""
        path = recording.path.absolute()
        try:
            seen = path.stat()
            self._states[path] = seen.st_mtime_ns, seen.st_size
        except (OSError, ValueError) as err:
            if path not in self._states:  # else it is gone, and what is remembered of it serves on
                reason = getattr(err, "strerror", None) or err
                raise AudioError(f"{path} cannot be read ({reason}); choose another recording.") from err
        told = [recording.to_dict(), self._states[path], settings.for_analysis()]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _superseded() -> Cancelled:
    return Cancelled("Another line took the worker; press again.")


def _cancelled() -> Cancelled:
    return Cancelled("Cancelled; nothing was changed.")
