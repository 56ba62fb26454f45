"""Gives reels their curves: the contained face and the whole one, by the teacher, from clean sound and phones.

koemorph-models teach-reels REELS

What the listener heard does not change with the teacher, so that a better one costs minutes.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from .reels import read_shard, save_targets, targets_path, taught


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reels", type=Path, help="what 'koemorph-models prepare' wrote")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="those that have curves as well")


def run(options: argparse.Namespace) -> None:
    paths = [path for path in sorted(options.reels.rglob("*.npz")) if options.again or not targets_path(path).is_file()]
    with ProcessPoolExecutor(options.workers) as pool:
        for done, _ in enumerate(pool.map(_teach_shard, paths), 1):
            if done % 20 == 0 or done == len(paths):
                print(f"{done}/{len(paths)} shards", flush=True)


def _teach_shard(path: Path) -> None:
    save_targets(path, [taught(reel) for reel in read_shard(path)])
