"""Recorded human speech with transcripts: one folder per corpus, each with `transcripts.tsv`.

Its columns are file, speaker, language, text and, if the corpus knows it, group (man, woman or child).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from koemorph.speech.symbols import tables

from .utterance import SILENCE, Phone, Utterance

_PAUSES: Final = ("SIL", "SPN", "spn", "sil", "sp")


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
                yield Utterance(
                    id=name,
                    audio=audio,
                    speaker=speaker,
                    group=group,
                    language=row["language"],
                    source=corpus,
                    text=text,
                    phones=(),
                )


def read_timed(root: Path) -> Iterator[Utterance]:
    """Those whose phones somebody else has placed, in a corpus's `phones.jsonl`: what an aligner is judged by."""
    placed: dict[str, tuple[Phone, ...]] = {}
    for listing in sorted(root.glob("*/phones.jsonl")):
        for line in listing.read_text("utf-8").splitlines():
            told = json.loads(line)
            phones = (_placed(phone) for word in told["words"] for phone in word["phones"])
            placed[f"{listing.parent.name}-{told['id']}"] = tuple(phones)
    for utterance in read_corpora(root):
        if utterance.id in placed and (root / utterance.audio).is_file():
            yield replace(utterance, phones=placed[utterance.id])


def _placed(told: Mapping[str, Any]) -> Phone:
    """As other aligners write it: stress and length beside the symbol, two letters for a diphthong, names of pauses."""
    written = str(told["phone"])
    symbol = written.strip("\u02c8\u02cc\u02d0")
    if symbol not in tables().fold:
        symbol = SILENCE if written in _PAUSES else symbol[:1]
    start = float(told["start"])
    return Phone(symbol=symbol, start=start, end=start + float(told["duration"]))


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
