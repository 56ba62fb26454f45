"""Train a model from reels, or go on training where it stopped.

In several processes: torchrun --nproc-per-node 2 --module koemorph_models train REELS RUN

Writes checkpoint.pt (to go on from), weights.pt (averaged, to export), metrics.jsonl and TensorBoard's board/.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Final

from ..data.split import Part
from ..errors import DataError
from ..network import CONFIGS
from ..speech.classifier import Aligner
from .preparation import HUMAN, SYNTHETIC
from .reels import Reel, learnt_from
from .trainer import TrainingPlan, train

VALIDATION_REELS: Final = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reels", type=Path, help="what 'koemorph-models prepare' wrote")
    add_plan(parser)
    parser.add_argument("--start", type=Path, help="weights.pt of another run to begin with, instead of chance")
    parser.add_argument("--phones", type=Path, help="the phone head, by train-phones; not needed with --start")
    parser.add_argument("--network", choices=CONFIGS, default="koemorph", help="its size (%(default)s)")
    parser.add_argument("--human-share", type=float, default=0.72, help="of each batch, against synthetic speech")


def add_plan(parser: argparse.ArgumentParser, **changed: float) -> None:
    """The folder of the run and the numbers of a TrainingPlan."""
    parser.add_argument("folder", type=Path, help="where the run keeps its checkpoint, weights and measurements")
    helps = {
        "steps": "steps in all",
        "batch": "crops of speech in a step",
        "rate": "highest learning rate",
        "warm_up": "steps in which the learning rate rises",
        "seed": "of weights and batches",
        "device": "cpu, cuda, cuda:1 ...",
        "workers": "processes that make batches",
        "threads": "of the training process",
        "every": "steps between checkpoints",
        "minutes": "stop after so long, with a checkpoint",
    }
    for name, text in helps.items():
        default = changed.get(name, TrainingPlan.__dataclass_fields__[name].default)
        shown = text if default == math.inf else f"{text} (%(default)s)"
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default, help=shown)


def plan_of(options: argparse.Namespace, start: Path | None = None) -> TrainingPlan:
    known = TrainingPlan.__dataclass_fields__
    chosen = {name: value for name, value in vars(options).items() if name in known}
    return TrainingPlan(**{**chosen, "start": start})


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
    print(train(plan_of(options, options.start), groups, watched, CONFIGS[options.network], phones))
