"""How far are aligned phone starts from true ones? Measured on utterances whose times are known.

    koemorph-models evaluate-aligner UTTERANCES.jsonl --aligner aligner.pt --listener listener.onnx
    koemorph-models evaluate-aligner CORPORA --aligner aligner.pt --listener listener.onnx --count 100

A folder of corpora gives the lines whose phones somebody else has placed, in `phones.jsonl`.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from .alignment import AlignmentFailed, align
from .classifier import Aligner
from .corpora import read_timed
from .reading import spoken
from .sound import load
from .utterance import SILENCE, Utterance, read_utterances

LIPS: Final = frozenset("pbm")
HEADER: Final = "| speech | phones | bias ms | median ms | p90 ms | within 20 ms % | within 30 ms % |"


@dataclass(kw_only=True)
class Errors:
    """Signed errors (seconds, late is positive) of phone starts and of the releases of p and b."""

    every: list[float] = field(default_factory=list)
    lips: list[float] = field(default_factory=list)
    releases: list[float] = field(default_factory=list)


def measure(root: Path, utterances: Iterable[Utterance], aligner: Aligner) -> dict[str, Errors]:
    """Errors by speaker; the aligner gets the true phones and where words may be parted, but no times."""
    found: dict[str, Errors] = {}
    for entry in utterances:
        errors = found.setdefault(f"{entry.source} {entry.speaker}", Errors())
        try:
            placed = align(load(root / entry.audio), spoken(entry.phones), aligner).phones
        except AlignmentFailed:
            continue
        true = [phone for phone in entry.phones if phone.symbol != SILENCE]
        mine = [phone for phone in placed if phone.symbol != SILENCE]
        for wanted, got in zip(true, mine, strict=False):  # a recording may end before its text does
            error = got.start - wanted.start
            errors.every.append(error)
            if wanted.symbol in LIPS:
                errors.lips.append(error)
            if wanted.symbol in "pb" and wanted.release is not None and got.release is not None:
                errors.releases.append(got.release - wanted.release)
    return found


def table(found: dict[str, Errors]) -> str:
    """A Markdown table: every speaker, then all together, then p b m alone and the releases of p and b."""
    rows = [row(name, errors.every) for name, errors in sorted(found.items())]
    together = Errors()
    for errors in found.values():
        together.every += errors.every
        together.lips += errors.lips
        together.releases += errors.releases
    rows += [row("**all**", together.every), row("p b m", together.lips), row("release of p b", together.releases)]
    return "\n".join([HEADER, "|---|" + "---|" * 6, *rows])


def row(name: str, errors: Sequence[float]) -> str:
    if not errors:
        return f"| {name} | 0 | | | | | |"
    ms = 1000 * np.array(errors)
    away = np.abs(ms)
    within = [f"{100 * np.mean(away <= limit):.0f}" for limit in (20.0, 30.0)]
    numbers = [f"{np.median(ms):+.0f}", f"{np.median(away):.0f}", f"{np.percentile(away, 90):.0f}", *within]
    return f"| {name} | {len(ms)} | " + " | ".join(numbers) + " |"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("list", type=Path, help="utterances.jsonl, or a folder of corpora with phones.jsonl")
    parser.add_argument("--aligner", type=Path, required=True)
    parser.add_argument("--listener", type=Path, required=True)
    parser.add_argument("--speakers", default="", help="only these, with commas between")
    parser.add_argument("--count", type=int, help="so many lines, drawn the same way each time")


def run(options: argparse.Namespace) -> None:
    chosen = {name for name in options.speakers.split(",") if name}
    folder = options.list.is_dir()
    told = read_timed(options.list) if folder else read_utterances(options.list)
    entries = [entry for entry in told if not chosen or entry.speaker in chosen]
    if options.count is not None and options.count < len(entries):
        entries = random.Random(1).sample(entries, options.count)
    root = options.list if folder else options.list.parent
    print(table(measure(root, entries, Aligner.load(options.aligner, options.listener))))
