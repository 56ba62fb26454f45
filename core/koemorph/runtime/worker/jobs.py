"""Jobs, one after another on a thread of their own, so that a cancel never waits for the engine."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from ...engine import Engine
from ...errors import OutputError, SettingsError
from ...files import put, refuse_to_replace, unwritable
from ...formats import by_name, by_suffix, read_take, write_take
from ...settings import Settings, info_of
from ...speech.files import read_tracks
from ...speech.track import Tracks
from ...take import Take
from ..messages import Analyse, Analysed, Animate, Failed, Film, Forget, Forgot, Job, Made, Make, Render
from ..wire import Message, WireError
from .cache import AnalysisCache, Kept, Stretch
from .pipes import Emit
from .work import Work


class Jobs:
    """The queue and its thread. What happens to a job is told through `emit`, which any thread may call."""

    def __init__(self, engine: Engine, emit: Emit) -> None:
        self._engine, self._emit = engine, emit
        self._cache = AnalysisCache()
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
                raise WireError(f"{job.kind}: the id {job.id!r} belongs to a job that has not ended.")
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

    def _outcome(self, work: Work) -> Message | None:
        """What became of a job; nothing if it was cancelled, which has been told already."""
        try:
            return self._do(work)
        except Exception as err:  # noqa: BLE001 (whatever went wrong, the next job must have its turn)
            return Failed.of(err, work.job.id) if work.settle() else None

    def _do(self, work: Work) -> Message:
        job = work.job
        if isinstance(job, Animate):
            return self._animate(job, work)
        if isinstance(job, Analyse):
            return self._analyse(job, work)
        if isinstance(job, Render):
            return self._render(job, work)
        if isinstance(job, Film):
            return _film(job, work)
        assert isinstance(job, Forget)
        work.settle_or_stop()
        return Forgot(id=job.id, forgotten=(job.key,) if self._cache.forget(job.key) else ())

    def _animate(self, job: Animate, work: Work) -> Made:
        began, settings = time.monotonic(), Settings.from_dict(job.settings)
        _check_format(job)
        refuse_to_replace(job.out, job.recording.path, job.tracks)
        edited = _edited(job)
        with job.recording.open(work.listening) as clip:
            take = self._engine.animate(
                clip, settings, job.rate, script=job.script, edited=edited, progress=work.progress
            )
            heard = Stretch.of(job.recording, clip)
        return _take_written(job, take, work, began, heard)

    def _analyse(self, job: Analyse, work: Work) -> Analysed:
        settings = Settings.from_dict(job.settings)
        with job.recording.open(work.listening) as clip:
            analysis = self._engine.analyse(clip, settings, progress=work.progress)
            heard, warnings = Stretch.of(job.recording, clip), tuple(clip.warnings)
        work.settle_or_stop()
        gone = self._cache.keep(job.key, Kept(analysis, settings, heard))
        return Analysed(id=job.id, key=job.key, duration=heard.duration, forgotten=tuple(gone), warnings=warnings)

    def _render(self, job: Render, work: Work) -> Made:
        began, kept = time.monotonic(), self._cache.get(job.key)
        settings = _render_settings(job, kept.settings)
        _check_format(job)
        take = self._engine.render(kept.analysis, settings, job.rate, script=job.script, edited=_edited(job))
        return _take_written(job, take, work, began, kept.heard)


def _check_format(job: Make) -> None:
    """Before the work, not after it."""
    if job.format:
        by_name(job.format)
    else:
        by_suffix(job.out)


def _edited(job: Make) -> Tracks | None:
    return None if job.tracks is None else read_tracks(job.tracks)


def _render_settings(job: Render, analysed: Settings) -> Settings:
    """The settings asked for; those of the analysis are what they were and cannot be asked to differ."""
    fixed = analysed.for_analysis()
    settings = Settings.from_dict({**fixed, **job.settings})
    changed = [
        info_of(Settings.__dataclass_fields__[name]).label
        for name, value in fixed.items()
        if getattr(settings, name) != value
    ]
    if changed:
        raise SettingsError(f"{', '.join(changed)} is part of the analysis; analyse the recording again to change it.")
    return settings


def _take_written(job: Make, take: Take, work: Work, began: float, heard: Stretch) -> Made:
    work.progress("writing", 0.0)
    notes = _written(work, job.out, lambda path: write_take(take, path, job.format), heard.path)
    return Made(
        id=job.id,
        out=job.out,
        frames=take.frame_count,
        rate=take.rate,
        warnings=(*take.provenance.get("warnings", ()), *notes),
        seconds=round(time.monotonic() - began, 3),
        begin=heard.begin,
        duration=heard.duration,
    )


def _film(job: Film, work: Work) -> Made:
    """A movie of a finished take; no network runs."""
    from ...preview.movie import FASTEST, film

    began, take = time.monotonic(), read_take(job.take)
    take = take.retime(min(take.rate, FASTEST))
    clip = job.recording.open() if job.recording else None
    try:
        notes = _written(
            work,
            job.out,
            lambda path: film(take, path, clip, lambda done: work.progress("drawing", done)),
            job.take,
            *([job.recording.path] if job.recording else []),
        )
    finally:
        if clip is not None:
            clip.close()
    seconds = round(time.monotonic() - began, 3)
    return Made(id=job.id, out=job.out, frames=take.frame_count, rate=take.rate, warnings=notes, seconds=seconds)


def _written(work: Work, out: Path, write: Callable[[Path], tuple[str, ...]], *made_from: Path) -> tuple[str, ...]:
    """Put a file where it belongs in one step, as late as it can still be cancelled; never over what it comes from."""
    refuse_to_replace(out, *made_from)
    try:
        with work.scratch(out) as folder:
            try:
                notes = tuple(write(folder / out.name))
            except OutputError as err:
                raise OutputError(str(err).replace(str(folder), str(out.parent))) from err
            work.settle_or_stop()
            refuse_to_replace(out, *made_from)
            put(folder / out.name, out)
    except OSError as err:
        raise unwritable(out, err) from err
    return notes
