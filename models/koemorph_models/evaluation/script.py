"""What a script is worth: closures with and without it, in noise, with mistakes in it; when its words begin.

    koemorph-models evaluate-script LIST[=AUDIO] ... --out FOLDER [--model FOLDER] [--count N] [--workers N]

Everything runs as a user would run it, at default settings. Labels are the aligner's for human speech. Word starts are
compared where the reading of a word begins with the phone that the label has there.
"""

from __future__ import annotations

import argparse
import json
import random
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np

from koemorph import lips
from koemorph.analysis import Analysis
from koemorph.audio import Clip
from koemorph.engine import Engine
from koemorph.model import load_model
from koemorph.settings import Settings
from koemorph.speech.reading import read_script
from koemorph.speech.script import Script
from koemorph.speech.symbols import is_vowel
from koemorph.take import Take
from koemorph.timing import SAMPLE_RATE, FrameRate

from ..data.split import shipped_split
from ..errors import DataError
from ..speech.sound import at_level, load
from ..speech.utterance import SILENCE, Phone, Utterance, read_utterances
from .alignment_cost import alignment_seconds
from .conditions import INVENTED, sounding, with_room
from .contacts import Contacts
from .endings import as_spoken
from .lines import group_of
from .scores import meetings
from .word_starts import late

SOUNDS: Final = ("", "telephone", "white 10", "white 5")
SCRIPTS: Final = ("none", "as said", "10 % wrong", "10 % missing", "10 % extra", "of another line")
MISTAKES: Final = 0.1
RATES: Final = (60, 24)
NEAR: Final = 0.040
"""Seconds that a word may begin early or late."""
MINUTE: Final = 60.0

Key = tuple[str, str, str, int]
"""Group, sound, script and rate."""


@dataclass(kw_only=True)
class Worth:
    """What came of the lines of one row."""

    closures: Contacts = field(default_factory=Contacts)
    as_spoken: Contacts = field(default_factory=Contacts)
    """Closures where endings are taken as they are spoken."""
    vowel_frames: int = 0
    vowel_closed: int = 0
    words: int = 0
    found: int = 0
    starts: list[float] = field(default_factory=list)
    """Seconds by which words begin late."""
    as_heard: int = 0
    lines: int = 0
    """How many there are, and how many of them came out as without a script."""

    def add(self, take: Take, heard: Take, phones: Sequence[Phone], spoken: Sequence[Phone]) -> None:
        moments = np.arange(take.frame_count) / float(take.rate.fps)
        shut = lips.closure(take) >= lips.THRESHOLD
        self.closures.add(*meetings(phones), shut, moments)
        self.as_spoken.add(*meetings(spoken), shut, moments)
        for phone in phones:
            if phone.symbol != SILENCE and is_vowel(phone.symbol):
                inside = (moments >= phone.start) & (moments < phone.end)
                self.vowel_frames += int(inside.sum())
                self.vowel_closed += int((inside & shut).sum())
        self.lines += 1
        self.as_heard += take.phones == heard.phones and np.array_equal(take.values, heard.values)

    def joined(self, other: Worth) -> Worth:
        counts = ("vowel_frames", "vowel_closed", "words", "found", "starts", "as_heard", "lines")
        sums = {name: getattr(self, name) + getattr(other, name) for name in counts}
        closures, as_spoken = self.closures.joined(other.closures), self.as_spoken.joined(other.as_spoken)
        return Worth(closures=closures, as_spoken=as_spoken, **sums)


@dataclass(frozen=True)
class ScriptLine:
    """An utterance to measure, where it sounds, and the texts that other lines of its language have."""

    group: str
    sound: Path
    utterance: Utterance
    others: tuple[str, ...]


def chosen(lists: Sequence[str], count: int, *, seen: bool = False) -> list[ScriptLine]:
    """Up to `count` utterances of each group of voices that the model never heard, drawn the same way each time.

    Those on which the rules of scripts were chosen are left out; with `seen` they alone are measured.
    """
    split, groups = shipped_split(), dict[str, list[tuple[Path, Utterance]]]()
    rules = set(json.loads(files(__package__).joinpath("script_rules.json").read_text("utf-8"))["lines"])
    for entry in lists:
        listed, _, root = entry.partition("=")
        for utterance in read_utterances(Path(listed)):
            if utterance.text and (utterance.id in rules) == seen and (group := group_of(utterance, split)):
                groups.setdefault(group, []).append((Path(root) if root else Path(listed).parent, utterance))
    found: list[ScriptLine] = []
    for group in sorted(groups):
        own = random.Random(1).sample(sorted(groups[group], key=lambda one: one[1].id), min(count, len(groups[group])))
        texts = sorted({utterance.text for _, utterance in own})
        for base, utterance in own:
            others = tuple(text for text in texts if text != utterance.text)
            found.append(ScriptLine(group, base / utterance.audio, utterance, others))
    return found


def variant(kind: str, line: ScriptLine) -> Script | None:
    """A line's script with mistakes, the same each time."""
    chance = random.Random(zlib.crc32(f"{line.utterance.id}/{kind}".encode()))
    words, foreign = line.utterance.text.lower().split(), " ".join(line.others).lower().split()
    hit = [chance.random() < MISTAKES for _ in words]
    if kind == "none":
        return None
    if kind == "of another line":
        words = chance.choice(line.others).lower().split()
    elif kind == "10 % wrong":
        words = [chance.choice(foreign) if wrong else word for word, wrong in zip(words, hit, strict=True)]
    elif kind == "10 % missing":
        words = [word for word, wrong in zip(words, hit, strict=True) if not wrong]
    elif kind == "10 % extra":
        doubled = [(word, chance.choice(foreign)) if more else (word,) for word, more in zip(words, hit, strict=True)]
        words = [word for pair in doubled for word in pair]
    return Script.of(" ".join(words), line.utterance.language)


def heard_in(engine: Engine, line: ScriptLine, sound: str) -> Analysis:
    samples = sounding(at_level(load(line.sound)), sound, line.utterance.id)
    with Clip.from_samples(samples, SAMPLE_RATE) as clip:
        return engine.analyse(clip)


def takes(engine: Engine, line: ScriptLine, sound: str) -> Iterator[tuple[Key, Take, Take, Script | None]]:
    """A line in one sound by every script, each with the take that hearing alone gives."""
    analysis = heard_in(engine, line, sound)
    settings = Settings().with_values(**INVENTED)
    for fps in RATES if not sound else RATES[:1]:
        heard = with_room(engine, analysis, settings, FrameRate.parse(fps))
        for kind in SCRIPTS if fps == RATES[0] else SCRIPTS[:2]:
            script = variant(kind, line)
            take = heard if script is None else with_room(engine, analysis, settings, heard.rate, script)
            yield (line.group, sound, kind, fps), take, heard, script


def measure(job: tuple[Path | None, Sequence[ScriptLine]]) -> dict[Key, Worth]:
    """One process's share."""
    engine = Engine(load_model(job[0]), threads=1)
    found: dict[Key, Worth] = {}
    for line in job[1]:
        for sound in SOUNDS:
            for key, take, heard, script in takes(engine, line, sound):
                row = found.setdefault(key, Worth())
                row.add(take, heard, line.utterance.phones, as_spoken(line.utterance.id, line.utterance.phones))
                if script and key[2] == "as said":
                    row.words += len(read_script(script))
                    row.found += len(take.words)
                    row.starts += late(take, script, line.utterance.phones)
    return found


def as_markdown(found: Mapping[Key, Worth], seconds: Mapping[float, tuple[float, float]]) -> str:
    lines = [
        "| voices, sound | script | closure F1 | recall | precision | endings as spoken | vowels closed | words found "
        "| begin within 40 ms | as without |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    order = {name: place for place, name in enumerate((*SOUNDS, *SCRIPTS))}
    for key in sorted(found, key=lambda key: (key[0], order[key[1]], -key[3], order[key[2]])):
        group, sound, kind, fps = key
        row, closures = found[key], found[key].closures
        begun = f"{np.mean(np.abs(row.starts) <= NEAR):.1%} of {len(row.starts)}" if row.starts else ""
        cells = [
            f"{group}, {sound or 'clean'}{'' if fps == RATES[0] else f', {fps} fps'}",
            kind,
            *(f"{value:.3f}" for value in (closures.f1, closures.recall, closures.precision, row.as_spoken.f1)),
            f"{row.vowel_closed / max(1, row.vowel_frames):.2%}",
            f"{row.found} of {row.words}" if row.words else "",
            begun,
            f"{row.as_heard} of {row.lines}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "| sound put together | processor seconds with its text | without |", "| --- | --- | --- |"]
    lines += [f"| {length:.0f} s | {with_it:.3f} | {without:.3f} |" for length, (with_it, without) in seconds.items()]
    return "\n".join(lines) + "\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lists", nargs="+", help="utterances.jsonl, or utterances.jsonl=FOLDER of its audio")
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("--out", type=Path, required=True, help="folder for script.md and script.json")
    parser.add_argument("--count", type=int, default=24, help="utterances of each group")
    parser.add_argument("--chosen-on", action="store_true", help="only lines on which the rules were chosen")
    parser.add_argument("--workers", type=int, default=2)


def run(options: argparse.Namespace) -> None:
    lines = chosen(options.lists, options.count, seen=options.chosen_on)
    if not lines:
        raise DataError("None of these utterances is kept for measuring; split.json says whose are.")
    found: dict[Key, Worth] = {}
    parts = [(options.model, lines[first :: options.workers]) for first in range(options.workers)]
    with ProcessPoolExecutor(options.workers) as pool:
        for part in pool.map(measure, parts):
            for key, worth in part.items():
                found[key] = found[key].joined(worth) if key in found else worth
    engine = Engine(load_model(options.model), threads=1)
    timed = [(heard_in(engine, line, ""), line.utterance.text) for line in lines if line.utterance.language == "en"][:8]
    seconds = {length: alignment_seconds(timed, length) for length in (MINUTE, 2 * MINUTE)} if timed else {}
    options.out.mkdir(parents=True, exist_ok=True)
    written = as_markdown(found, seconds)
    (options.out / "script.md").write_text(written, "utf-8")
    told = [
        {
            "row": key,
            "f1": worth.closures.f1,
            "late": worth.starts,
            "vowel_closed": worth.vowel_closed / max(1, worth.vowel_frames),
        }
        for key, worth in found.items()
    ]
    (options.out / "script.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    print(written)
