"""Open a window with the face, the curves and all settings of a line. Needs 'koemorph[panel]'."""

from __future__ import annotations

import argparse
from pathlib import Path

from .flags import MODEL_HELP


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", nargs="?", type=Path, metavar="AUDIO|TAKE", help="what to open")
    parser.add_argument("--language", metavar="CODE", help="en, ja or de (default: the system's)")
    parser.add_argument("--model", type=Path, metavar="FOLDER", help=MODEL_HELP)
    parser.add_argument("--link", metavar="ADDRESS", help="for hosts, which start the panel so")


def run(options: argparse.Namespace) -> int:
    from ..panel.app import run as run_panel

    return run_panel(options.source, options.link, options.language, options.model)
