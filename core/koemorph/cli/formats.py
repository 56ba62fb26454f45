"""List the files that takes can be written to and read from, and what each of them carries."""

from __future__ import annotations

import argparse
import json
import textwrap
from typing import Any

from .. import formats

_WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


def run(options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps([_facts(known) for known in formats.FORMATS], ensure_ascii=False, indent=2))
        return 0
    for known in formats.FORMATS:
        does = "read and written" if known.read else "written"
        print(f"{known.name:<10} {' '.join(known.suffixes):<18} {known.label}, {does}")
        print(textwrap.fill(known.carries, _WIDTH, initial_indent=" " * 11, subsequent_indent=" " * 11))
    return 0


def _facts(known: formats.Format) -> dict[str, Any]:
    return {
        "name": known.name,
        "endings": list(known.suffixes),
        "label": known.label,
        "reads": known.read is not None,
        "writes": True,
        "carries": known.carries,
    }
