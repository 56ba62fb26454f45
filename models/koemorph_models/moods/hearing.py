"""What moods are learned from, in one file: acted lines, and read ones as nothing special, as they are heard."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Final

from ..listener import open_listener
from .material import PLAIN, VARIANTS, hear_line, save_material, spoken_lines

OF_READING: Final = (PLAIN, "somewhere")
"""There is enough of it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", type=Path, help="the .npz to write")
    parser.add_argument("corpora", type=Path, nargs="+", help="folders of corpora; those with an emotion are acted")
    parser.add_argument("--listener", type=Path, required=True, help="listener.onnx")
    parser.add_argument("--readers", type=int, default=60, help="at most so many of a corpus (%(default)s)")
    parser.add_argument("--lines", type=int, default=4, help="of a reader, four times as many of one alone")


def run(options: argparse.Namespace) -> int:
    listener = open_listener(options.listener)
    spoken = [line for root in options.corpora for line in spoken_lines(root, options.readers, options.lines)]
    lines = []
    for number, line in enumerate(spoken, 1):
        lines += [hear_line(line, variant, listener) for variant in (VARIANTS if line.acted else OF_READING)]
        if number % 25 == 0:
            print(f"{number} of {len(spoken)} heard", flush=True)
    save_material(options.output, lines)
    print(f"{len(lines)} hearings: {dict(Counter(line.mood for line in lines))}")
    return 0
