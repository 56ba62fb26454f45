"""koemorph doctor: is everything in order here."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from ..doctor import examine, healthy
from ..errors import MissingPieceError

_MARKS = {True: "ok", False: "BROKEN", None: "-"}


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "doctor",
        help="check the installation",
        description="Show versions, the model and what is missing, and what each missing piece would give.",
    )
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    findings = examine()
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            print(f"{_MARKS[finding.ok]:<7} {finding.name:<12} {finding.text}")
    return 0 if healthy(findings) else MissingPieceError.exit_code
