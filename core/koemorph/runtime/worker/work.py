"""One job on its way."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ...errors import Cancelled
from ...files import neighbour, sweep
from ..messages import Job, Progress, Stopped
from .pipes import Emit

PROGRESS_SECONDS: Final = 0.1
"""The least time between two progress events of one stage."""
STAGES: Final = {
    "listening": (0.0, 0.15),
    "animating": (0.15, 0.95),
    "drawing": (0.0, 0.95),
    "writing": (0.95, 1.0),
}
"""The part of a job's progress, from and to, that each stage of the work fills."""


class Work:
    """Whether a job is still wanted, how far it is, and what must be swept up after it.

    It is cancelled or settled, whichever comes first, and never both. So a cancel is answered at once, even while
    a library that cannot be interrupted is still busy with the job: nothing will come of it.
    """

    def __init__(self, job: Job, emit: Emit) -> None:
        self.job = job
        self.cancelled = False
        self._emit = emit
        self._settled = False
        self._deciding = threading.Lock()
        self._stage, self._told_at = "", 0.0
        self._scratch: Path | None = None

    def cancel(self) -> None:
        with self._deciding:
            if not self._settled and not self.cancelled:
                self.cancelled = True
                self._emit(Stopped(id=self.job.id))

    def settle(self) -> bool:
        """Called before anything is changed for good; false if the job was cancelled."""
        with self._deciding:
            self._settled = not self.cancelled
            return self._settled

    def settle_or_stop(self) -> None:
        if not self.settle():
            raise Cancelled(f"The job {self.job.id!r} was cancelled.")

    def progress(self, stage: str, done: float) -> None:
        """As an engine reports it; stops the work by an exception if it is no longer wanted."""
        now = time.monotonic()
        with self._deciding:
            if self.cancelled:
                raise Cancelled(f"The job {self.job.id!r} was cancelled.")
            if stage != self._stage or now - self._told_at >= PROGRESS_SECONDS:
                self._stage, self._told_at = stage, now
                begin, end = STAGES[stage]
                fraction = round(begin + (end - begin) * min(done, 1.0), 3)
                self._emit(Progress(id=self.job.id, stage=stage, fraction=fraction))

    def listening(self, done: float) -> None:
        self.progress("listening", done)

    @contextmanager
    def scratch(self, beside: Path) -> Iterator[Path]:
        """A folder on the same disk, for a file that is not to be seen before it is finished and still wanted."""
        beside.parent.mkdir(parents=True, exist_ok=True)
        sweep(beside.parent)
        self._scratch = neighbour(beside)
        self._scratch.mkdir()
        try:
            yield self._scratch
        finally:
            self.sweep()

    def sweep(self) -> None:
        """Also called for a job that could not be stopped in time, just before the process ends."""
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
