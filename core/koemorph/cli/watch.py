"""koemorph watch: recordings are animated as they land in a folder."""

from __future__ import annotations

import argparse
import time
from typing import Any, Final

from ..errors import SettingsError
from ..shots import Shot, ShotList
from ..shots.batch import Moment
from ..shots.keying import is_current, key_line
from ..shots.records import Records
from . import flags
from .batch import add_output, tell
from .lists import add_list, add_reading, read_list, tell_problems
from .report import Report, add_progress

LOOK_SECONDS: Final = 1.0

Look = tuple[int, int]
"""Size and time of a recording: it has landed when two looks see the same."""


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
    add_progress(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if options.every <= 0:
        raise SettingsError("--every must be more than 0 seconds.")
    report, records = Report(options.progress, quiet=options.quiet), Records(options.output)
    records.prepare()
    engine = flags.engine_from(options)
    before: dict[str, Look] = {}
    tried: dict[str, tuple[Look, object]] = {}
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
        landed = [shot for shot in shots if shot.name in now and now[shot.name] == before.get(shot.name)]
        for number, shot in enumerate(landed, 1):
            seen = (now[shot.name], shot)
            if tried.get(shot.name) == seen or is_current(
                shot, records.read(shot), options.output, engine.model.sha256
            ):
                continue
            outcome = key_line(shot, engine, records, force=False, allow_outside=options.allow_outside)
            if outcome.state != "busy":
                tried[shot.name] = seen
                tell(Moment(shot, outcome, number, len(landed), None), report)
                code = outcome.record.exit_code or code
                idle_since = time.monotonic()
        before = now
        time.sleep(options.every)
    return code


def looks(shots: ShotList) -> dict[str, Look]:
    return {shot.name: look for shot in shots if (look := _look(shot)) is not None}


def _look(shot: Shot) -> Look | None:
    try:
        seen = shot.audio.stat()
    except (OSError, ValueError):
        return None
    return (seen.st_size, seen.st_mtime_ns)
