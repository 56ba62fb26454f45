"""The table of a model: what its curves do on voices it was never trained on, beside a baseline and the teacher.

    koemorph-models evaluate LIST[=AUDIO] ... --out FOLDER [--model FOLDER] [--count N]

Everything runs as a user would run it: a clip in, the engine's take out. "Spoken times" are the aligner's for human
speech and the synthesiser's for synthetic speech.
"""

from __future__ import annotations

import argparse
import json
import random
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph import arkit
from koemorph.audio import Clip
from koemorph.engine import Engine
from koemorph.model import load_model
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import SAMPLE_RATE, FrameRate

from ..data.split import Part, Split, shipped_split
from ..errors import DataError
from ..speech.sound import at_level, load
from ..speech.utterance import Phone, Utterance, read_utterances
from ..teacher import Style, analyse, reference, teach
from ..teacher.prosody import Reference
from ..training.disturb import noise_like, telephone
from ..training.reels import known_of, soxr_speed, usual_voice
from .film import film_as_markdown, film_table
from .plots import draw_figures, draw_lines
from .rest import rest_table
from .scores import Scores
from .table import Table, as_markdown, native, rest_as_markdown

RAW: Final = {"lower_face_smoothing": 0.0, "upper_face_smoothing": 0.0, "lip_seal": 0.0}
INVENTED: Final = {
    "blink_rate": 0.0,
    "gaze_strength": 0.0,
    "brow_emphasis": 0.0,
    "asymmetry": 0.0,
    "head_strength": 0.0,
}
"""Off: what the performance layer adds by itself is neither the model's nor the teacher's."""


@dataclass(frozen=True)
class Condition:
    """One row of the second table: what is changed from 60 fps, default settings, the recording as it is."""

    name: str
    fps: int = 60
    temperature: float = 0.2
    smoothed: bool = True
    sound: str = ""
    """One of SOUNDS, or as it is."""


CONDITIONS: Final = (
    Condition("60 fps, default"),
    Condition("30 fps, default", fps=30),
    Condition("24 fps, default", fps=24),
    Condition("60 fps, unsmoothed", smoothed=False),
    Condition("temperature 0.05", temperature=0.05),
    Condition("temperature 0.5", temperature=0.5),
    Condition("mixed noise, SNR 20 dB", sound="mixed 20"),
    Condition("mixed noise, SNR 10 dB", sound="mixed 10"),
    Condition("white noise, SNR 20 dB", sound="white 20"),
    Condition("white noise, SNR 10 dB", sound="white 10"),
    Condition("white noise, SNR 5 dB", sound="white 5"),
    Condition("telephone", sound="telephone"),
    Condition("1.25 times as fast", sound="faster"),
)
FASTER: Final = 1.25
NATIVE: Final = {"librispeech": "native reader left out", "emodb": "German actors left out"}
RESTING: Final = 20
"""Lines before and after which the mouth is watched at rest."""
DEFAULT: Final = CONDITIONS[0]
BASELINE: Final = Condition("loudness drives the jaw")
TEACHER: Final = Condition("the teacher itself")


def group_of(utterance: Utterance, split: Split) -> str | None:
    """The row an utterance counts in, if it may be measured at all."""
    if split.part(utterance) is not Part.TEST:
        return None
    if utterance.source in split.test_sources:
        # The same person lent these voices to an engine that is trained on.
        return None if utterance.speaker in ("kal", "slt") else "synthetic voices left out"
    if utterance.source in NATIVE:
        return NATIVE[utterance.source]
    return f"non-native left out: {utterance.group}"


@dataclass(frozen=True)
class Line:
    """Something to measure: an utterance, its sound, the row it counts in and its speaker's usual voice."""

    group: str
    sound: Path
    utterance: Utterance
    usual: Reference


def chosen(lists: Sequence[str], count: int) -> list[Line]:
    """Up to `count` utterances of each group, drawn the same way each time."""
    split = shipped_split()
    groups: dict[str, list[tuple[Path, Utterance]]] = {}
    speakers: dict[str, list[tuple[Path, Utterance]]] = {}
    for entry in lists:
        listed, _, root = entry.partition("=")
        base = Path(root) if root else Path(listed).parent
        for utterance in read_utterances(Path(listed)):
            group = group_of(utterance, split)
            if group:
                groups.setdefault(group, []).append((base, utterance))
                speakers.setdefault(utterance.speaker, []).append((base, utterance))
    found, usual = [], {}
    for group in sorted(groups):
        own = sorted(groups[group], key=lambda one: one[1].id)
        for base, utterance in random.Random(1).sample(own, min(count, len(own))):
            if utterance.speaker not in usual:
                known = known_of([one for _, one in speakers[utterance.speaker]])
                usual[utterance.speaker] = usual_voice(base / one.audio for one in known)
            found.append(Line(group, base / utterance.audio, utterance, usual[utterance.speaker]))
    return found


@dataclass(frozen=True, eq=False)
class Version:
    """A line as it sounds in some conditions, and the teacher's takes of it by frames a second."""

    samples: NDArray[np.float32]
    phones: Sequence[Phone]
    truth: dict[int, Take]


def versions(line: Line) -> Iterator[tuple[str, Version]]:
    """The line in every sound that a condition asks for."""
    clean = at_level(load(line.sound))
    for sound in dict.fromkeys(condition.sound for condition in CONDITIONS):
        own = [condition for condition in CONDITIONS if condition.sound == sound]
        speed = FASTER if sound == "faster" else 1.0
        samples, phones = soxr_speed(clean, speed), [one.at_speed(speed) for one in line.utterance.phones]
        prosody, seconds = analyse(samples), len(samples) / SAMPLE_RATE
        usual = replace(line.usual, pitch=line.usual.pitch * speed)
        truth = {
            fps: teach(phones, prosody, seconds, FrameRate.parse(str(fps)), Style(), usual)
            for fps in {condition.fps for condition in own}
        }
        yield sound, Version(sounding(samples, sound, line.utterance.id), phones, truth)


def takes(engine: Engine, version: Version, sound: str) -> Iterator[tuple[Condition, Take]]:
    """The engine's take of one version in every condition that asks for it."""
    with Clip.from_samples(version.samples, SAMPLE_RATE) as clip:
        analysis = engine.analyse(clip)
    for condition in CONDITIONS:
        if condition.sound == sound:
            settings = Settings(temperature=condition.temperature).with_values(**INVENTED)
            settings = settings if condition.smoothed else settings.with_values(**RAW)
            yield condition, engine.render(analysis, settings, FrameRate.parse(str(condition.fps)))


def sounding(samples: NDArray[np.float32], sound: str, name: str) -> NDArray[np.float32]:
    chance = np.random.default_rng(zlib.crc32(f"{name}/{sound}".encode()))
    if sound == "telephone":
        return telephone(samples, chance, low=300.0, high=3400.0)
    kind, _, snr = sound.partition(" ")
    if kind not in ("mixed", "white"):
        return samples
    white = chance.standard_normal(len(samples)).astype(np.float32)
    noise = white if kind == "white" else noise_like(samples, len(samples), chance)
    loud = np.sqrt(np.mean(samples[np.abs(samples) > 0.02 * np.abs(samples).max()] ** 2))
    return (samples + noise * loud * np.float32(10 ** (-float(snr) / 20))).astype(np.float32)


def envelope(samples: NDArray[np.float32], truth: Take) -> Take:
    """What a loudness-driven jaw does: jawOpen in step with the level, lips together where it is weak."""
    prosody = analyse(samples)
    loud = reference([prosody])
    opening = np.clip((prosody.loudness - loud.floor) / (loud.loud - loud.floor), 0, 1) * 0.3
    values = np.zeros_like(truth.values)
    values[:, arkit.INDEX["jawOpen"]] = np.interp(
        np.arange(truth.frame_count) / float(truth.rate.fps), np.arange(len(opening)) / 60, opening
    )
    return replace(truth, values=values)


def measure(job: tuple[Path | None, Sequence[Line]]) -> dict[tuple[str, str], Scores]:
    """Scores by (group, condition) of some lines; one process's share."""
    folder, lines = job
    engine = Engine(load_model(folder), threads=1)
    found: dict[tuple[str, str], Scores] = {}
    for line in lines:
        for sound, version in versions(line):
            results = [*takes(engine, version, sound)]
            if sound == DEFAULT.sound:
                usual = version.truth[DEFAULT.fps]
                results += [(BASELINE, envelope(version.samples, usual)), (TEACHER, usual)]
            for condition, take in results:
                place = found.setdefault((line.group, condition.name), Scores())
                place.add(take, version.phones, version.truth[condition.fps])
    return found


def drawn(folder: Path | None, line: Line) -> tuple[str, Sequence[Phone], dict[str, Take]]:
    """A line's phones and its takes by the model, the teacher and the baseline, for a picture."""
    samples, phones = at_level(load(line.sound)), line.utterance.phones
    rate = FrameRate.parse(str(DEFAULT.fps))
    truth = teach(phones, analyse(samples), len(samples) / SAMPLE_RATE, rate, Style(), line.usual)
    with Clip.from_samples(samples, SAMPLE_RATE) as clip:
        ours = Engine(load_model(folder)).animate(clip, Settings().with_values(**INVENTED), rate)
    return line.group, phones, {"KoeMorph": ours, "the teacher": truth, "loudness": envelope(samples, truth)}


def evaluate(lines: Sequence[Line], folder: Path | None, workers: int) -> Table:
    parts = [(folder, lines[first::workers]) for first in range(workers)]
    merged: dict[tuple[str, str], Scores] = {}
    with ProcessPoolExecutor(workers) as pool:
        for part in pool.map(measure, parts):
            for key, scores in part.items():
                merged[key] = scores if key not in merged else merged[key].joined(scores)
    table: Table = {}
    for (group, condition), scores in merged.items():
        table.setdefault(group, {})[condition] = scores.figures()
    return table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lists", nargs="+", help="utterances.jsonl, or utterances.jsonl=FOLDER of its audio")
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("--out", type=Path, required=True, help="folder for table.md, table.json and the plots")
    parser.add_argument("--film", type=Path, help="the filmed mouth to compare with")
    parser.add_argument("--clips", type=int, default=150, help="of the film (%(default)s)")
    parser.add_argument("--count", type=int, default=120, help="utterances of each group")
    parser.add_argument("--workers", type=int, default=2)


def run(options: argparse.Namespace) -> None:
    lines = chosen(options.lists, options.count)
    if not lines:
        raise DataError("None of these utterances is kept for measuring; split.json says whose are.")
    table = evaluate(lines, options.model, options.workers)
    options.out.mkdir(parents=True, exist_ok=True)
    shown = [at_level(load(line.sound)) for line in lines if line.group == native(table)][:RESTING]
    still = rest_table(Engine(load_model(options.model)), shown, Settings().with_values(**INVENTED))
    (options.out / "table.json").write_text(json.dumps({"table": table, "rest": still}, indent=1) + "\n", "utf-8")
    written = as_markdown(
        table, (DEFAULT.name, BASELINE.name, TEACHER.name), [condition.name for condition in CONDITIONS]
    )
    written += "\n" + rest_as_markdown(still)
    if options.film:
        engine, settings = Engine(load_model(options.model)), Settings().with_values(**INVENTED)
        written += "\n" + film_as_markdown(film_table(engine, options.film, settings, options.clips))
    (options.out / "table.md").write_text(written, "utf-8")
    groups = {group: table[group][DEFAULT.name] for group in sorted(table)}
    conditions = {condition.name: table[native(table)][condition.name] for condition in CONDITIONS}
    draw_figures(groups, conditions, options.out / "figures.png")
    firsts = {line.group: line for line in reversed(lines)}
    draw_lines([drawn(options.model, firsts[group]) for group in sorted(firsts)], options.out / "lines.png")
    print(written)
