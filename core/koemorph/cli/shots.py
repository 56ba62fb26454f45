"""Shot lists are tables (.csv, .tsv), JSON, timelines (.otio, .edl, .fcpxml) or folders of recordings; 'koemorph batch'
works through them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from ..errors import OutputError, ShotListError
from ..shots import missing_recordings
from ..shots.records import Records
from ..shots.report import entries_of, write_report
from ..shots.schema import schema
from ..shots.writing import columns_text, converted, write_rows
from .lists import add_list, add_rate, add_reading, rate_from, read_list, tell_problems
from .report import Report, add_progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = columns_text()
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="tell everything that is wrong with a list, and make nothing")
    add_list(check)
    check.add_argument("-o", "--output", type=Path, metavar="DIR", help="also look at where results would go")
    add_reading(check)
    add_progress(check)
    check.set_defaults(act=_check)
    init = actions.add_parser("init", help="write a list of the recordings in a folder, to be filled in")
    add_list(init, "a folder of recordings")
    _add_output(init)
    init.set_defaults(act=_convert, fps=None)
    convert = actions.add_parser("convert", help="write a list as another kind of list")
    add_list(convert)
    _add_output(convert)
    add_rate(convert)
    convert.set_defaults(act=_convert)
    layout = actions.add_parser("schema", help="print the JSON Schema of a list")
    layout.set_defaults(act=_schema)
    report = actions.add_parser("report", help="write the report of a list from what is known of its results")
    add_list(report)
    report.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="the folder of the results")
    add_reading(report)
    add_progress(report)
    report.set_defaults(act=_report)
    unlock = actions.add_parser("unlock", help="take lines from runners that are stopped, as a sleeping machine's")
    unlock.add_argument("output", type=Path, metavar="DIR", help="the folder of the results")
    unlock.add_argument("--force", action="store_true", help="also from runners that seem to work")
    add_progress(unlock)
    unlock.set_defaults(act=_unlock)


def run(options: argparse.Namespace) -> int:
    code: int = options.act(options)
    return code


def _unlock(options: argparse.Namespace) -> int:
    report = Report(options.progress, quiet=options.quiet)
    records = Records(options.output)
    held = records.claims()
    freed = {path: holder for path, holder in held.items() if options.force or holder.stopped}
    records.unlock(freed)
    for holder in sorted({str(holder) for holder in freed.values()}):
        report.result(f"taken from {holder}", holder=holder)
    working = len(held) - len(freed)
    rest = f", {working} are held by runners that work; --force takes those too" if working else ""
    report.result(f"{options.output}: {len(freed)} lines unlocked{rest}", unlocked=len(freed), held=working)
    return 0


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="a .csv, .tsv or .json file")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")


def _check(options: argparse.Namespace) -> int:
    report = Report(options.progress, quiet=options.quiet)
    shots = read_list(options, options.output)
    problems = (*shots.problems, *missing_recordings(shots))
    code = tell_problems(problems, options.list, report)
    report.result(
        f"{options.list}: {len(shots)} shots can be read, {len(problems)} problems",
        list=str(options.list),
        shots=len(shots),
        problems=[str(problem) for problem in problems],
    )
    return code


def _convert(options: argparse.Namespace) -> int:
    if options.action == "init" and not options.list.is_dir():
        raise ShotListError(f"{options.list} is no folder; name the folder that holds the recordings.")
    if options.output.exists() and not options.force:
        raise OutputError(f"{options.output} is there already; --force replaces it.")
    rows = converted(options.list, options.output.parent, rate_from(options))
    write_rows(rows, options.output, blank=options.action == "init")
    print(f"{options.output}: {len(rows)} shots")
    return 0


def _schema(options: argparse.Namespace) -> int:
    print(json.dumps(schema(), indent=2, ensure_ascii=False))
    return 0


def _report(options: argparse.Namespace) -> int:
    report = Report(options.progress, quiet=options.quiet)
    shots = read_list(options, options.output)
    written = write_report(shots, options.output)
    waiting = _unfinished([entry.status for entry in entries_of(shots, options.output)])
    report.result(f"{written[-1]}: {len(shots)} shots, {waiting} of them not done", outputs=[str(p) for p in written])
    return 1 if waiting else 0


def _unfinished(states: Sequence[str]) -> int:
    return sum(state != "done" for state in states)
