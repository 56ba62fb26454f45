"""A run over a list: what needs work, who does it, what came of it, and how long the rest will take."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from ..errors import Cancelled, KoeMorphError, ShotListError
from ..model import load_model
from ..runtime.messages import Failed
from ..runtime.pool import GoOn, Pool, processors
from ..runtime.session import Session
from .make_line import BatchOptions, Outcome, State, Workplace, failure
from .make_scene import make_unit
from .records import Record, Records
from .shot import Shot, ShotList, Unit
from .unchanged import unit_is_current

LEAST_SHOWN: Final = 2
"""Lines to be finished before the time that is left can be guessed."""


@dataclass(frozen=True, kw_only=True)
class BatchEvent:
    """Something that happened: a line began (`outcome` None) or ended."""

    shot: Shot
    outcome: Outcome | None
    ended: int
    """Lines that are through, of `lines`."""
    lines: int
    left: float | None
    """Seconds until the end, as far as can be told."""


Tell = Callable[[BatchEvent], None]


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


def due(shots: ShotList, output: Path, model_sha256: str) -> tuple[list[Shot], dict[str, Outcome]]:
    """The lines that need work, and the records of those that need none."""
    records = Records(output)
    needed: list[Shot] = []
    current: dict[str, Outcome] = {}
    for unit in shots.units():
        known = {shot.name: records.read(shot) for shot in unit}
        if unit_is_current(unit, known, output, model_sha256):
            current.update((name, Outcome("skipped", record)) for name, record in known.items() if record)
        else:
            needed += unit
    return needed, current


def run_batch(
    shots: ShotList, options: BatchOptions, jobs: int | None, tell: Tell, stopped: Callable[[], bool] = bool
) -> Run:
    """Work through a list; the outcomes stand in its order. Ctrl-C, or `stopped`, leaves the rest as cancelled."""
    began = time.monotonic()
    records = Records(options.output)
    records.prepare()
    model = load_model(options.runtime.model).sha256
    needed, outcomes = (list(shots), {}) if options.force else due(shots, options.output, model)
    weights = {shot.name: _weight(shot) for shot in needed}
    total, through = sum(weights.values()), 0.0
    for ended, shot in enumerate((shot for shot in shots if shot.name in outcomes), 1):
        tell(BatchEvent(shot=shot, outcome=outcomes[shot.name], ended=ended, lines=len(shots), left=None))
    done = 0
    left: float | None = None
    units = ShotList(shots.path, tuple(needed)).units()

    def make(unit: Unit, session: Session, go_on: GoOn) -> list[Outcome] | None:
        made = attempt(unit, Workplace(options, records, model, session, go_on))
        return None if made[0].state == "busy" else made

    pool = Pool(options.runtime, min(jobs or default_jobs(len(units)), len(units)), make)
    with suppress(KeyboardInterrupt), closing(pool.work_through(units, stopped)) as work:
        for unit, made in work:
            told: Sequence[Outcome | None] = made or [None] * len(unit)
            for shot, outcome in zip(unit, told, strict=True):
                if outcome is not None:
                    outcomes[shot.name] = outcome
                    done, through = done + 1, through + weights[shot.name]
                    left = (time.monotonic() - began) * (total - through) / through if done >= LEAST_SHOWN else None
                tell(BatchEvent(shot=shot, outcome=outcome, ended=len(outcomes), lines=len(shots), left=left))
    for shot in needed:
        outcomes.setdefault(shot.name, Outcome("cancelled", Record(shot.name, status="running")))
    return Run({shot.name: outcomes[shot.name] for shot in shots}, time.monotonic() - began)


def attempt(unit: Unit, at: Workplace) -> list[Outcome]:
    """What came of a unit, whatever went wrong: one that fails stops no other."""
    try:
        return make_unit(unit, at)
    except Cancelled:
        raise
    except KoeMorphError as err:  # not even that it failed could be noted
        wrong = err
    except OSError as err:
        where = err.filename or unit[0].recording.path
        wrong = KoeMorphError(f"{where}: {err.strerror or err}; check the disk.")
    except MemoryError:
        wrong = KoeMorphError("There is not enough memory; use fewer --jobs.")
    except Exception as err:  # noqa: BLE001 (a defect is told as one)
        wrong = KoeMorphError(Failed.of(err).text)
    return [Outcome("failed", failure(shot, wrong)) for shot in unit]


def default_jobs(lines: int) -> int:
    """A process for each processor: lines are many and short, and one thread each wastes the least."""
    return max(1, min(processors(), lines))


def _weight(shot: Shot) -> float:
    """How much work a line is, from the size of its file alone."""
    try:
        return 50_000.0 + shot.recording.path.stat().st_size
    except (OSError, ValueError):
        return 1.0
