"""The lines that moods are learned from, as they were heard for training: the tones of reels, and whose line is where.

A reel strings lines of one speaker together. Which ones is read back from their phones, in the order in which the
preparation took them; what was cut off or does not match is left out. Acted lines have their mood in the emotion
column of their corpus' `transcripts.tsv`; whatever is only read is neutral.
"""

from __future__ import annotations

import csv
import random
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from koemorph.features.listener import Hear
from koemorph.files import atomic
from koemorph.moods import NEUTRAL
from koemorph.moods.hearing import CELL_SECONDS, pooled
from koemorph.timing import SAMPLE_RATE

from ..errors import DataError
from ..listener import hear
from ..speech.sound import at_level, load
from ..speech.utterance import SILENCE, Phone, Utterance, read_utterances
from ..training.reels import SHARD, Reel, read_shard

LEAST_INSIDE: Final = 0.6
"""The share of a cell that lies in a line, for the cell to be the line's."""
SOUNDING: Final = 10 ** (-45 / 20)
_FACTS: Final = ("id", "speaker", "corpus", "mood", "acted", "disturbed")
_NAME: Final = re.compile(r"(?P<speaker>.+)-(?P<variant>[a-z]+)-(?P<number>\d+)")

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False, kw_only=True)
class Line:
    """One line as it was heard: mean and spread around each of its cells (cells, 1024), and the sound there is."""

    id: str
    speaker: str
    corpus: str
    mood: str
    acted: bool
    disturbed: bool
    features: Array
    heard: Array


@dataclass(frozen=True, kw_only=True)
class Acted:
    """A line that somebody was asked to show a mood in."""

    id: str
    audio: Path
    speaker: str
    corpus: str
    mood: str


def acted_lines(corpora: Path) -> Iterator[Acted]:
    """Those of a folder of corpora: the emotion column of `transcripts.tsv` is the mood."""
    for listing in sorted(corpora.glob("*/transcripts.tsv")):
        corpus = listing.parent.name
        with listing.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row.get("emotion"):
                    audio = listing.parent / row["file"]
                    speaker = f"{corpus}-{row['speaker']}"
                    name = f"{corpus}-{audio.stem}"
                    yield Acted(id=name, audio=audio, speaker=speaker, corpus=corpus, mood=row["emotion"])


def hear_acted(lines: Sequence[Acted], listener: Hear) -> Iterator[Line]:
    """Lines as they are, each alone."""
    for line in lines:
        samples = at_level(load(line.audio))
        tones = hear(samples, listener).tones
        features, heard = pooled(tones, _sound(samples, len(tones)))
        facts = {"id": line.id, "speaker": line.speaker, "corpus": line.corpus, "mood": line.mood}
        yield Line(**facts, acted=True, disturbed=False, features=features, heard=heard)


def read_material(folder: Path, listed: Path, moods: Mapping[str, str], most: int) -> Iterator[Line]:
    """The lines of the reels below `folder` that were made of a list; of read ones at most so many of a shard.

    `moods` has those of acted lines by their ids.
    """
    speakers: dict[str, list[Utterance]] = {}
    for utterance in sorted(read_utterances(listed), key=lambda one: one.id):
        speakers.setdefault(f"{utterance.source}-{utterance.speaker}", []).append(utterance)
    shards = sorted(folder.rglob("*.npz"))
    if not shards:
        raise DataError(f"{folder} has no reels.")
    for path in shards:
        name = _NAME.fullmatch(path.stem)
        if name is None or name["speaker"] not in speakers:
            continue
        own = speakers[name["speaker"]]
        order = random.Random(zlib.crc32(f"{name['speaker']}/{name['variant']}".encode())).sample(own, len(own))
        taken = list(reversed(order[int(name["number"]) * SHARD :][:SHARD]))
        lines = _lines(read_shard(path), taken, moods, name["variant"] != "plain")
        for count, line in enumerate(lines):
            if count >= most and not line.acted:
                break
            yield line


def _lines(
    reels: Sequence[Reel], waiting: Sequence[Utterance], moods: Mapping[str, str], disturbed: bool
) -> Iterator[Line]:
    left = list(waiting)
    for reel in reels:
        tones, sound = reel.tones.astype(np.float32), _sound(reel.samples, len(reel.tones))
        for utterance, begin, end in _found(reel.phones, left):
            own = _cells(begin, end, len(tones))
            if len(own) < 2:
                continue
            features, heard = pooled(tones[own], sound[own])
            yield Line(
                id=utterance.id,
                speaker=utterance.speaker,
                corpus=utterance.source,
                mood=moods.get(utterance.id, NEUTRAL),
                acted=utterance.id in moods,
                disturbed=disturbed,
                features=features,
                heard=heard,
            )


def _found(phones: Sequence[Phone], left: list[Utterance]) -> Iterator[tuple[Utterance, float, float]]:
    """The next utterances in a reel's phones, and from when to when; what is found is taken off `left`."""
    at = 0
    while at < len(phones) and left:
        if not left[0].phones:
            left.pop(0)
            continue
        wanted = [phone.symbol for phone in left[0].phones]
        given = [phone.symbol for phone in phones[at : at + len(wanted)]]
        if given == wanted:
            yield left.pop(0), phones[at].start, phones[at + len(wanted) - 1].end
            at += len(wanted)
        elif at + len(wanted) > len(phones) and given == wanted[: len(given)]:
            left.pop(0)  # cut off
            return
        elif phones[at].symbol == SILENCE:
            at += 1  # the pause between two
        else:
            left.pop(0)  # too short to be taken


def _cells(begin: float, end: float, count: int) -> NDArray[np.int64]:
    cells = np.arange(count)
    inside = np.minimum((cells + 1) * CELL_SECONDS, end) - np.maximum(cells * CELL_SECONDS, begin)
    return np.flatnonzero(inside >= LEAST_INSIDE * CELL_SECONDS)


def _sound(sound: Array, cells: int) -> Array:
    """(cells,): the share of each that sounds."""
    frame, per_cell = SAMPLE_RATE // 50, round(CELL_SECONDS * 50)
    samples = np.zeros(cells * per_cell * frame, np.float32)
    samples[: len(sound)] = sound[: len(samples)]
    loud = np.sqrt((samples.reshape(-1, frame) ** 2).mean(axis=1)) > SOUNDING
    return np.asarray(loud.reshape(cells, per_cell).mean(axis=1), np.float32)


def save_material(path: Path, lines: Sequence[Line]) -> None:
    arrays: dict[str, Any] = {name: np.array([getattr(line, name) for line in lines]) for name in _FACTS}
    features = np.concatenate([line.features for line in lines]).astype(np.float16)
    heard = np.concatenate([line.heard for line in lines])
    with atomic(path) as handle:
        np.savez(handle, features=features, heard=heard, cells=[len(line.heard) for line in lines], **arrays)


def load_material(path: Path) -> list[Line]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            ends = np.cumsum(stored["cells"])
            features = np.split(stored["features"].astype(np.float32), ends[:-1])
            heard = np.split(stored["heard"], ends[:-1])
            columns = [stored[name].tolist() for name in _FACTS]
    except (OSError, KeyError, ValueError) as err:
        raise DataError(f"{path} is not what 'koemorph-models hear-moods' writes ({err}).") from err
    return [
        Line(**dict(zip(_FACTS, facts, strict=True)), features=own, heard=sound)
        for own, sound, *facts in zip(features, heard, *columns, strict=True)
    ]
