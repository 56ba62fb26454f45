"""Writes a corpus of synthetic speech with exact phone times: FLAC at 16 kHz and `utterances.jsonl`.

    koemorph-models synthesise FOLDER --hours 3

The corpus is cut into batches of one voice. A batch depends only on the seed and its own number, and is finished
when its list exists, so an interrupted run goes on where it stopped and gives the same corpus.
"""

from __future__ import annotations

import argparse
import random
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from koemorph.timing import SAMPLE_RATE

from .engines import ENGINES, EngineMissing, Rendering, Style, Voice
from .utterance import Phone, Utterance, read_utterances, write_utterances

LINES: Final = 12
"""Utterances of a batch."""
MEAN_SECONDS: Final = 4.5
"""Of an utterance, all voices together: to plan with."""


@dataclass(frozen=True)
class Batch:
    number: int
    voice: Voice

    @property
    def name(self) -> str:
        return f"{self.voice.engine}-{self.voice.key.replace('+', '-')}-{self.number:04d}"


def voices(engines: Collection[str], recorded: bool) -> list[Voice]:
    """All voices of those engines whose voices are recorded from people, or of the others; installed engines only."""
    chosen = [engine for name, engine in ENGINES.items() if name in engines and recorded == engine.RECORDED]
    return [voice for engine in chosen if not engine.missing() for voice in engine.voices()]


def plan(hours: float, seed: int, recorded: float = 0.8, engines: Collection[str] = tuple(ENGINES)) -> list[Batch]:
    """Batches for about `hours` of speech, voices mixed, `recorded` of them by recorded voices (if there are both)."""
    count = max(2, round(hours * 3600 / (LINES * MEAN_SECONDS)))
    chance = random.Random(seed)
    batches: list[Batch] = []
    people, formants = voices(engines, True), voices(engines, False)
    recorded = recorded if formants else 1.0
    for usable, share in ((people, recorded), (formants, 1 - recorded if people else 1.0)):
        if usable:
            weights = np.array([voice.share for voice in usable])
            # Each voice its due part, the fraction left over by lot.
            due = weights / weights.sum() * round(count * share)
            extra = np.array([chance.random() for _ in usable]) < due % 1
            for voice, times in zip(usable, np.floor(due).astype(int) + extra, strict=True):
                batches += [Batch(number, voice) for number in range(int(times))]
    chance.shuffle(batches)
    return batches


def write_corpus(
    folder: Path, hours: float, seed: int = 0, recorded: float = 0.8, engines: Collection[str] = tuple(ENGINES)
) -> int:
    """Makes (or completes) the corpus in `folder`; returns how many utterances it has."""
    batches = plan(hours, seed, recorded, engines)
    lists = folder / "batches"
    for number, batch in enumerate(batches, 1):
        path = lists / f"{batch.name}.jsonl"
        if not path.is_file():
            made = list(render(batch, folder, seed))
            partial = path.with_suffix(".part")
            write_utterances(partial, made)
            partial.replace(path)
        if number % 10 == 0 or number == len(batches):
            print(f"{number}/{len(batches)} batches", flush=True)
    wanted = sorted(lists / f"{batch.name}.jsonl" for batch in batches)
    return write_utterances(folder / "utterances.jsonl", (entry for path in wanted for entry in read_utterances(path)))


def render(batch: Batch, folder: Path, seed: int) -> Iterator[Utterance]:
    """Speaks one batch, writes its sound below `folder` and yields its utterances."""
    chance = random.Random(zlib.crc32(f"{seed}/{batch.name}".encode()))
    voice = batch.voice
    engine = ENGINES[voice.engine]
    lines = [(engine.sentence(voice, chance), _style(chance)) for _ in range(LINES)]
    warps = [chance.uniform(0.9, 1.12) if chance.random() < 0.6 else 1.0 for _ in lines]
    # A warp plays faster: the engine speaks slower by as much, so only voice and formants move.
    styled = [
        (text, replace(style, stretch=style.stretch * warp)) for (text, style), warp in zip(lines, warps, strict=True)
    ]
    for number, ((text, _), warp, sound) in enumerate(zip(styled, warps, engine.speak(voice, styled), strict=True)):
        if sound is None or len(sound.samples) < 0.5 * sound.rate:
            continue
        samples, phones = finish(sound, voice, text, warp)
        if len(phones) < 4:
            continue
        name = f"{batch.name}-{number:02d}"
        audio = f"audio/{voice.speaker}/{name}.flac"
        (folder / audio).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / audio, samples, SAMPLE_RATE, subtype="PCM_16")
        yield Utterance(
            id=name,
            audio=audio,
            speaker=voice.speaker,
            group=voice.group,
            language=voice.language,
            source=voice.engine,
            text=text,
            phones=tuple(phones),
        )


def _style(chance: random.Random) -> Style:
    return Style(
        stretch=float(np.exp(chance.gauss(0.05, 0.17))),
        pitch=float(np.exp(chance.gauss(0.0, 0.13))),
        liveliness=chance.uniform(0.5, 1.7),
    )


def finish(sound: Rendering, voice: Voice, text: str, warp: float = 1.0) -> tuple[NDArray[np.float32], list[Phone]]:
    """16 kHz sound, its voice and formants moved by `warp`, and phones that cover it from 0 to its end."""
    phones = ENGINES[voice.engine].phones(sound, voice, text)
    samples = soxr.resample(sound.samples, sound.rate * warp, SAMPLE_RATE).astype(np.float32)
    peak = float(np.max(np.abs(samples), initial=1e-4))
    length = len(samples) / SAMPLE_RATE
    return samples * np.float32(0.5 / peak), _fitted(phones, 1 / warp, length)


def _fitted(phones: list[Phone], scale: float, length: float) -> list[Phone]:
    """Scales times and lets the phones cover 0..`length` seconds without gaps."""

    def at(time: float) -> float:
        return round(min(max(time * scale, 0.0), length), 4)

    result: list[Phone] = []
    start = 0.0
    for phone in phones:
        end = at(phone.end)
        if end - start < 1e-3:
            continue
        release = None if phone.release is None else min(max(at(phone.release), start), end)
        result.append(replace(phone, start=start, end=end, release=release))
        start = end
    if result and length - start > 1e-3:
        if result[-1].symbol == "":
            result[-1] = replace(result[-1], end=round(length, 4))
        else:
            result.append(Phone(symbol="", start=start, end=round(length, 4)))
    return result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--recorded", type=float, default=0.8, help="share of voices recorded from people")
    parser.add_argument("--engines", nargs="+", choices=tuple(ENGINES), help="only these; all that are installed")


def run(options: argparse.Namespace) -> None:
    for name in options.engines or ():
        if lacking := ENGINES[name].missing():
            raise EngineMissing(lacking)
    engines = options.engines or tuple(ENGINES)
    count = write_corpus(options.folder, options.hours, options.seed, options.recorded, engines)
    print(f"{count} utterances in {options.folder / 'utterances.jsonl'}")
