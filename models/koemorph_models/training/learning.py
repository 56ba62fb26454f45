"""Train a model from reels, or go on training where it stopped.

In several processes: torchrun --nproc-per-node 2 --module koemorph_models train REELS RUN

Writes checkpoint.pt (to go on from), weights.pt (averaged, to export), metrics.jsonl and TensorBoard's board/.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from ..data.split import Part
from ..errors import DataError
from ..network import CONFIGS
from ..speech.classifier import Aligner
from . import loop
from .preparation import HUMAN, SYNTHETIC
from .reels import Reel, learnt_from
from .trainer import BATCH, train

VALIDATION_REELS: Final = 64
STEPS: Final = 11400


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reels", type=Path, help="what 'koemorph-models prepare' wrote")
    loop.add_plan(parser, steps=STEPS, workers=1)
    parser.add_argument("--batch", type=int, default=BATCH, help="crops of speech in a step (%(default)s)")
    parser.add_argument("--start", type=Path, help="weights.pt of another run to begin with, instead of chance")
    parser.add_argument("--phones", type=Path, help="the phone head, by train-phones; not needed with --start")
    parser.add_argument("--network", choices=CONFIGS, default="koemorph", help="its size (%(default)s)")
    parser.add_argument("--human-share", type=float, default=0.72, help="of each batch, against synthetic speech")


def spread(reels: list[Reel], count: int = VALIDATION_REELS) -> list[Reel]:
    """At most `count` of them, evenly."""
    return reels[:: max(1, -(-len(reels) // count))]


def run(options: argparse.Namespace) -> None:
    if options.start and not options.start.is_file():
        raise DataError(f"There are no weights {options.start}; name some with --start, or leave it out.")
    human, synthetic = (learnt_from(options.reels / Part.TRAIN.value / origin) for origin in (HUMAN, SYNTHETIC))
    if not human and not synthetic:
        raise DataError(f"There are no reels in {options.reels}; make them with 'koemorph-models prepare'.")
    watched = spread(learnt_from(options.reels / Part.VALIDATION.value / HUMAN))
    print(f"{len(human)} human and {len(synthetic)} synthetic reels, {len(watched)} to watch", flush=True)
    share = options.human_share if human and synthetic else float(bool(human))
    if not options.phones and not options.start:
        raise DataError("A network begins with a phone head: name one with --phones, as 'train-phones' writes it.")
    phones = Aligner.load(options.phones, Path()).head if options.phones else None
    groups = [(human, share), (synthetic, 1 - share)]
    given = {"batch": options.batch, "start": options.start}
    print(train(loop.plan_of(options), groups, watched, CONFIGS[options.network], phones, **given))
