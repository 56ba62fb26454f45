"""Film speech: the shipped model animates it, our head is drawn. Goes on where it stopped.

SPEECH holds a folder for each corpus, with transcripts.tsv (file, speaker, language, text). Speakers are parted by
split.json: train (a few frames of each reel drawn), validation (likewise) and test (every frame drawn).
"""

from __future__ import annotations

import argparse
import random
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from koemorph.audio import SAMPLE_RATE, Clip
from koemorph.engine import Engine
from koemorph.files import atomic
from koemorph.preview.actor import Actor
from koemorph.preview.sheet import CLOSE
from koemorph.settings import Settings
from koemorph_flipbook.geometry import RATE, SIDE

from ..data.split import Part, shipped_split
from ..errors import DataError
from ..speech.corpora import read_corpora
from ..speech.sound import at_level, load
from ..speech.utterance import Utterance

REEL_SECONDS: Final = 25.0
PAUSE: Final = (0.2, 0.9)
HEARABLE: Final = Settings(blink_rate=0.0, gaze_strength=0.0, head_strength=0.0, asymmetry=0.0)
"""Without what the performance layer invents: nobody can hear when a face blinks."""


@dataclass(frozen=True, eq=False)
class Footage:
    """Sound at the reference level and what the face does to it at 30 fps, some frames of it as pictures."""

    audio: NDArray[np.int16]
    curves: NDArray[np.float16]
    """(T, 52)"""
    drawn: NDArray[np.int32]
    """Which frames have a picture, in order."""
    pictures: NDArray[np.uint8]
    """(drawn, 128, 128, 3), sRGB"""


@dataclass(frozen=True)
class Scene:
    """Some utterances of one speaker, to be filmed in a row; `frames` is how many are drawn, None all."""

    path: Path
    sounds: tuple[Path, ...]
    every: int


def scenes(speech: Path, folder: Path, minutes: float, every: int, held_out: float) -> list[Scene]:
    """`minutes` of training speakers drawn from all corpora; `held_out` seconds of each other group of speakers."""
    split = shipped_split()
    speakers: dict[tuple[Part, str, str], list[Utterance]] = {}
    for utterance in read_corpora(speech):
        part = split.part(utterance)
        group = "native" if utterance.source == "librispeech" else utterance.group
        speakers.setdefault((part, group, utterance.speaker), []).append(utterance)
    chance = random.Random(1)
    found: list[Scene] = []
    left: dict[str, float] = {}
    rows = [(key, row) for key, own in sorted(speakers.items()) for row in _rows(key[2], own, speech)]
    for (part, group, speaker), row in chance.sample(rows, len(rows)):
        training = part is Part.TRAIN
        purse = part.value if training else f"{part.value}/{group}"
        sounds, seconds = row
        if left.setdefault(purse, 60 * minutes if training else held_out) <= 0:
            continue
        left[purse] -= seconds
        name = f"{speaker}-{zlib.crc32(sounds[0].name.encode()):08x}.npz"
        drawn = 1 if part is Part.TEST else every
        found.append(Scene(folder / part.value / group / name, sounds, drawn))
    return found


def _rows(speaker: str, own: Sequence[Utterance], root: Path) -> Iterator[tuple[tuple[Path, ...], float]]:
    """A speaker's utterances in rows of about `REEL_SECONDS`, and how long each row is."""
    chance = random.Random(zlib.crc32(speaker.encode()))
    row: list[Path] = []
    seconds = 0.0
    for utterance in chance.sample(own, len(own)):
        row.append(root / utterance.audio)
        seconds += float(soundfile.info(row[-1]).duration)
        if seconds >= REEL_SECONDS:
            yield tuple(row), seconds
            row, seconds = [], 0.0
    if row:
        yield tuple(row), seconds


def film(scene: Scene) -> None:
    chance = np.random.default_rng(zlib.crc32(scene.path.stem.encode()))
    pieces = []
    for sound in scene.sounds:
        pieces += [at_level(load(sound)), np.zeros(round(chance.uniform(*PAUSE) * SAMPLE_RATE), np.float32)]
    save(scene.path, footage_of(np.concatenate(pieces), scene.every, chance))


def footage_of(samples: NDArray[np.float32], every: int, chance: np.random.Generator) -> Footage:
    """Film one stretch of sound; one of `every` frames is drawn, at random."""
    with Clip.from_samples(samples, SAMPLE_RATE) as clip:
        take = _engine().animate(clip, HEARABLE, RATE)
        sound = samples * np.float32(clip.gain)
    count = max(1, take.frame_count // every)
    drawn = np.sort(chance.permutation(take.frame_count)[:count]).astype(np.int32)
    actor = Actor(take, (SIDE, SIDE), CLOSE)
    pictures = np.stack([actor.picture(frame) for frame in drawn.tolist()])
    audio = np.clip(np.round(sound * 32767), -32768, 32767).astype(np.int16)
    return Footage(audio, take.values.astype(np.float16), drawn, pictures)


@cache
def _engine() -> Engine:
    """One for each process."""
    return Engine(threads=1)


def save(path: Path, footage: Footage) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic(path) as handle:
        np.savez(handle, **vars(footage))


def read(folder: Path) -> list[Footage]:
    """All footage below a folder."""
    found = []
    for path in sorted(folder.rglob("*.npz")):
        with np.load(path, allow_pickle=False) as stored:
            found.append(Footage(**{name: stored[name] for name in stored.files}))
    if not found:
        raise DataError(f"There is no footage in {folder}; make it with 'koemorph-models film-flipbook'.")
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("speech", type=Path, help="folder of corpora")
    parser.add_argument("folder", type=Path, help="where the footage goes, 5 MB a minute")
    parser.add_argument("--minutes", type=float, default=45.0, help="of training speech (%(default)s)")
    parser.add_argument("--every", type=int, default=27, help="one frame of so many is drawn (%(default)s)")
    parser.add_argument("--held-out", type=float, default=25.0, help="seconds of each group kept out (%(default)s)")
    parser.add_argument("--workers", type=int, default=2)


def run(options: argparse.Namespace) -> None:
    planned = scenes(options.speech, options.folder, options.minutes, options.every, options.held_out)
    missing = [scene for scene in planned if not scene.path.is_file()]
    print(f"{len(planned)} reels, {len(missing)} to film", flush=True)
    with ProcessPoolExecutor(options.workers) as pool:
        for done, _ in enumerate(pool.map(film, missing), 1):
            if done % 20 == 0 or done == len(missing):
                print(f"{done}/{len(missing)}", flush=True)
