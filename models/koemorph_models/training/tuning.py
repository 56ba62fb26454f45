"""Fine-tune a model on your own captures: a data set in, weights out, ready for 'koemorph-models export'.

    koemorph-models finetune CAPTURES RUN
    koemorph-models export RUN/weights.pt MODEL

Speakers of the data set are learned from or watched as its speakers.tsv says, else by their names.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from koemorph.model import LISTENER_NAME, shipped_model

from ..data.dataset import read_dataset
from ..data.parts import by_part
from ..data.split import Part
from ..errors import DataError
from . import loop
from .captures import reels_of
from .learning import spread
from .trainer import BATCH, train

SHIPPED: Final = Path(__file__).parents[2] / "checkpoint" / "koemorph.pt"
"""The shipped model's weights as training needs them; in a checkout, not in the installed package."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", type=Path, help="a folder that 'koemorph-models validate' has no complaints about")
    loop.add_plan(parser, steps=1500, rate=2e-4, warm_up=100, workers=1)
    parser.add_argument("--batch", type=int, default=BATCH, help="crops of speech in a step (%(default)s)")
    parser.add_argument("--listener", type=Path, default=shipped_model() / LISTENER_NAME, help="the shipped model's")
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="to begin with (the shipped model's)")


def run(options: argparse.Namespace) -> None:
    if not options.weights.is_file():
        raise DataError(f"There are no weights {options.weights}; name some with --weights.")
    parts = by_part(read_dataset(options.dataset).recordings)
    reels, watched = (list(reels_of(parts[part], options.listener)) for part in (Part.TRAIN, Part.VALIDATION))
    if not reels:
        raise DataError(f"{options.dataset} has nothing to learn from; mark speakers as train in its speakers.tsv.")
    print(f"{len(reels)} recordings, {len(watched)} to watch", flush=True)
    given = {"batch": options.batch, "start": options.weights}
    print(train(loop.plan_of(options), [(reels, 1.0)], spread(watched), **given))
