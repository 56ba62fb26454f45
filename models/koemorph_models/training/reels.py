"""Training material: each speaker's utterances strung together to reels, with what the face should do.

A reel is a few seconds to forty, with pauses between its utterances: short lines and long scenes, as users bring
them. Reels are made in shards of one speaker and one variant (as recorded, or played at another speed, which makes
another voice of it); a shard is finished when its file exists, so preparation goes on where it stopped.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from koemorph.audio.level import SpeechLevel
from koemorph.features.backends import NATIVE, emotion_backend
from koemorph.files import atomic
from koemorph.model import ANALYSIS_FPS
from koemorph.timing import FrameRate

from ..speech.sound import SAMPLE_RATE, load
from ..speech.training import IGNORE, spans
from ..speech.utterance import SILENCE, Phone, Utterance
from ..teacher import Style, analyse, reference, teach
from ..teacher.prosody import Prosody, Reference

SHORT_SHARE: Final = 0.35
"""So many reels are a single utterance."""
LONG: Final = (12.0, 40.0)
"""Seconds at which the others end, drawn evenly."""
PAUSE: Final = (0.15, 1.4)
SPEEDS: Final = (0.88, 1.14)
SHARD: Final = 60
"""Utterances of a shard."""
_KNOWN: Final = 10
"""So many utterances tell what is usual for a speaker."""
CLOCK: Final = FrameRate.parse(str(ANALYSIS_FPS))


@dataclass(frozen=True, eq=False)
class Reel:
    """`audio` int16 at 16 kHz at the reference level; `targets` (T, 52), `phones` (T,) at 60 fps; `windows` (W, 88)."""

    audio: NDArray[np.int16]
    targets: NDArray[np.float16]
    phones: NDArray[np.int16]
    windows: NDArray[np.float32]

    @property
    def frames(self) -> int:
        return len(self.targets)


@dataclass(frozen=True)
class Shard:
    """One piece of the preparation: some utterances of one speaker, in one variant."""

    path: Path
    root: Path
    utterances: tuple[Utterance, ...]
    known: tuple[Utterance, ...]
    warped: bool


def plan(folder: Path, root: Path, utterances: Sequence[Utterance], warped: bool) -> list[Shard]:
    """Shards for a list of utterances; the order of work, not its result, depends on the list's order."""
    speakers: dict[str, list[Utterance]] = {}
    for utterance in sorted(utterances, key=lambda one: one.id):
        speakers.setdefault(f"{utterance.source}-{utterance.speaker}", []).append(utterance)
    shards = []
    for speaker, own in speakers.items():
        chance = random.Random(zlib.crc32(f"{speaker}/{warped}".encode()))
        shuffled = chance.sample(own, len(own))
        for number, first in enumerate(range(0, len(shuffled), SHARD)):
            name = f"{speaker}-{'warped' if warped else 'plain'}-{number:03d}.npz"
            chosen = tuple(shuffled[first : first + SHARD])
            shards.append(Shard(folder / name, root, chosen, known_of(own), warped))
    return shards


def prepare(shards: Sequence[Shard], workers: int) -> None:
    """Make the shards that do not exist yet."""
    missing = [shard for shard in shards if not shard.path.is_file()]
    for shard in missing:
        shard.path.parent.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool:
        for done, _ in enumerate(pool.map(write_shard, missing), 1):
            if done % 20 == 0 or done == len(missing):
                print(f"{done}/{len(missing)} shards", flush=True)


def write_shard(shard: Shard) -> None:
    save_reels(shard.path, make(shard))


def save_reels(path: Path, reels: Iterable[Reel]) -> None:
    arrays = {f"{name}{number}": value for number, reel in enumerate(reels) for name, value in vars(reel).items()}
    with atomic(path) as handle:
        np.savez(handle, **arrays)


def read_shard(path: Path) -> list[Reel]:
    with np.load(path, allow_pickle=False) as stored:
        count = sum(1 for name in stored.files if name.startswith("audio"))
        return [
            Reel(*(stored[f"{field}{number}"] for field in ("audio", "targets", "phones", "windows")))
            for number in range(count)
        ]


def make(shard: Shard) -> Iterator[Reel]:
    chance = random.Random(zlib.crc32(shard.path.stem.encode()))
    usual = usual_voice(shard.root / one.audio for one in shard.known)
    waiting = list(shard.utterances)
    while waiting:
        seconds = 0.0 if chance.random() < SHORT_SHARE else chance.uniform(*LONG)
        speed = chance.uniform(*SPEEDS) if shard.warped else 1.0
        pieces: list[NDArray[np.float32]] = []
        phones: list[Phone] = []
        end = 0.0
        while waiting and (not pieces or end < seconds):
            utterance = waiting.pop()
            samples = at_level(soxr_speed(load(shard.root / utterance.audio), speed))
            if len(samples) < SAMPLE_RATE // 5:
                continue
            if pieces:
                pause = round(chance.uniform(*PAUSE) * SAMPLE_RATE)
                pieces.append(_room(samples, pause, chance))
                phones.append(Phone(SILENCE, end, end + pause / SAMPLE_RATE))
                end += pause / SAMPLE_RATE
            # Lines of one scene are not equally loud.
            pieces.append(samples * np.float32(10 ** (chance.gauss(0, 1.5) / 20)))
            phones += [_moved(phone, speed, end) for phone in utterance.phones]
            end += len(samples) / SAMPLE_RATE
        if pieces:
            yield _reel(at_level(np.concatenate(pieces)), phones, replace(usual, pitch=usual.pitch * speed))


def _reel(samples: NDArray[np.float32], phones: Sequence[Phone], usual: Reference) -> Reel:
    take = teach(phones, analyse(samples), len(samples) / SAMPLE_RATE, CLOCK, Style(), usual)
    labels = np.full(take.frame_count, IGNORE, np.int16)
    for name, start, end in spans(phones):
        labels[round(start * ANALYSIS_FPS) : round(end * ANALYSIS_FPS)] = name

    return finished(samples, take.values, labels)


def finished(samples: NDArray[np.float32], targets: NDArray[np.float32], labels: NDArray[np.int16]) -> Reel:
    """A reel of sound at the reference level and what belongs to its frames."""

    def read(start: int, stop: int) -> NDArray[np.float32]:
        inside = samples[max(start, 0) : max(stop, 0)]
        return np.pad(inside, (max(-start, 0), stop - max(start, 0) - len(inside)))

    windows = np.concatenate(list(emotion_backend(NATIVE).windows(read, len(samples))))
    audio = np.clip(np.round(samples * 32767), -32768, 32767).astype(np.int16)
    return Reel(audio, targets.astype(np.float16), labels, windows)


def usual_voice(sounds: Iterable[Path]) -> Reference:
    """What is usual for a speaker, from some recordings brought to the same level."""
    heard: list[Prosody] = [analyse(at_level(load(path))) for path in sounds]
    return reference(heard)


def known_of(own: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """Those of a speaker's utterances by which the usual voice is known."""
    return tuple(sorted(own, key=lambda one: one.id)[:_KNOWN])


def soxr_speed(samples: NDArray[np.float32], speed: float) -> NDArray[np.float32]:
    """Played `speed` times as fast: pitch, formants and tempo move together."""
    if speed == 1.0:
        return samples
    return np.asarray(soxr.resample(samples, SAMPLE_RATE * speed, SAMPLE_RATE), dtype=np.float32)


def at_level(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Speech at the reference level, as the engine hears every clip."""
    level = SpeechLevel()
    level.push(samples)
    return np.asarray(samples * np.float32(level.gain()[0]), dtype=np.float32)


def _room(samples: NDArray[np.float32], count: int, chance: random.Random) -> NDArray[np.float32]:
    """A pause as quiet as the quietest tenths of seconds around it."""
    hops = samples[: len(samples) // 1600 * 1600].reshape(-1, 1600)
    floor = float(np.percentile(np.sqrt((hops**2).mean(axis=1)), 3)) if len(hops) else 0.0
    noise = np.random.default_rng(chance.getrandbits(32)).standard_normal(count, dtype=np.float32)
    return noise * np.float32(min(floor, 0.003))


def _moved(phone: Phone, speed: float, by: float) -> Phone:
    release = None if phone.release is None else phone.release / speed + by
    return replace(phone, start=phone.start / speed + by, end=phone.end / speed + by, release=release)
