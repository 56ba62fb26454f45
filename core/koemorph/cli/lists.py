"""Flags and words that the commands for shot lists share."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

from .. import formats
from ..errors import ShotListError
from ..keying import Keying
from ..knob_flags import add_flags, given_of
from ..shots import ShotList, read_shots
from ..timing import FrameRate
from . import flags
from .report import Report


def add_list(parser: argparse.ArgumentParser, what: str = "a table, a JSON list, a timeline or a folder") -> None:
    parser.add_argument("list", type=Path, metavar="LIST", help=what)


def add_reading(parser: argparse.ArgumentParser) -> None:
    """What lines get that do not say it themselves."""
    parser.add_argument(
        "--format",
        action="append",
        default=[],
        choices=[known.name for known in formats.FORMATS],
        help="what to write for lines without a target; may be given several times (default: take)",
    )
    parser.add_argument("--allow-outside", action="store_true", help="let targets lead out of the output folder")
    add_rate(parser)
    flags.add_script(parser)
    flags.add_settings(parser)
    add_flags(parser, fields(Keying))


def add_rate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fps",
        metavar="RATE",
        help="frame rate of lines that name none (default: 60), and of an EDL, which never tells it",
    )


def rate_from(options: argparse.Namespace) -> FrameRate | None:
    return FrameRate.parse(options.fps) if options.fps else None


def read_list(options: argparse.Namespace, output: Path | None) -> ShotList:
    shots = read_shots(
        options.list,
        output=output,
        rate=rate_from(options),
        settings=flags.settings_from(options),
        formats=tuple(options.format),
        allow_outside=options.allow_outside,
        language=options.language,
        beside=not options.no_script,
    )
    keying = given_of(Keying, options)
    return shots.keyed(Keying(**keying)) if keying else shots


def tell_problems(problems: tuple[Any, ...], source: Path, report: Report) -> int:
    """All of them, a line each; the exit code."""
    for problem in problems:
        report.error(source, ShotListError(str(problem)))
    return ShotListError.exit_code if problems else 0
