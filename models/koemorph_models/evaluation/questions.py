"""How often a question is heard as one: lines written with a question mark, and statements, by their melody."""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.features.mel import sound_level
from koemorph.features.melody import MELODY_RATE, melody
from koemorph.performance.phrases import phrases
from koemorph.performance.questions import heard
from koemorph.take import Curves
from koemorph.timing import SAMPLE_RATE, FrameRate

from ..speech.sound import at_level, load

SIXTY: Final = FrameRate.parse("60")
SHOWN: Final = 0.3
"""A head that tilts less far than this share of a full tilt is not seen to."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("corpora", type=Path, nargs="+", help="folders with transcripts.tsv")
    parser.add_argument("--count", type=int, default=120, help="lines of each kind of a corpus (%(default)s)")
    parser.add_argument("-o", "--output", type=Path, help="the table as JSON as well")


def run(options: argparse.Namespace) -> int:
    facts = {}
    for corpus in options.corpora:
        with (corpus / "transcripts.tsv").open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
        kinds = {
            "questions": [row for row in rows if row["text"].strip().endswith("?")],
            "statements": [row for row in rows if "?" not in row["text"]],
        }
        facts[corpus.name] = {
            kind: _told([corpus / row["file"] for row in random.Random(0).sample(own, min(options.count, len(own)))])
            for kind, own in kinds.items()
        }
    text = json.dumps(facts, indent=1)
    print(text)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    return 0


def _told(lines: Sequence[Path]) -> dict[str, float]:
    told = [bool((asked(at_level(load(line))) > SHOWN).any()) for line in lines]
    return {"lines": len(told), "heard as a question": round(float(np.mean(told)), 3)} if told else {"lines": 0}


def asked(samples: NDArray[np.float32]) -> Curves:
    """How much each frame of 60 fps belongs to a question."""

    def read(start: int, stop: int) -> NDArray[np.float32]:
        inside = samples[max(start, 0) : max(stop, 0)]
        return np.pad(inside, (max(-start, 0), stop - max(start, 0) - len(inside)))

    frames = len(samples) * 60 // SAMPLE_RATE + 2
    level = sound_level(read, 0, frames, SIXTY)
    spoken = phrases(np.zeros((frames, 52), np.float32), level, SIXTY)
    return heard(melody(read, 0, -(-frames * MELODY_RATE // 60)), level, spoken[-1:], SIXTY)
