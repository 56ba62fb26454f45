"""Aligns whole corpora of human speech, in several processes, and leaves out what was aligned worst.

koemorph-models align-corpus CORPORA FOLDER --aligner aligner.pt
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch

from ..data.split import Part, shipped_split
from .alignment import AlignmentFailed, align
from .classifier import Aligner
from .corpora import read_corpora
from .reading import read_text
from .sound import load
from .utterance import Utterance, write_utterances

WORST: Final = 0.07
_aligner: Aligner | None = None
_root = Path()


@dataclass(frozen=True)
class Aligned:
    utterance: Utterance
    score: float


def align_corpora(
    root: Path, checkpoint: Path, listener: Path, folder: Path, workers: int = 2, worst: float = WORST
) -> int:
    """Writes `utterances.jsonl` and `scores.tsv` into `folder`, audio relative to `root`; returns how many it kept."""
    done = list(aligned(list(read_corpora(root)), root, checkpoint, listener, workers))
    limit = float(np.quantile([one.score for one in done], worst))
    kept = [one.utterance for one in done if one.score >= limit]
    lines = [
        f"{one.utterance.id}\t{one.score:.4f}\t{'kept' if one.score >= limit else 'left out'}"
        for one in sorted(done, key=lambda one: one.score)
    ]
    count = write_utterances(folder / "utterances.jsonl", kept)
    (folder / "scores.tsv").write_text("\n".join(["id\tscore\tkept", *lines]) + "\n", "utf-8")
    return count


def aligned(
    entries: Sequence[Utterance], root: Path, checkpoint: Path, listener: Path, workers: int
) -> Iterator[Aligned]:
    """Alignments in the order of `entries`; those whose text cannot fit are told and left out."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _prepare, (root, checkpoint, listener)) as pool:
        for number, result in enumerate(pool.map(_one, entries, chunksize=32), 1):
            if number % 500 == 0 or number == len(entries):
                print(f"{number}/{len(entries)} aligned", flush=True)
            if isinstance(result, str):
                print(result, flush=True)
            else:
                yield result


def _prepare(root: Path, checkpoint: Path, listener: Path) -> None:
    global _aligner, _root
    torch.set_num_threads(1)
    _aligner, _root = Aligner.load(checkpoint, listener), root


def _one(entry: Utterance) -> Aligned | str:
    assert _aligner is not None
    try:
        # By whom a model is measured is labelled as dictionaries have it, not as its own ears would.
        as_written = shipped_split().part(entry) is Part.TEST
        text = read_text(entry.text, entry.language, as_written=as_written)
        found = align(load(_root / entry.audio), text, _aligner)
    except AlignmentFailed as error:
        return f"{entry.id}: {error}"
    return Aligned(replace(entry, phones=found.phones), found.score)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("root", type=Path, help="folder of corpora, each with transcripts.tsv")
    parser.add_argument("folder", type=Path, help="where utterances.jsonl and scores.tsv go")
    parser.add_argument("--aligner", type=Path, required=True)
    parser.add_argument("--listener", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--worst", type=float, default=WORST, help="share to leave out")


def run(options: argparse.Namespace) -> None:
    count = align_corpora(
        options.root, options.aligner, options.listener, options.folder, options.workers, options.worst
    )
    print(f"{count} utterances in {options.folder / 'utterances.jsonl'}")
