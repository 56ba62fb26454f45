"""Gives reels their curves: the contained face and the whole one, by the teacher, from clean sound and phones.

koemorph-models teach-reels REELS

What the listener heard does not change with the teacher, so that a better one costs minutes. With a mouth reader
(`train-mouth`) the mouth goes as a filmed one would, wherever the phones leave it open; it was taught on clean sound,
so that reels which were disturbed go by the rules alone.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from ..mouth.reader import MouthReader
from .reels import PLAIN, read_shard, save_targets, targets_path, taught


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reels", type=Path, help="what 'koemorph-models prepare' wrote")
    parser.add_argument("--reader", type=Path, help="what 'koemorph-models train-mouth' wrote")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="those that have curves as well")


def run(options: argparse.Namespace) -> None:
    paths = [path for path in sorted(options.reels.rglob("*.npz")) if options.again or not targets_path(path).is_file()]
    with ProcessPoolExecutor(options.workers) as pool:
        teach = partial(_teach_shard, options.reader)
        for done, _ in enumerate(pool.map(teach, paths), 1):
            if done % 20 == 0 or done == len(paths):
                print(f"{done}/{len(paths)} shards", flush=True)


def _teach_shard(reader: Path | None, path: Path) -> None:
    follows = MouthReader.load(reader) if reader and f"-{PLAIN}-" in path.name else None
    save_targets(path, [taught(reel, follows) for reel in read_shard(path)])
