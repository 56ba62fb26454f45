"""Utterances with phone times to reels as the listener hears them; goes on where it stopped.

Speakers kept for the tables (split.json) are left out, those kept for watching go into a folder of their own.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from ..data.split import Part, shipped_split
from ..speech.engines import ENGINES
from ..speech.utterance import Utterance, read_utterances
from .stringing import VARIANTS, plan, prepare

HUMAN: Final = "human"
SYNTHETIC: Final = "synthetic"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="where the reels go")
    parser.add_argument("list", nargs="+", help="utterances.jsonl, or utterances.jsonl=FOLDER of its audio")
    parser.add_argument("--listener", type=Path, required=True, help="listener.onnx")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--workers", type=int, default=2)


def run(options: argparse.Namespace) -> None:
    split, shards = shipped_split(), []
    for entry in options.list:
        listed, _, root = entry.partition("=")
        base = Path(root) if root else Path(listed).parent
        utterances = list(read_utterances(Path(listed)))
        for part, variants in ((Part.TRAIN, options.variants), (Part.VALIDATION, VARIANTS[:2])):
            for origin in (HUMAN, SYNTHETIC):
                own = [one for one in utterances if split.part(one) is part and _origin(one) == origin]
                place = options.folder / part.value / origin / Path(listed).parent.name
                for variant in variants:
                    shards += plan(place, base, options.listener, own, variant)
    prepare(shards, options.workers)


def _origin(utterance: Utterance) -> str:
    return SYNTHETIC if utterance.source in ENGINES else HUMAN
