"""The lines that moods are learned from, as the listener hears them: acted ones, and read ones as nothing special.

A corpus is a folder with `transcripts.tsv`; where it has a column `emotion` its lines were acted in that mood, else
they are only read. Every line is heard as it is and through other microphones, rooms, telephones and at other speeds.
"""

from __future__ import annotations

import csv
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from koemorph.features.listener import Hear
from koemorph.features.mel import sound_level
from koemorph.files import atomic
from koemorph.moods import NEUTRAL
from koemorph.moods.hearing import LEVEL_FRAMES, sound_in_cells
from koemorph.timing import FrameRate

from ..errors import DataError
from ..listener import hear
from ..speech.sound import at_level, at_speed, load
from ..training.disturb import disturbed, equalised, reverberant, telephone

PLAIN: Final = "plain"
VARIANTS: Final = (PLAIN, "telephone", "room", "speed", "somewhere")
"""How a line is heard; `somewhere` is whatever the network's training goes through."""
SPEEDS: Final = ((0.86, 0.95), (1.05, 1.16))
_CLOCK: Final = FrameRate.parse("60")
_FACTS: Final = ("id", "speaker", "corpus", "language", "mood", "acted", "variant")

Array = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A line on disk: in which mood somebody was asked to say it, or that it was only read."""

    id: str
    audio: Path
    speaker: str
    corpus: str
    language: str
    mood: str
    acted: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Line:
    """One line as it was heard: the tones of its cells (cells, 1024), and the share of each that sounds."""

    id: str
    speaker: str
    corpus: str
    language: str
    mood: str
    acted: bool
    variant: str
    tones: Array
    sound: Array


def spoken_lines(corpora: Path, readers: int, lines: int) -> Iterator[Spoken]:
    """All acted lines of a folder of corpora; of the others so many lines each of so many readers."""
    for listing in sorted(corpora.glob("*/transcripts.tsv")):
        with listing.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
        own = [_spoken(listing.parent, row) for row in rows]
        yield from (line for line in own if line.acted)
        chance = random.Random(zlib.crc32(listing.parent.name.encode()))
        read = sorted({line.speaker for line in own if not line.acted})
        for speaker in sorted(chance.sample(read, min(readers, len(read)))):
            said = [line for line in own if line.speaker == speaker]
            yield from chance.sample(said, min(lines if len(read) > 1 else lines * 4, len(said)))


def _spoken(corpus: Path, row: dict[str, str]) -> Spoken:
    speaker = row["speaker"]
    return Spoken(
        id=f"{corpus.name}/{row['file']}",
        audio=corpus / row["file"],
        speaker=speaker if speaker.startswith(corpus.name) else f"{corpus.name}-{speaker}",
        corpus=corpus.name,
        language=row["language"],
        mood=row.get("emotion") or NEUTRAL,
        acted=bool(row.get("emotion")),
    )


def hear_line(line: Spoken, variant: str, listener: Hear) -> Line:
    """A line alone, as the engine would hear a recording of it."""
    samples = varied(at_level(load(line.audio)), variant, zlib.crc32(f"{line.id}/{variant}".encode()))
    tones = hear(samples, listener).tones

    def read(start: int, stop: int) -> Array:
        inside = samples[max(start, 0) : max(stop, 0)]
        return np.pad(inside, (max(-start, 0), stop - max(start, 0) - len(inside)))

    level = sound_level(read, 0, LEVEL_FRAMES * len(tones), _CLOCK)
    facts = {name: getattr(line, name) for name in _FACTS if name != "variant"}
    return Line(**facts, variant=variant, tones=tones, sound=sound_in_cells(level, LEVEL_FRAMES, len(tones)))


def varied(samples: Array, variant: str, seed: int) -> Array:
    """Samples at the reference level -> the same line elsewhere, at the reference level."""
    chance = np.random.default_rng(seed)
    if variant == "telephone":
        samples = telephone(samples, chance)
    elif variant == "room":
        samples = reverberant(equalised(samples, chance), chance)
    elif variant == "speed":
        samples = at_speed(samples, float(chance.choice([chance.uniform(*speeds) for speeds in SPEEDS])))
    elif variant == "somewhere":
        samples = disturbed(samples, samples[::-1].copy(), chance)
    return samples if variant == PLAIN else at_level(samples)


def save_material(path: Path, lines: Sequence[Line]) -> None:
    arrays: dict[str, Any] = {name: np.array([getattr(line, name) for line in lines]) for name in _FACTS}
    tones = np.concatenate([line.tones for line in lines]).astype(np.float16)
    sound = np.concatenate([line.sound for line in lines])
    with atomic(path) as handle:
        np.savez(handle, tones=tones, sound=sound, cells=[len(line.sound) for line in lines], **arrays)


def load_material(path: Path) -> list[Line]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            ends = np.cumsum(stored["cells"])[:-1]
            tones = np.split(stored["tones"].astype(np.float32), ends)
            sound = np.split(stored["sound"], ends)
            columns = [stored[name].tolist() for name in _FACTS]
    except (OSError, KeyError, ValueError) as err:
        raise DataError(f"{path} is not what 'koemorph-models hear-moods' writes ({err}).") from err
    return [
        Line(**dict(zip(_FACTS, facts, strict=True)), tones=own, sound=share)
        for own, share, *facts in zip(tones, sound, *columns, strict=True)
    ]
