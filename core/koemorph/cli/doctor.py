"""Show versions, the model and what is missing, and what each missing piece would give."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from ..doctor import examine, healthy
from ..errors import KoeMorphError, MissingPieceError
from ..shots.verify import verify
from ..trust import unescaped

_MARKS = {True: "ok", False: "BROKEN", None: "-"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--verify",
        type=Path,
        metavar="DIR",
        help="instead, read all results of a batch in this folder and compare them with their records",
    )
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


def run(options: argparse.Namespace) -> int:
    if options.verify:
        return _verify(options)
    findings = examine()
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            print(f"{_MARKS[finding.ok]:<7} {finding.name:<12} {finding.text}")
    return 0 if healthy(findings) else MissingPieceError.exit_code


def _verify(options: argparse.Namespace) -> int:
    verdict = verify(options.verify)
    if options.json:
        print(json.dumps(asdict(verdict), ensure_ascii=False, indent=2))
    else:
        for fault in verdict.faults:
            print(unescaped(f"{_MARKS[False]:<7} {fault}"))
        print(f"{verdict.lines} lines, {verdict.files} files, {verdict.size:,} bytes: {len(verdict.faults)} problems")
    return KoeMorphError.exit_code if verdict.faults else 0
