"""Gives reels their curves: the contained face and the whole one, by the teacher, from clean sound and phones.

koemorph-models teach-reels REELS

What the listener heard does not change with the teacher, so that a better one costs minutes. With a mouth reader
(`train-mouth`) the mouth goes as a filmed one would, wherever the phones leave it open; it was taught on clean sound,
and so it hears the clean sound of reels that were disturbed, not what the network hears of them.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from koemorph.features.listener import Hear
from koemorph.model import LISTENER_NAME, shipped_model

from ..listener import hear, open_listener
from ..mouth.reader import MouthReader
from ..teacher.heard import MouthCourse
from .reels import EDGE, Reel, read_shard, save_targets, targets_path, taught
from .stringing import PLAIN


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reels", type=Path, help="what 'koemorph-models prepare' wrote")
    parser.add_argument("--reader", type=Path, help="what 'koemorph-models train-mouth' wrote")
    ears = shipped_model() / LISTENER_NAME
    parser.add_argument("--listener", type=Path, default=ears, help="what the reader was taught on (the shipped one)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="those that have curves as well")


def run(options: argparse.Namespace) -> None:
    paths = [path for path in sorted(options.reels.rglob("*.npz")) if options.again or not targets_path(path).is_file()]
    with ProcessPoolExecutor(options.workers) as pool:
        teach = partial(_teach_shard, options.reader, options.listener)
        for done, _ in enumerate(pool.map(teach, paths), 1):
            if done % 20 == 0 or done == len(paths):
                print(f"{done}/{len(paths)} shards", flush=True)


def _teach_shard(reader: Path | None, listener: Path, path: Path) -> None:
    courses = _Courses(reader, None if f"-{PLAIN}-" in path.name else listener) if reader else None
    save_targets(path, [taught(reel, courses.of(reel) if courses else None) for reel in read_shard(path)])


class _Courses:
    """How the mouth of each reel goes; with a listener by its clean sound, else by what its features heard."""

    def __init__(self, reader: Path, listener: Path | None) -> None:
        self._reader = MouthReader.load(reader)
        self._listener: Hear | None = open_listener(listener) if listener else None

    def of(self, reel: Reel) -> MouthCourse:
        clean = reel.features[EDGE:-EDGE] if self._listener is None else hear(reel.samples, self._listener).features
        return self._reader.course(clean)
