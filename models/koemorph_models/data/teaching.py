"""Utterances with phone times into a data set, with curves by the teacher: what a network is trained on, to look at.

    koemorph-models teach UTTERANCES.jsonl FOLDER --audio ROOT --fps 60

A recording is finished when its curves exist, so a stopped run goes on where it stopped.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from koemorph.audio import SAMPLE_RATE
from koemorph.timing import FrameRate

from ..errors import DataError
from ..speech.sound import load
from ..speech.utterance import Utterance, read_utterances
from ..teacher import Style, analyse, reference, teach
from .dataset import Speaker, add_speaker
from .importing import safe_name, write_pair

KNOWN: Final = 10
"""So many utterances tell what is usual for a speaker."""
LESSON: Final = 40
"""Utterances that are taught at a time."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """Some utterances of one speaker that are still to be taught; `known` are those that tell the usual voice."""

    speaker: str
    utterances: tuple[Utterance, ...]
    known: tuple[Utterance, ...]


def plan(utterances: Iterable[Utterance], folder: Path) -> list[Lesson]:
    """What is left of every speaker, in lessons of a few minutes."""
    speakers: dict[str, list[Utterance]] = {}
    for utterance in sorted(utterances, key=lambda one: one.id):
        speakers.setdefault(utterance.speaker, []).append(utterance)
    lessons = []
    for speaker, own in speakers.items():
        left = [one for one in own if not (folder / safe_name(speaker) / f"{safe_name(one.id)}.jsonl").is_file()]
        lessons += [
            Lesson(speaker=speaker, utterances=tuple(left[first : first + LESSON]), known=tuple(own[:KNOWN]))
            for first in range(0, len(left), LESSON)
        ]
    return lessons


def write_lesson(lesson: Lesson, folder: Path, root: Path, rate: FrameRate, styled: bool) -> int:
    """Writes the recordings of a lesson; returns how many."""
    usual = reference([analyse(load(root / one.audio)) for one in lesson.known])
    style = Style.for_speaker(lesson.speaker) if styled else Style()
    for one in lesson.utterances:
        samples = load(root / one.audio)
        take = teach(one.phones, analyse(samples), len(samples) / SAMPLE_RATE, rate, style, usual)
        write_pair(folder / safe_name(lesson.speaker), safe_name(one.id), samples, take)
    return len(lesson.utterances)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("list", type=Path, help="utterances.jsonl")
    parser.add_argument("folder", type=Path, help="the data set; made if it is not there")
    parser.add_argument("--audio", type=Path, metavar="ROOT", help="the recordings' folder, where it is not the list's")
    parser.add_argument("--fps", choices=("30", "60"), default="60")
    parser.add_argument("--own-styles", action="store_true", help="every speaker moves in a way of its own")
    parser.add_argument("--licence", default="", help="of the recordings, for speakers.tsv")
    parser.add_argument("--workers", type=int, default=2)


def run(options: argparse.Namespace) -> int:
    utterances = list(read_utterances(options.list))
    if not utterances:
        raise DataError(f"{options.list} holds no utterances.")
    for one in {one.speaker: one for one in utterances}.values():
        add_speaker(
            options.folder,
            Speaker(speaker=safe_name(one.speaker), group=one.group, language=one.language, licence=options.licence),
        )
    lessons = plan(utterances, options.folder)
    done = len(utterances) - sum(len(lesson.utterances) for lesson in lessons)
    work = partial(
        write_lesson,
        folder=options.folder,
        root=options.audio or options.list.parent,
        rate=FrameRate.parse(options.fps),
        styled=options.own_styles,
    )
    for count in _each(work, lessons, options.workers):
        done += count
        print(f"{done}/{len(utterances)} recordings", flush=True)
    print(f"{len(utterances)} recordings at {options.fps} fps in {options.folder}")
    return 0


def _each(work: partial[int], lessons: Sequence[Lesson], workers: int) -> Iterable[int]:
    if workers < 2:
        yield from map(work, lessons)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(work, lessons)
