"""A run over a list: what needs work, who does it, what came of it, and how long the rest will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from ..errors import Cancelled, ShotListError
from ..model import load_model
from .crew import Brief, processors, work_through
from .keying import Outcome, State, unit_is_current
from .records import Record, Records
from .shot import Shot, ShotList

LEAST_SHOWN: Final = 2
"""Lines to be finished before the time that is left can be guessed."""


@dataclass(frozen=True)
class Moment:
    """Something that happened: a line began (`outcome` None) or ended."""

    shot: Shot
    outcome: Outcome | None
    ended: int
    """Lines that are through, of `lines`."""
    lines: int
    left: float | None
    """Seconds until the end, as far as can be told."""


Tell = Callable[[Moment], None]


@dataclass
class Run:
    """What came of a whole run."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    seconds: float = 0.0

    def count(self, state: State) -> int:
        return sum(outcome.state == state for outcome in self.outcomes.values())

    @property
    def exit_code(self) -> int:
        """That of the first line that failed, in the order of the list."""
        if self.count("cancelled"):
            return Cancelled.exit_code
        failed = [outcome.record.exit_code for outcome in self.outcomes.values() if outcome.state == "failed"]
        return failed[0] or 1 if failed else 0


def chosen(shots: ShotList, only: tuple[str, ...]) -> ShotList:
    """The lines whose names fit one of the patterns (`ep01_*`); a pattern that fits none is an error.

    With a line come all others of its scene, which is keyed as a whole.
    """
    if not only:
        return shots
    for pattern in only:
        if not any(_fits(shot, pattern) for shot in shots):
            raise ShotListError(f"No shot is called {pattern!r}; see 'koemorph shots check {shots.path}'.")
    kept = [unit for unit in shots.units() if any(_fits(shot, pattern) for shot in unit for pattern in only)]
    return ShotList(shots.path, tuple(shot for unit in kept for shot in unit), shots.problems)


def _fits(shot: Shot, pattern: str) -> bool:
    return shot.name == pattern or fnmatchcase(shot.name, pattern)


def due(shots: ShotList, output: Path, model: Path | None) -> tuple[list[Shot], dict[str, Outcome]]:
    """The lines that need work, and the records of those that need none."""
    sha256, records = load_model(model).sha256, Records(output)
    needed: list[Shot] = []
    current: dict[str, Outcome] = {}
    for unit in shots.units():
        known = {shot.name: records.read(shot) for shot in unit}
        if unit_is_current(unit, known, output, sha256):
            current.update((name, Outcome("skipped", record)) for name, record in known.items() if record)
        else:
            needed += unit
    return needed, current


def run_batch(shots: ShotList, brief: Brief, jobs: int | None, tell: Tell, stopped: Callable[[], bool] = bool) -> Run:
    """Work through a list; the outcomes stand in its order. Ctrl-C, or `stopped`, leaves the rest as cancelled."""
    began = time.monotonic()
    Records(brief.output).prepare()
    needed, outcomes = (list(shots), {}) if brief.force else due(shots, brief.output, brief.model)
    weights = {shot.name: _weight(shot) for shot in needed}
    total, through = sum(weights.values()), 0.0
    for ended, shot in enumerate((shot for shot in shots if shot.name in outcomes), 1):
        tell(Moment(shot, outcomes[shot.name], ended, len(shots), None))
    done = 0
    left: float | None = None
    units = ShotList(shots.path, tuple(needed)).units()
    work = work_through(units, brief, jobs or default_jobs(len(units)), stopped)
    with suppress(KeyboardInterrupt), closing(work):
        for shot, outcome in work:
            if outcome is not None:
                outcomes[shot.name] = outcome
                done, through = done + 1, through + weights[shot.name]
                left = (time.monotonic() - began) * (total - through) / through if done >= LEAST_SHOWN else None
            tell(Moment(shot, outcome, len(outcomes), len(shots), left))
    for shot in needed:
        outcomes.setdefault(shot.name, Outcome("cancelled", Record(shot.name, "running")))
    return Run({shot.name: outcomes[shot.name] for shot in shots}, time.monotonic() - began)


def default_jobs(lines: int) -> int:
    """A process for each processor: lines are many and short, and one thread each wastes the least."""
    return max(1, min(processors(), lines))


def _weight(shot: Shot) -> float:
    """How much work a line is, from the size of its file alone."""
    try:
        return 50_000.0 + shot.audio.stat().st_size
    except (OSError, ValueError):
        return 1.0
