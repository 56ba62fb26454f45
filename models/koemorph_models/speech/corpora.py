"""Recorded human speech with transcripts: one folder per corpus, each with `transcripts.tsv`.

Its columns are file, speaker, language, text and, if the corpus knows it, group (man, woman or child).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from .utterance import Utterance


def read_corpora(root: Path) -> Iterator[Utterance]:
    """Every recording below `root`, phones still to come; `audio` is relative to `root`, unknown groups are empty."""
    for listing in sorted(root.glob("*/transcripts.tsv")):
        corpus = listing.parent.name
        with listing.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
                name = f"{corpus}-{Path(row['file']).stem}"
                group = row.get("group") or groups().get(corpus, {}).get(row["speaker"], "")
                speaker = f"{corpus}-{row['speaker']}"
                audio = f"{corpus}/{row['file']}"
                text = said().get(corpus, {}).get(row["text"], row["text"])
                yield Utterance(name, audio, speaker, group, row["language"], corpus, text, ())


@cache
def groups() -> Mapping[str, Mapping[str, str]]:
    """Corpus -> speaker -> man, woman or child."""
    data: dict[str, dict[str, dict[str, str]]] = json.loads(
        files(__package__).joinpath("groups.json").read_text("utf-8")
    )
    corpora = {*data["stated"], *data["estimated"]}
    return {name: {**data["estimated"].get(name, {}), **data["stated"].get(name, {})} for name in corpora}


@cache
def said() -> Mapping[str, Mapping[str, str]]:
    """Corpus -> a transcript that everybody reads otherwise -> what they say."""
    data: dict[str, dict[str, str]] = json.loads(files(__package__).joinpath("said.json").read_text("utf-8"))
    return data
