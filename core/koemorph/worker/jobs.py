"""Jobs, one after another on a thread of their own, so that a cancel never waits for the engine."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

from ..audio import Clip, open_clip
from ..engine import Engine
from ..errors import OutputError, SettingsError
from ..files import unwritable
from ..formats import by_name, by_suffix, write_take
from ..settings import Settings, info_of
from ..take import Take
from ..timing import FrameRate, parse_seconds
from .cache import Analysed, LatentsCache
from .messages import Analyse, Animate, Emit, Event, Forget, Job, Render, RequestError, error_event
from .work import Work


class Jobs:
    """The queue and its thread. What happens to a job is told through `emit`, which any thread may call."""

    def __init__(self, engine: Engine, emit: Emit) -> None:
        self._engine, self._emit = engine, emit
        self._cache = LatentsCache()
        self._queue: deque[Work] = deque()
        self._running: Work | None = None
        self._stopped = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="koemorph-jobs", daemon=True)
        self._thread.start()

    def has(self, job_id: str | None) -> bool:
        """Whether a job of that id is queued or running."""
        with self._changed:
            return any(work.job.id == job_id and not work.cancelled for work in self._at_hand())

    def submit(self, job: Job) -> None:
        with self._changed:
            if self.has(job.id):
                raise RequestError(f"{job.op}: the id {job.id!r} belongs to a job that has not ended.")
            self._queue.append(Work(job, self._emit))
            self._changed.notify()

    def cancel(self, job_id: str) -> None:
        """Nothing happens if there is no such job: it may have ended while the request was on its way."""
        with self._changed:
            for work in self._at_hand():
                if work.job.id == job_id:
                    work.cancel()

    def stop(self, grace: float) -> bool:
        """Cancel everything; returns whether the thread came to rest within `grace` seconds."""
        with self._changed:
            self._stopped = True
            for work in self._at_hand():
                work.cancel()
            running = self._running
            self._changed.notify()
        self._thread.join(grace)
        if self._thread.is_alive() and running is not None:
            running.sweep()
        return not self._thread.is_alive()

    def _at_hand(self) -> list[Work]:
        return [*self._queue, *([self._running] if self._running else [])]

    def _run(self) -> None:
        while work := self._next():
            event = None if work.cancelled else self._outcome(work)
            with self._changed:
                self._running = None
            if event is not None:
                self._emit(event)

    def _next(self) -> Work | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._stopped)
            self._running = self._queue.popleft() if self._queue else None
            return self._running

    def _outcome(self, work: Work) -> Event | None:
        """What became of a job; nothing if it was cancelled, which has been told already."""
        began = time.monotonic()
        try:
            told = self._do(work)
        except Exception as err:  # noqa: BLE001 (whatever went wrong, the next job must have its turn)
            return error_event(err, work.job.id) if work.settle() else None
        seconds = round(time.monotonic() - began, 3)
        return {"event": "result", "id": work.job.id, "op": work.job.op, "seconds": seconds, **told}

    def _do(self, work: Work) -> Event:
        job = work.job
        if isinstance(job, Animate):
            return self._animate(job, work)
        if isinstance(job, Analyse):
            return self._analyse(job, work)
        if isinstance(job, Render):
            return self._render(job, work)
        assert isinstance(job, Forget)
        work.settle_or_stop()
        return {"key": job.key, "forgotten": [job.key] if self._cache.forget(job.key) else []}

    def _animate(self, job: Animate, work: Work) -> Event:
        rate = FrameRate.parse(job.fps)
        settings = Settings.from_dict(job.settings)
        _check_format(job)
        with _open(job, rate, work) as clip:
            take = self._engine.animate(clip, settings, rate, progress=work.progress)
        return _written(job, take, work)

    def _analyse(self, job: Analyse, work: Work) -> Event:
        rate = None if job.fps is None else FrameRate.parse(job.fps)
        settings = Settings.from_dict(job.settings)
        key = job.key or uuid.uuid4().hex
        with _open(job, rate, work) as clip:
            latents = self._engine.analyse(clip, settings, progress=work.progress)
            told = {"key": key, "duration": float(clip.duration), "warnings": list(clip.warnings)}
        work.settle_or_stop()
        return {**told, "forgotten": self._cache.keep(key, Analysed(latents, settings))}

    def _render(self, job: Render, work: Work) -> Event:
        rate = FrameRate.parse(job.fps)
        analysed = self._cache.get(job.key)
        settings = _render_settings(job, analysed.settings)
        _check_format(job)
        take = self._engine.render(analysed.latents, settings, rate)
        return {"key": job.key, **_written(job, take, work)}


@contextmanager
def _open(job: Animate | Analyse, rate: FrameRate | None, work: Work) -> Iterator[Clip]:
    with open_clip(
        job.audio,
        channel=job.channel,
        start=_moment(job.start, rate),
        end=_moment(job.end, rate),
        progress=lambda done: work.progress("listening", done),
    ) as clip:
        yield clip


def _moment(value: str | float | None, rate: FrameRate | None) -> Fraction | None:
    if isinstance(value, str):
        return parse_seconds(value, rate)
    return None if value is None else Fraction(str(value))


def _check_format(job: Animate | Render) -> None:
    """Before the work, not after it."""
    if job.format:
        by_name(job.format)
    else:
        by_suffix(Path(job.out))


def _render_settings(job: Render, analysed: Settings) -> Settings:
    """The settings asked for; those of the analysis are what they were and cannot be asked to differ."""
    fixed = {entry.name: getattr(analysed, entry.name) for entry in fields(Settings) if info_of(entry).analysis}
    settings = Settings.from_dict({**fixed, **job.settings})
    changed = [
        info_of(entry).label
        for entry in fields(Settings)
        if entry.name in fixed and getattr(settings, entry.name) != fixed[entry.name]
    ]
    if changed:
        raise SettingsError(f"{', '.join(changed)} is part of the analysis; analyse the recording again to change it.")
    return settings


def _written(job: Animate | Render, take: Take, work: Work) -> Event:
    """Put the take where it belongs in one step, as late as it can still be cancelled."""
    work.progress("writing", 0.0)
    out = Path(job.out)
    try:
        with work.scratch(out) as folder:
            try:
                notes = write_take(take, folder / out.name, job.format)
            except OutputError as err:
                raise OutputError(str(err).replace(str(folder), str(out.parent))) from err
            work.settle_or_stop()
            (folder / out.name).replace(out)
    except OSError as err:
        raise unwritable(out, err) from err
    warnings = [*take.provenance.get("warnings", ()), *notes]
    return {"out": job.out, "frames": take.frame_count, "fps": str(take.rate), "warnings": warnings}
