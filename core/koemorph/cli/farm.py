"""Write a job that works through a shot list on many machines and ends with the report. Settings given here are given
to every task. koemorph/shots/farms.md has snippets for other farms.
"""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Final

from ..errors import SettingsError, ShotListError
from ..keying import Keying
from ..knob_flags import given_of, name_of
from ..shots.openjd import write_job
from ..speech.script import ENGLISH
from . import flags
from .lists import add_list, add_reading, read_list, tell_problems
from .report import Report, add_progress

LINES_PER_CHUNK: Final = 20
"""Enough that loading the model does not matter."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_list(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="the folder of the job")
    parser.add_argument("--engine", choices=["openjd"], default="openjd", help="what the job is written for")
    parser.add_argument(
        "--chunks", type=int, metavar="N", help=f"tasks to cut the list into (default: {LINES_PER_CHUNK} lines each)"
    )
    add_reading(parser)
    add_progress(parser)


def run(options: argparse.Namespace) -> int:
    report = Report(options.progress, quiet=options.quiet)
    shots = read_list(options, None)
    if tell_problems(shots.problems, options.list, report):
        raise ShotListError(f"{options.list} has {len(shots.problems)} problems, so no job was written; correct them.")
    if options.chunks is not None and options.chunks < 1:
        raise SettingsError("--chunks must be at least 1.")
    chunks = min(options.chunks or -(-len(shots) // LINES_PER_CHUNK), len(shots)) or 1
    template, parameters = write_job(options.list, chunks, arguments(options), options.output)
    report.result(
        f"{template}: {len(shots)} shots in {chunks} tasks; openjd run {template} -p file://{parameters}",
        outputs=[str(template), str(parameters)],
        shots=len(shots),
        chunks=chunks,
    )
    return 0


def arguments(options: argparse.Namespace) -> list[str]:
    """What was asked for here, as the tasks and the report are told it."""
    words = [*([f"--fps={options.fps}"] if options.fps else []), *(f"--format={name}" for name in options.format)]
    for name, value in flags.settings_from(options).changed().items():
        flag = name.replace("_", "-")
        words.append(f"--{'' if value else 'no-'}{flag}" if isinstance(value, bool) else f"--{flag}={value}")
    keying = given_of(Keying, options)
    words += [f"--{name_of(entry)}={keying[entry.name]}" for entry in fields(Keying) if entry.name in keying]
    words += [f"--language={options.language}"] if options.language != ENGLISH else []
    given = {"--no-script": options.no_script, "--allow-outside": options.allow_outside}
    return [*words, *(flag for flag, wanted in given.items() if wanted)]
