"""A shot list in the panel: read, worked through and reported beside the window, which never waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from ...model import load_model
from ...runtime import Runtime
from ...runtime.pool import processors
from ...settings import Settings
from ...shots import Shot, ShotList, missing_recordings, read_shots
from ...shots.batch import BatchEvent, Run, default_jobs, due, run_batch
from ...shots.make_line import BatchOptions
from ...shots.reading import REPORT
from ...shots.records import Records
from ...shots.report import write_report
from ...timing import FrameRate
from ..background import BackgroundWork
from ..qt import QtCore, Signal, tr
from .batch_rows import write_changed
from .batch_table import BatchTable, Entry, Status

_END_SECONDS: Final = 15.0
"""How long processes may take to end when the panel is closed."""


class Batch(QtCore.QObject):
    """One list at a time, and one thing done with it at a time."""

    failed = Signal(str)
    told = Signal(str)
    changed = Signal()
    """The list, where its results go, or whether it is worked on."""
    progressed = Signal(int, int, object)
    """Lines that are through, of how many, and the seconds that are left, if that can be told."""
    _came = Signal(object)

    def __init__(self, runtime: Runtime, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self.runtime = runtime
        self.table = BatchTable(self)
        self.list: ShotList | None = None
        """As it was read; what was changed since is in the table."""
        self.output: Path | None = None
        self.running = False
        self._rate: FrameRate | None = None
        self._background: BackgroundWork | None = None
        self._stop = threading.Event()
        self._came.connect(self._hear)

    @property
    def busy(self) -> bool:
        return self._background is not None

    @property
    def report(self) -> Path | None:
        """The page, if there is one."""
        page = self.output / f"{REPORT}.html" if self.output else None
        return page if page and page.is_file() else None

    @property
    def altered(self) -> list[tuple[Shot, Shot]]:
        """Lines as they were read and as they are now."""
        before = self.list.shots if self.list else ()
        return [pair for pair in zip(before, self.table.shots(), strict=True) if pair[0] != pair[1]]

    def open(self, path: Path, rate: FrameRate, output: Path | None = None) -> None:
        """Read a list; lines that name no frame rate get `rate`. Results go beside it unless `output` says where."""
        chosen = (output or results_beside(path)).absolute()
        self._rate = rate
        self._do(partial(_read, path.absolute(), chosen, rate, self.runtime.model), partial(self._show, chosen))

    def put_results(self, output: Path) -> None:
        """Somewhere else from now on."""
        if self.list is not None and self._rate is not None:
            self.open(self.list.path, self._rate, output)

    def alter(self, name: str, settings: Settings, rate: FrameRate) -> None:
        """Other settings for one line, until it is run or saved."""
        entry = self.table.entry(name)
        assert entry.shot is not None
        shot = replace(entry.shot, settings=settings, rate=rate)
        if shot != entry.shot and not self.running:
            words = tr("Its settings were changed here; run it, and save the list to keep them.")
            self.table.change(name, shot=shot, status="changed", words=words)
            self.changed.emit()

    def run(self, names: tuple[str, ...] | None = None, force: bool = False) -> None:
        """Work through the list, or through these lines and those that share a scene with them."""
        if self.busy or self.list is None or self.output is None:
            return
        now = ShotList(self.list.path, self.table.shots(), self.list.problems)
        units = [unit for unit in now.units() if names is None or any(shot.name in names for shot in unit)]
        asked = ShotList(now.path, tuple(shot for unit in units for shot in unit))
        for shot in asked:
            self.table.change(shot.name, status="waiting", words="")
        threads = max(1, processors() // default_jobs(len(units)))
        options = BatchOptions(output=self.output, runtime=replace(self.runtime, threads=threads), force=force)
        self._stop.clear()
        self.running = True
        self._do(partial(self._work, asked, now, options), self._finish)

    def cancel(self) -> None:
        self._stop.set()

    def save(self, path: Path) -> None:
        """Write the list as it is now, changed settings included, and go on with that file."""
        if self.list is not None and self._rate is not None:
            work = partial(write_changed, self.list.path, path, self._rate, self.altered)
            self._do(work, lambda _: self._saved(path))

    def close(self) -> None:
        """Whatever is at work ends, its processes too."""
        self._stop.set()
        if self._background is not None:
            self._background.wait(_END_SECONDS)
            self._background = None

    def _do(self, work: Callable[[], Any], receive: Callable[[Any], None]) -> None:
        if self.busy:
            self.failed.emit(tr("The list is being worked on; wait for it or cancel it."))
            return
        background = self._background = BackgroundWork(work, self)
        background.done.connect(lambda outcome: self._end(receive, outcome))
        background.failed.connect(self._give_up)
        background.start()
        self.changed.emit()

    def _end(self, receive: Callable[[Any], None], outcome: Any) -> None:
        self._rest()
        receive(outcome)
        self.changed.emit()

    def _give_up(self, sentence: str) -> None:
        self._rest()
        self.failed.emit(sentence)
        self.changed.emit()

    def _rest(self) -> None:
        self._background, self.running = None, False
        for entry in self.table.entries:
            if entry.status in ("waiting", "working"):
                self.table.change(entry.name, status="stopped")

    def _show(self, output: Path, read: tuple[ShotList, list[Entry]]) -> None:
        self.list, entries = read
        self.output = output
        self.table.show_entries(entries)

    def _saved(self, path: Path) -> None:
        self.told.emit(tr("Written: {path}.", path=path))
        if self._rate is not None:
            self.open(path, self._rate, self.output)

    def _work(self, asked: ShotList, whole: ShotList, options: BatchOptions) -> Run:
        """On the thread."""
        outcome = run_batch(asked, options, None, self._came.emit, self._stop.is_set)
        write_report(whole, options.output)
        return outcome

    def _hear(self, event: BatchEvent) -> None:
        name, outcome = event.shot.name, event.outcome
        if outcome is None:
            self.table.change(name, status="working", words="")
        elif outcome.state == "failed":
            self.table.change(name, status="failed", words=outcome.record.message)
        else:
            self.table.change(name, status="made", words=" ".join(outcome.record.warnings))
        self.progressed.emit(event.ended, event.lines, event.left)

    def _finish(self, run: Run) -> None:
        made, failed = run.count("done"), run.count("failed")
        words = {"made": made, "unchanged": run.count("skipped"), "failed": failed, "seconds": f"{run.seconds:.1f}"}
        self.told.emit(tr("{made} made, {unchanged} unchanged, {failed} failed in {seconds} s.", **words))


def results_beside(path: Path) -> Path:
    """Where results go unless something else is chosen."""
    return path.with_name(f"{path.name if path.is_dir() else path.stem}-takes")


def _read(path: Path, output: Path, rate: FrameRate, model: Path | None) -> tuple[ShotList, list[Entry]]:
    shots = read_shots(path, output=output, rate=rate)
    missing = {problem.where: problem.message for problem in missing_recordings(shots)}
    _, current = due(shots, output, load_model(model).sha256)
    records = Records(output)

    def entry(shot: Shot) -> Entry:
        status, words = state(shot)
        return Entry(name=shot.name, where=shot.where, status=status, words=words, shot=shot)

    def state(shot: Shot) -> tuple[Status, str]:
        if shot.where in missing:
            return "wrong", missing[shot.where]
        if shot.name in current:
            return "made", " ".join(current[shot.name].record.warnings)
        record = records.read(shot)
        if record is None:
            return "todo", ""
        if record.status == "failed":
            return "failed", record.message
        words = tr("Its recording, settings or results have changed since it was made.")
        return "stopped" if record.status == "running" else "changed", words

    entries = [entry(shot) for shot in shots]
    entries += [Entry(name="", where=one.where, status="wrong", words=one.message) for one in shots.problems]
    return shots, entries
