"""Training: `python -m koemorph_models.training prepare | train --help`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from ..speech.utterance import Utterance, read_utterances
from . import reels as making
from .split import Part, shipped_split
from .trainer import TrainingPlan, train

VALIDATION_REELS = 64


def _prepare(options: argparse.Namespace) -> None:
    """Shards of the training and the validation part, in folders named after them."""
    split, shards = shipped_split(), []
    for entry in options.list:
        listed, _, root = entry.partition("=")
        base = Path(root) if root else Path(listed).parent
        utterances = list(read_utterances(Path(listed)))
        for part, variants in ((Part.TRAIN, (False, True)), (Part.VALIDATION, (False,))):
            own = [utterance for utterance in utterances if split.part(utterance) is part]
            for warped in variants:
                shards += making.plan(
                    options.folder / part.value / _origin(own) / Path(listed).parent.name, base, own, warped
                )
    making.prepare(shards, options.workers)


def _origin(utterances: Iterable[Utterance]) -> str:
    synthetic = {"espeak", "flite", "festival"}
    return "synthetic" if {utterance.source for utterance in utterances} & synthetic else "human"


def _train(options: argparse.Namespace) -> None:
    human, synthetic, validation = (
        [reel for path in sorted((options.reels / name).rglob("*.npz")) for reel in making.read_shard(path)]
        for name in ("train/human", "train/synthetic", "validation/human")
    )
    print(json.dumps({"human": len(human), "synthetic": len(synthetic), "validation": len(validation)}), flush=True)
    plan = TrainingPlan(
        **{name: getattr(options, name) for name in vars(options) if name in TrainingPlan.__dataclass_fields__}
    )
    groups = [(human, options.human_share), (synthetic, 1 - options.human_share)]
    print(train(plan, groups, validation[:: max(1, len(validation) // VALIDATION_REELS)]))


def main() -> int:
    parser = argparse.ArgumentParser(prog="koemorph_models.training", description=__doc__)
    commands = parser.add_subparsers(required=True)

    command = commands.add_parser("prepare", help="utterances to reels with targets (goes on where it stopped)")
    command.add_argument("folder", type=Path)
    command.add_argument("list", nargs="+", help="utterances.jsonl, or utterances.jsonl=FOLDER of its audio")
    command.add_argument("--workers", type=int, default=2)
    command.set_defaults(run=_prepare)

    command = commands.add_parser("train", help="train, or go on training")
    command.add_argument("reels", type=Path)
    command.add_argument("folder", type=Path)
    command.add_argument("--human-share", type=float, default=0.72)
    for name, default in TrainingPlan.__dataclass_fields__.items():
        if name != "folder":
            kind = Path if name == "start" else type(default.default)
            command.add_argument(f"--{name.replace('_', '-')}", type=kind, default=default.default)
    command.set_defaults(run=_train)

    options = parser.parse_args()
    options.run(options)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
