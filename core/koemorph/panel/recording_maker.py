"""Takes of a recording, made by a worker process: analysed once, rendered anew for each wish."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from .. import formats
from ..errors import KoeMorphError
from ..files import SCRATCH, sweep
from ..recording import Recording
from ..settings import Settings, info_of
from ..timing import FrameRate
from ..worker.client import Event, WorkerClient
from .maker import Maker, Wish
from .qt import QtCore

POLL_MS: Final = 4
"""While a take is on its way; this much of a slider's delay is ours."""
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 (mkdtemp makes the folder, for us alone)
"""Where Linux keeps files that need no disk."""


class RecordingMaker(Maker):
    """Analyses a recording in a worker, once, and has it rendered anew for each wish."""

    def __init__(
        self,
        recording: Recording,
        start_worker: Callable[[], WorkerClient] = WorkerClient,
        parent: QtCore.QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._recording, self._start_worker = recording, start_worker
        place = _MEMORY if _MEMORY.is_dir() else Path(tempfile.gettempdir())
        sweep(place)  # what panels left that were killed
        self._folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=place))
        self._held: list[WorkerClient] = []
        """The worker, if there is one."""
        self.destroyed.connect(partial(_tidy, self._held, self._folder))
        self._key = ""
        self._analysed: dict[str, Any] | None = None
        """The settings that the kept analysis was made with."""
        self._job, self._op = "", ""
        self._making: Wish | None = None
        self._wanted: Wish | None = None
        self._count = 0
        self._replaced = False
        """Whether a worker has died since the last take was made."""
        self._timer = QtCore.QTimer(self)
        self._timer.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll)

    @property
    def _worker(self) -> WorkerClient | None:
        return self._held[0] if self._held else None

    @property
    def pid(self) -> int | None:
        """Of the worker, if there is one."""
        return self._worker.pid if self._worker else None

    def want(self, settings: Settings, rate: FrameRate) -> None:
        self._wanted = (settings, rate)
        if self._job and self._op == "analyse" and self._analysed != _for_analysis(settings):
            self._require_worker().cancel(self._job)
        self._next()

    def cancel(self) -> None:
        self._wanted = None
        if self._worker and self._job:
            self._worker.cancel(self._job)

    def close(self) -> None:
        self._timer.stop()
        _tidy(self._held, self._folder)

    def _require_worker(self) -> WorkerClient:
        if self._worker is None or not self._worker.alive:
            if self._worker is not None:
                self._worker.close(timeout=0.1)
            self._held[:] = [self._start_worker()]
            self._analysed, self._job = None, ""
        return self._held[0]

    def _next(self) -> None:
        """Begin what is wanted most, unless something is under way."""
        if self._job or self._wanted is None:
            return
        try:
            worker = self._require_worker()
        except KoeMorphError as err:
            self._wanted = None
            self.failed.emit(str(err))
            return
        settings, rate = self._wanted
        fixed = _for_analysis(settings)
        if self._analysed != fixed:
            self._key, self._analysed = uuid.uuid4().hex, fixed
            self._op = "analyse"
            heard = self._recording
            self._job = worker.analyse(
                heard.path.absolute(), key=self._key, settings=fixed, channel=heard.channel, **heard.part
            )
        else:
            self._making, self._wanted, self._op = self._wanted, None, "render"
            self._count += 1
            out = self._folder / f"{self._count}.take"
            self._job = worker.render(self._key, out, str(rate), settings=settings.to_dict())
        self._timer.start(POLL_MS)

    def _poll(self) -> None:
        for event in self._worker.poll() if self._worker else ():
            if event.get("id") == self._job:
                self._hear(event)
            elif event["event"] == "error" and event.get("id") is None and not self._job:
                self._analysed = None  # the worker died between two jobs; the next wish starts another
        if not self._job:
            self._next()
        if not self._job:
            self._timer.stop()
            self.rested.emit()

    def _hear(self, event: Event) -> None:
        name = event["event"]
        if name == "progress":
            if self._op == "analyse":
                self.progressed.emit(event["stage"], event["fraction"])
            return
        self._job = ""
        if name == "result" and event["op"] == "render":
            self._receive(Path(event["out"]))
        elif name == "result":
            for warning in event["warnings"]:
                self.warned.emit(warning)
        elif name == "cancelled":
            self._analysed = None if self._op == "analyse" else self._analysed
        elif event["kind"] == "KeyGoneError":
            self._analysed, self._wanted = None, self._wanted or self._making
        else:
            self._fail(event)

    def _fail(self, event: Event) -> None:
        """A worker that dies is replaced once without a word; a wish later than what failed still stands."""
        died = event["kind"] == "WorkerDied"
        if died or self._op == "analyse":
            self._analysed = None
        if died and not self._replaced:
            self._replaced, self._wanted = True, self._wanted or self._making
            return
        if self._op == "analyse":
            self._wanted = None
        self.failed.emit(event["message"])

    def _receive(self, path: Path) -> None:
        try:
            take = formats.read_take(path)
            path.unlink()
        except (KoeMorphError, OSError) as err:
            self.failed.emit(str(err))
            return
        assert self._making is not None
        self._replaced = False
        self.made.emit(take, self._making[0])


def _tidy(held: list[WorkerClient], folder: Path, _: object = None) -> None:
    """End the worker and its files; also when a host deletes the panel without closing it."""
    while held:
        held.pop().close(timeout=0.5)
    shutil.rmtree(folder, ignore_errors=True)


def _for_analysis(settings: Settings) -> dict[str, Any]:
    """What a change of needs another analysis."""
    known = Settings.__dataclass_fields__
    return {name: value for name, value in settings.to_dict().items() if info_of(known[name]).analysis}
