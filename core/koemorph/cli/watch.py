"""koemorph watch: recordings are animated as they land in a folder."""

from __future__ import annotations

import argparse
import time
from typing import Any, Final

from ..errors import SettingsError
from ..shots import Shot, ShotList
from ..shots.batch import Moment
from ..shots.keying import unit_is_current
from ..shots.records import Records
from ..shots.scenes import key_unit
from . import flags
from .batch import add_hosts, add_output, brief_from, tell
from .lists import add_list, add_reading, read_list, tell_problems
from .report import Report, add_progress

LOOK_SECONDS: Final = 1.0

Look = tuple[int, ...]
"""Size and time of a recording, and of its scene: they have landed when two looks see the same."""


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "watch",
        help="animate recordings as they land in a folder",
        description="Look at a folder (or a shot list) again and again, and animate what is new or has changed and "
        "is no longer being written. Ctrl-C ends it.",
    )
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
    report, records = Report(options.progress, quiet=options.quiet), Records(options.output)
    records.prepare()
    engine, brief = flags.engine_from(options), brief_from(options, 1)
    before: dict[str, Look] = {}
    tried: dict[str, object] = {}
    told: set[str] = set()
    code, idle_since = 0, time.monotonic()
    while options.until_idle is None or time.monotonic() - idle_since < options.until_idle:
        shots = read_list(options, options.output)
        new = [problem for problem in shots.problems if str(problem) not in told]
        told.update(map(str, new))
        code = tell_problems(tuple(new), options.list, report) or code
        now = looks(shots)
        if now != before:
            idle_since = time.monotonic()
        landed = {shot.name for shot in shots if shot.name in now and now[shot.name] == before.get(shot.name)}
        for unit in shots.units():
            seen = [(shot, now.get(shot.name)) for shot in unit]
            if not landed.issuperset(shot.name for shot in unit) or tried.get(unit[0].name) == seen:
                continue
            known = {shot.name: records.read(shot) for shot in unit}
            if unit_is_current(unit, known, options.output, engine.model.sha256):
                continue
            for shot, outcome in zip(unit, key_unit(unit, engine, records, brief), strict=True):
                if outcome.state != "busy":
                    tried[unit[0].name] = seen
                    tell(Moment(shot, outcome, len(tried), len(landed), None), report)
                    code = outcome.record.exit_code or code
                    idle_since = time.monotonic()
        before = now
        time.sleep(options.every)
    return code


def looks(shots: ShotList) -> dict[str, Look]:
    return {shot.name: look for shot in shots if (look := _look(shot)) is not None}


def _look(shot: Shot) -> Look | None:
    try:
        seen = [path.stat() for path in (shot.audio, shot.scene) if path is not None]
    except (OSError, ValueError):
        return None
    return tuple(number for one in seen for number in (one.st_size, one.st_mtime_ns))
