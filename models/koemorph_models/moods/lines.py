"""The lines that moods are learned from: acted ones with their mood, read ones that are nothing special."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from koemorph.moods import NEUTRAL

from ..errors import DataError


@dataclass(frozen=True, kw_only=True)
class Line:
    audio: Path
    speaker: str
    corpus: str
    language: str
    mood: str
    acted: bool
    """Whether somebody was asked to show a mood; what is only read is neutral."""


def read_lines(root: Path) -> Iterator[Line]:
    """Every line of the corpora below `root`, a folder each; the emotion column of `transcripts.tsv` is the mood."""
    listings = sorted(root.glob("*/transcripts.tsv"))
    if not listings:
        raise DataError(f"{root} has no corpus: a folder with transcripts.tsv.")
    for listing in listings:
        corpus = listing.parent.name
        with listing.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield Line(
                    audio=listing.parent / row["file"],
                    speaker=f"{corpus}-{row['speaker']}",
                    corpus=corpus,
                    language=row["language"],
                    mood=row.get("emotion") or NEUTRAL,
                    acted="emotion" in row,
                )
