"""Animate every line of a shot list. Lines whose recording, settings, model and results are as they were are skipped,
so the same command also resumes a run that was stopped. A line that fails never stops the others; the exit code is
that of the first one that failed.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from ..errors import LineError, SettingsError, ShotListError
from ..hosts import hosts
from ..model import load_model
from ..runtime import Runtime
from ..runtime.pool import processors
from ..shots import ShotList, missing_recordings
from ..shots.batch import BatchEvent, Run, chosen, default_jobs, due, run_batch
from ..shots.make_line import BatchOptions
from ..shots.report import write_report
from . import flags
from .lists import add_list, add_reading, read_list, tell_problems
from .report import Report, add_progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = "koemorph batch LIST -o DIR [--jobs N] [--only NAME] [--chunk I/N] [more options]"
    add_list(parser)
    add_output(parser)
    parser.add_argument("--jobs", type=int, metavar="N", help="processes side by side (default: one per processor)")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="just these lines; * fits anything")
    parser.add_argument("--chunk", metavar="I/N", help="the I-th of N parts of the list, for farms; I begins with 1")
    parser.add_argument("--force", action="store_true", help="make every line anew, also what was changed by hand")
    parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and do nothing")
    parser.add_argument(
        "--keep-going", action="store_true", help="work on the good lines of a list that also has wrong ones"
    )
    parser.add_argument("--openjd", action="store_true", help="also tell progress as Open Job Description reads it")
    add_reading(parser)
    flags.add_engine(parser)
    add_hosts(parser)
    add_progress(parser)


def add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="the folder of the results")


def add_hosts(parser: argparse.ArgumentParser) -> None:
    """A flag for each host's program."""
    for host in hosts():
        parser.add_argument(
            f"--{host.flag}",
            dest=host.variable,
            metavar="PROGRAM",
            default="",
            help=f"{host.about}, for lines keyed into a {' or '.join(host.suffixes)} "
            f"(default: ${host.variable}, or {host.flag})",
        )


def run(options: argparse.Namespace) -> int:
    report = Report(options.progress, quiet=options.quiet)
    shots = read_list(options, options.output)
    problems = (*shots.problems, *missing_recordings(shots))
    wrong = tell_problems(problems, options.list, report)
    if wrong and not options.keep_going:
        raise ShotListError(
            f"{options.list} has {len(problems)} problems, so nothing was made; --keep-going makes the other lines."
        )
    selected = chosen(_part(shots, options.chunk), tuple(options.only))
    wanted = options_from(options, len(selected))
    if options.dry_run:
        return _dry_run(selected, wanted, report)

    def follow(event: BatchEvent) -> None:
        tell(event, report)
        if options.openjd and event.outcome is not None:
            print(f"openjd_progress: {100 * event.ended / event.lines:.1f}")
            print(f"openjd_status: {event.ended} of {event.lines} lines", flush=True)

    outcome = run_batch(selected, wanted, options.jobs, follow)
    if not options.chunk:
        page = write_report(shots, options.output)[-1]
        report.result(f"Report: {page}", report=str(page))
    summarise(outcome, report)
    return outcome.exit_code or wrong


def options_from(options: argparse.Namespace, lines: int) -> BatchOptions:
    for name in ("jobs", "threads"):
        if getattr(options, name) is not None and getattr(options, name) < 1:
            raise SettingsError(f"--{name} must be at least 1.")
    jobs = options.jobs or default_jobs(lines)
    threads = options.threads or max(1, processors() // jobs)
    return BatchOptions(
        output=options.output,
        runtime=Runtime(model=options.model, threads=threads, provider=options.provider),
        force=options.force,
        allow_outside=options.allow_outside,
        programs={host.name: getattr(options, host.variable) for host in hosts()},
    )


def tell(event: BatchEvent, report: Report) -> None:
    """A line on its way or through."""
    shot, outcome = event.shot, event.outcome
    if outcome is None:
        report.progress(Path(shot.name), "running", event.ended / event.lines)
        return
    record, count = outcome.record, f"[{event.ended}/{event.lines}]"
    for warning in record.warnings if outcome.state == "done" else ():
        report.note(Path(shot.name), warning)
    if outcome.state == "failed":
        sentence = f"{count} failed {shot.name} ({shot.where}): {record.message}"
        report.error(Path(shot.name), LineError(sentence, record.exit_code))
        return
    took = f"  {record.facts['seconds']:.1f} s in {record.facts['took']:.2f} s" if outcome.state == "done" else ""
    report.result(
        f"{count} {outcome.state} {shot.name}{took}{_left(event.left)}",
        shot=shot.name,
        status=outcome.state,
        ended=event.ended,
        lines=event.lines,
        seconds_left=None if event.left is None else round(event.left, 1),
        outputs=[stamp.path for stamp in record.outputs],
        **record.facts,
    )


def summarise(run: Run, report: Report) -> None:
    counts: dict[str, Any] = {state: run.count(state) for state in ("done", "skipped", "failed", "cancelled")}
    told = ", ".join(f"{number} {state}" for state, number in counts.items() if number) or "nothing to do"
    report.result(f"{told} in {run.seconds:.1f} s", **counts, took=round(run.seconds, 3))


def _part(shots: ShotList, chunk: str | None) -> ShotList:
    if chunk is None:
        return shots
    match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", chunk)
    if not match:
        raise SettingsError(f"{chunk!r} is no part of a list; write for example 3/20.")
    return shots.chunk(int(match[1]), int(match[2]))


def _dry_run(shots: ShotList, options: BatchOptions, report: Report) -> int:
    needed, _ = due(shots, options.output, load_model(options.runtime.model).sha256)
    wanted = list(shots) if options.force else needed
    for shot in wanted:
        targets = [target.path for target in shot.targets]
        into = f" from {shot.scene}, on {shot.face or 'its only face'}" if shot.scene else ""
        report.result(
            f"would make {shot.name}: {', '.join(targets)}{into}", shot=shot.name, status="due", outputs=targets
        )
    report.result(f"{len(wanted)} to make, {len(shots) - len(wanted)} unchanged", due=len(wanted))
    return 0


def _left(seconds: float | None) -> str:
    if not seconds:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    told = f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"   about {told} left"
