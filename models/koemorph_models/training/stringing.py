"""Each speaker's utterances strung together to reels.

A reel is a few seconds to forty, with pauses between its utterances: short lines and long scenes, as users bring
them. Some are played at another speed, which makes another voice of a speaker; some end in the middle of a word, so
that the future is missing; and what is heard of most has gone through other microphones, rooms and lines
(`disturb`), while its audio stays clean for the teacher. Reels are made in shards of one speaker and variant; a
shard is finished when its file exists, so preparation goes on where it stopped.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from koemorph.features.backends import NATIVE, emotion_backend
from koemorph.features.listener import Hear
from koemorph.timing import SAMPLE_RATE

from ..listener import hear, open_listener
from ..speech.sound import at_level, at_speed, load
from ..speech.utterance import SILENCE, Phone, Utterance
from ..teacher import analyse, reference
from ..teacher.prosody import Prosody, Reference
from .disturb import disturbed
from .reels import EDGE, Reel, Samples, save_reels

SHORT_SHARE: Final = 0.35
"""So many reels are a single utterance."""
LONG: Final = (12.0, 40.0)
"""Seconds at which the others end, drawn evenly."""
PAUSE: Final = (0.15, 1.4)
SPEEDS: Final = (0.82, 1.3)
CUT_SHARE: Final = 0.3
"""So many reels of a disturbed variant end in the middle of what is said."""
LEAST_CUT: Final = 2 * SAMPLE_RATE
SHARD: Final = 60
"""Utterances of a shard."""
PLAIN: Final = "plain"
LIVE: Final = "live"
VARIANTS: Final = (PLAIN, "elsewhere", "faster", LIVE)
"""As recorded; disturbed; disturbed and at another speed; single lines, all but a few cut off while somebody speaks."""
LIVE_CUT: Final = 0.9
"""So many of the last variant's, which is how a live listener hears: what comes after now is not there yet."""
_KNOWN: Final = 10
"""So many utterances tell what is usual for a speaker."""


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One piece of the preparation: some utterances of one speaker, in one variant."""

    path: Path
    root: Path
    listener: Path
    utterances: tuple[Utterance, ...]
    known: tuple[Utterance, ...]
    variant: str


def plan(folder: Path, root: Path, listener: Path, utterances: Sequence[Utterance], variant: str) -> list[Shard]:
    """Shards for a list of utterances; the order of work, not its result, depends on the list's order."""
    speakers: dict[str, list[Utterance]] = {}
    for utterance in sorted(utterances, key=lambda one: one.id):
        speakers.setdefault(f"{utterance.source}-{utterance.speaker}", []).append(utterance)
    shards = []
    for speaker, own in speakers.items():
        chance = random.Random(zlib.crc32(f"{speaker}/{variant}".encode()))
        shuffled = chance.sample(own, len(own))
        for number, first in enumerate(range(0, len(shuffled), SHARD)):
            path = folder / f"{speaker}-{variant}-{number:03d}.npz"
            chosen = tuple(shuffled[first : first + SHARD])
            shards.append(
                Shard(path=path, root=root, listener=listener, utterances=chosen, known=known_of(own), variant=variant)
            )
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


def make(shard: Shard) -> Iterator[Reel]:
    chance = random.Random(zlib.crc32(shard.path.stem.encode()))
    listener = _listener(shard.listener)
    usual = usual_voice(shard.root / one.audio for one in shard.known)
    waiting, babble = list(shard.utterances), np.zeros(15 * SAMPLE_RATE, np.float32)
    while waiting:
        live = shard.variant == LIVE
        seconds = 0.0 if live or chance.random() < SHORT_SHARE else chance.uniform(*LONG)
        speed = chance.uniform(*SPEEDS) if shard.variant == "faster" else 1.0
        samples, phones = _string(shard.root, waiting, seconds, speed, chance)
        if not len(samples):
            continue
        samples = at_level(samples)
        if shard.variant != PLAIN and chance.random() < (LIVE_CUT if live else CUT_SHARE) and len(samples) > LEAST_CUT:
            samples, phones = _cut(samples, phones, chance.uniform(0.2 if live else 0.5, 1.0))
        heard = samples
        if shard.variant != PLAIN:
            others = np.resize(babble if babble.any() else samples[::-1], max(len(samples), len(babble)))
            heard = at_level(disturbed(samples, others, np.random.default_rng(chance.getrandbits(32))))
            babble = samples
        yield reel_of(samples, heard, phones, replace(usual, pitch=usual.pitch * speed), listener)


def reel_of(samples: Samples, heard: Samples, phones: Sequence[Phone], usual: Reference, listener: Hear) -> Reel:
    """A reel of clean sound, what is heard of it (both at the reference level) and its phones."""

    def read(start: int, stop: int) -> Samples:
        inside = heard[max(start, 0) : max(stop, 0)]
        return np.pad(inside, (max(-start, 0), stop - max(start, 0) - len(inside)))

    windows = np.concatenate(list(emotion_backend(NATIVE).windows(read, len(heard))))
    found = hear(heard, listener, around=EDGE)
    audio = np.clip(np.round(samples * 32767), -32768, 32767).astype(np.int16)
    return Reel(
        audio=audio,
        features=found.features,
        tones=found.tones.astype(np.float16),
        windows=windows,
        phones=tuple(phones),
        usual=usual,
    )


def _string(
    root: Path, waiting: list[Utterance], seconds: float, speed: float, chance: random.Random
) -> tuple[Samples, list[Phone]]:
    """Takes utterances from the end of `waiting` until there are so many seconds; with pauses between them."""
    pieces: list[Samples] = []
    phones: list[Phone] = []
    end = 0.0
    while waiting and (not pieces or end < seconds):
        utterance = waiting.pop()
        samples = at_level(at_speed(load(root / utterance.audio), speed))
        if len(samples) < SAMPLE_RATE // 5:
            continue
        if pieces:
            pause = round(chance.uniform(*PAUSE) * SAMPLE_RATE)
            pieces.append(_room(samples, pause, chance))
            phones.append(Phone(symbol=SILENCE, start=end, end=end + pause / SAMPLE_RATE))
            end += pause / SAMPLE_RATE
        # Lines of one scene are not equally loud.
        pieces.append(samples * np.float32(10 ** (chance.gauss(0, 1.5) / 20)))
        phones += [phone.at_speed(speed, end) for phone in utterance.phones]
        end += len(samples) / SAMPLE_RATE
    return (np.concatenate(pieces) if pieces else np.empty(0, np.float32)), phones


def _cut(samples: Samples, phones: Sequence[Phone], share: float) -> tuple[Samples, list[Phone]]:
    """The first `share` of a reel."""
    count = int(share * len(samples))
    end = count / SAMPLE_RATE
    kept = [
        replace(one, end=min(one.end, end), release=None if one.release is None else min(one.release, end))
        for one in phones
        if one.start < end
    ]
    return samples[:count], kept


@cache
def _listener(path: Path) -> Hear:
    return open_listener(path)


def usual_voice(sounds: Iterable[Path]) -> Reference:
    """What is usual for a speaker, from some recordings brought to the same level."""
    found: list[Prosody] = [analyse(at_level(load(path))) for path in sounds]
    return reference(found)


def known_of(own: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """Those of a speaker's utterances by which the usual voice is known."""
    return tuple(sorted(own, key=lambda one: one.id)[:_KNOWN])


def _room(samples: Samples, count: int, chance: random.Random) -> Samples:
    """A pause as quiet as the quietest tenths of seconds around it."""
    hops = samples[: len(samples) // 1600 * 1600].reshape(-1, 1600)
    floor = float(np.percentile(np.sqrt((hops**2).mean(axis=1)), 3)) if len(hops) else 0.0
    noise = np.random.default_rng(chance.getrandbits(32)).standard_normal(count, dtype=np.float32)
    return noise * np.float32(min(floor, 0.003))
