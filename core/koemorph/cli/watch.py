"""Look at a folder (or a shot list) again and again, and animate what is new or has changed and is no longer being
written. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import math
import time
from typing import Final

from ..errors import KoeMorphError, OutputError, SettingsError
from ..model import load_model
from ..runtime.session import Session
from ..shots import Shot, ShotList
from ..shots.batch import BatchEvent, attempt
from ..shots.make_line import Outcome, Workplace, failure
from ..shots.records import Records
from ..shots.shot import Unit
from ..shots.unchanged import unit_is_current
from . import flags
from .batch import add_hosts, add_output, options_from, tell
from .lists import add_list, add_reading, read_list, tell_problems
from .report import Report, add_progress

LOOK_SECONDS: Final = 1.0
AGAIN_SECONDS: Final = 10.0
"""After which a line is tried again that could not be written: a full disk is made room on."""
_LIST: Final = "list: "
"""Begins what was told of the list as a whole."""

Look = tuple[int, ...]
"""Size and time of a recording, and of its scene and script: they have landed when two looks see the same."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_list(parser, "a folder of recordings, or a shot list")
    add_output(parser)
    parser.add_argument("--every", type=float, default=LOOK_SECONDS, metavar="S", help="seconds between two looks")
    parser.add_argument(
        "--until-idle", type=float, metavar="S", help="end when nothing has changed for so many seconds"
    )
    add_reading(parser)
    flags.add_engine(parser)
    add_hosts(parser)
    add_progress(parser)
    parser.set_defaults(run=run, force=False, jobs=1)


def run(options: argparse.Namespace) -> int:
    if options.every <= 0:
        raise SettingsError("--every must be more than 0 seconds.")
    wanted = options_from(options, 1)
    records, model = Records(options.output), load_model(options.model).sha256
    records.prepare()
    with Session(wanted.runtime) as session:
        watch = Watch(options, Workplace(wanted, records, model, session, lambda stage, done: True))
        while options.until_idle is None or not watch.idle(options.until_idle):
            watch.look()
            time.sleep(options.every)
    return watch.code


class Watch:
    """Looks at a list again and again; whatever is wrong meanwhile is told once, and looked at again."""

    def __init__(self, options: argparse.Namespace, at: Workplace) -> None:
        self._options, self._at = options, at
        self._report = Report(options.progress, quiet=options.quiet)
        self._before: dict[str, Look] = {}
        self._tried: dict[str, object] = {}
        self._again: dict[str, float] = {}
        """When to try lines anew that could not be written."""
        self._told: set[str] = set()
        self._read = False
        """Whether there was a list at all: what never was one ends the watch."""
        self.code = 0
        self._settled = False
        """Whether the last two looks saw the same; else something is landing, however slow the machine is."""
        self._idle_since = time.monotonic()

    def idle(self, seconds: float) -> bool:
        """Whether nothing has changed for so long."""
        return self._settled and time.monotonic() - self._idle_since >= seconds

    def look(self) -> None:
        try:
            shots = read_list(self._options, self._options.output)
        except KoeMorphError as err:  # half saved, or being replaced
            if not self._read:
                raise
            self._tell_once(err)
            return
        self._read = True
        self._told -= {told for told in self._told if told.startswith(_LIST)}
        new = [problem for problem in shots.problems if str(problem) not in self._told]
        self._told.update(map(str, new))
        self.code = tell_problems(tuple(new), self._options.list, self._report) or self.code
        now = looks(shots)
        self._settled = now == self._before
        if not self._settled:
            self._idle_since = time.monotonic()
        landed = {shot.name for shot in shots if shot.name in now and now[shot.name] == self._before.get(shot.name)}
        for unit in shots.units():
            if landed.issuperset(shot.name for shot in unit):
                self._work(unit, [(shot, now.get(shot.name)) for shot in unit], len(landed))
        self._before = now

    def _work(self, unit: Unit, seen: object, lines: int) -> None:
        name = unit[0].name
        if self._tried.get(name) == seen and time.monotonic() < self._again.get(name, math.inf):
            return
        known = {shot.name: self._at.records.read(shot) for shot in unit}
        if unit_is_current(unit, known, self._at.output, self._at.model_sha256):
            return
        try:
            outcomes = attempt(unit, self._at)
        except KoeMorphError as err:  # not even that it failed can be noted
            outcomes = [Outcome("failed", failure(shot, err)) for shot in unit]
        for shot, outcome in zip(unit, outcomes, strict=True):
            if outcome.state == "busy":
                continue
            again, self._tried[name] = self._tried.get(name) == seen, seen
            self._again[name] = math.inf
            if outcome.record.exit_code == OutputError.exit_code:
                self._again[name] = time.monotonic() + AGAIN_SECONDS
            if not again or outcome.state == "done":
                tell(
                    BatchEvent(shot=shot, outcome=outcome, ended=len(self._tried), lines=lines, left=None), self._report
                )
            self.code = outcome.record.exit_code or self.code
            self._idle_since = time.monotonic()

    def _tell_once(self, err: KoeMorphError) -> None:
        if _LIST + str(err) not in self._told:
            self._told.add(_LIST + str(err))
            self.code = self._report.error(self._options.list, err)


def looks(shots: ShotList) -> dict[str, Look]:
    return {shot.name: look for shot in shots if (look := _look(shot)) is not None}


def _look(shot: Shot) -> Look | None:
    try:
        seen = [path.stat() for path in shot.sources]
    except (OSError, ValueError):
        return None
    return tuple(number for one in seen for number in (one.st_size, one.st_mtime_ns))
