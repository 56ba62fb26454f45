"""What moods are learned from, in one file: acted lines, and read ones as nothing special, as they are heard."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from ..listener import open_listener
from .material import acted_lines, hear_acted, read_material, save_material


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", type=Path, help="the .npz to write")
    parser.add_argument("reels", type=Path, help="reels, as 'koemorph-models prepare' makes them")
    parser.add_argument("list", type=Path, help="the utterances.jsonl that they were made of")
    parser.add_argument("corpora", type=Path, nargs="+", help="folders of corpora; those with an emotion are acted")
    parser.add_argument("--listener", type=Path, required=True, help="listener.onnx")
    parser.add_argument("--read", type=int, default=8, help="at most so many read lines of a shard")


def run(options: argparse.Namespace) -> int:
    acted = [line for root in options.corpora for line in acted_lines(root)]
    lines = list(read_material(options.reels, options.list, {line.id: line.mood for line in acted}, options.read))
    plain = {line.id for line in lines if not line.disturbed}
    print(f"{len(lines)} lines from reels, {sum(line.acted for line in lines)} of them acted", flush=True)
    missing = [line for line in acted if line.id not in plain]
    for number, line in enumerate(hear_acted(missing, open_listener(options.listener)), 1):
        lines.append(line)
        if number % 25 == 0:
            print(f"{number} of {len(missing)} acted ones heard", flush=True)
    save_material(options.output, lines)
    print(f"{len(lines)} lines: {dict(Counter(line.mood for line in lines))}")
    return 0
