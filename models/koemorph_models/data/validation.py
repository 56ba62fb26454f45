"""What is wrong with a data set, in plain words: `koemorph-models validate FOLDER`.

Errors are what training must not see; warnings are what somebody should look at.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from koemorph import arkit
from koemorph.formats.base import shortened

from ..errors import DataError
from .dataset import SOUNDS, SPEAKERS, DataSet, Recording, Speaker, read_dataset
from .inspection import Facts, Finding, Level, inspect
from .parts import part_of
from .split import Part

MOST_SHOWN: Final = 5
"""Places that are named for one kind of complaint, unless all are asked for."""
SEEN_STILL: Final = 10
"""Recordings from which a shape that never moved is worth a word."""


@dataclass(frozen=True)
class Verdict:
    findings: tuple[Finding, ...]
    recordings: int
    seconds: float
    parts: Mapping[str, tuple[str, ...]]
    """Part -> the speakers in it."""

    @property
    def errors(self) -> int:
        return sum(one.level is Level.ERROR for one in self.findings)


def validate(folder: Path, progress: Callable[[int, int], None] | None = None) -> Verdict:
    """Looks at every recording of a data set, and at the whole."""
    try:
        data = read_dataset(folder)
    except DataError as err:
        return Verdict((Finding(Level.ERROR, "folder", "", str(err)),), 0, 0.0, {})
    findings: list[Finding] = list(_files(data))
    facts: dict[Recording, Facts] = {}
    for number, recording in enumerate(data.recordings, 1):
        found, facts[recording] = inspect(recording)
        findings += found
        if progress:
            progress(number, len(data.recordings))
    speakers = {recording.speaker.speaker: recording.speaker for recording in data.recordings}
    findings += [*_speakers(data, speakers), *_parts(speakers), *_same_sound(facts), *_never_moving(facts)]
    parts = {part.value: tuple(sorted(name for name in speakers if part_of(speakers[name]) is part)) for part in Part}
    findings.sort(key=lambda one: (one.level is not Level.ERROR, one.kind, one.where))
    return Verdict(tuple(findings), len(facts), sum(one.seconds for one in facts.values()), parts)


def _files(data: DataSet) -> Iterator[Finding]:
    if not data.recordings:
        yield Finding(Level.ERROR, "empty", "", f"{data.folder} holds no recording: no sound with curves beside it.")
    for path in data.alone:
        name = path.relative_to(data.folder).as_posix()
        if path.suffix.lower() in SOUNDS:
            yield Finding(Level.ERROR, "no-curves", name, "There are no curves beside this sound.")
        else:
            yield Finding(Level.ERROR, "no-sound", name, "There is no sound beside these curves.")
    for path in data.doubled:
        name = path.relative_to(data.folder).as_posix()
        yield Finding(Level.WARNING, "doubled", name, "It is passed over: another file of that name comes first.")


def _speakers(data: DataSet, speakers: Mapping[str, Speaker]) -> Iterator[Finding]:
    listed = Counter(one.speaker for one in data.speakers)
    for name, count in listed.items():
        parts = {one.part for one in data.speakers if one.speaker == name}
        if len(parts) > 1:
            told = " and ".join(sorted(part or "a drawn part" for part in parts))
            yield Finding(Level.ERROR, "two-parts", name, f"{SPEAKERS} has this speaker in {told}; choose one.")
        elif count > 1:
            yield Finding(Level.WARNING, "listed-twice", name, f"{SPEAKERS} has this speaker {count} times.")
        if name not in speakers:
            yield Finding(Level.WARNING, "absent", name, f"{SPEAKERS} has this speaker, but there is no recording.")
    for name, speaker in speakers.items():
        if not speaker.licence:
            yield Finding(Level.WARNING, "licence", name, f"No licence is stated; write one into {SPEAKERS}.")


def _parts(speakers: Mapping[str, Speaker]) -> Iterator[Finding]:
    alike: dict[str, set[str]] = {}
    for name in speakers:
        alike.setdefault("".join(c for c in name.casefold() if c.isalnum()), set()).add(name)
    for names in alike.values():
        if len({part_of(speakers[name]) for name in names}) > 1:
            told = " and ".join(f"{name} ({part_of(speakers[name]).value})" for name in sorted(names))
            yield Finding(Level.ERROR, "two-parts", min(names), f"These are one person in two parts, it seems: {told}.")
    there = {part_of(speaker) for speaker in speakers.values()}
    for part, level, what in (
        (Part.TRAIN, Level.ERROR, "learn from"),
        (Part.VALIDATION, Level.WARNING, "watch the training by"),
        (Part.TEST, Level.WARNING, "measure the result by"),
    ):
        if speakers and part not in there:
            yield Finding(
                level,
                f"no-{part.value}",
                "",
                f"No speaker is left to {what}; write {part.value} as the part of one into {SPEAKERS}.",
            )


def _same_sound(facts: Mapping[Recording, Facts]) -> Iterator[Finding]:
    sounds: dict[str, list[Recording]] = {}
    for recording, fact in facts.items():
        if fact.sha256:
            sounds.setdefault(fact.sha256, []).append(recording)
    for same in sounds.values():
        if len(same) < 2:
            continue
        others = shortened([one.name for one in same[1:]], 3)
        leaks = len({part_of(one.speaker) for one in same}) > 1
        level = Level.ERROR if leaks else Level.WARNING
        more = ", in another part of the data" if leaks else ""
        yield Finding(level, "same-sound", same[0].name, f"The same sound is there again as {others}{more}.")


def _never_moving(facts: Mapping[Recording, Facts]) -> Iterator[Finding]:
    known = [fact.moving for fact in facts.values() if fact.moving]
    if len(known) < SEEN_STILL:
        return
    moving = frozenset[str]().union(*known)
    # No face shows its tongue or puffs its cheeks in every session.
    still = [name for name in (*arkit.JAW, *arkit.LIPS) if name not in moving]
    if still:
        yield Finding(Level.WARNING, "never-moving", "", f"In no recording anything moves in {shortened(still)}.")


def as_text(verdict: Verdict, everything: bool = False) -> str:
    lines = []
    shown: Counter[tuple[Level, str]] = Counter()
    total = Counter((one.level, one.kind) for one in verdict.findings)
    for one in verdict.findings:
        key = (one.level, one.kind)
        shown[key] += 1
        if everything or shown[key] <= MOST_SHOWN:
            lines.append(f"{one.level.value + ':':9}{one.where + ': ' if one.where else ''}{one.sentence}")
        elif shown[key] == total[key]:
            lines.append(f"{'':9}... and {total[key] - MOST_SHOWN} more like this (--all names them).")
    parts = ", ".join(f"{_counted(len(names), 'speaker')} for {part}" for part, names in verdict.parts.items())
    warnings = len(verdict.findings) - verdict.errors
    lines.append(
        f"{_counted(verdict.recordings, 'recording')}, {verdict.seconds / 60:.1f} min; {parts or 'no speakers'}: "
        f"{_counted(verdict.errors, 'error')}, {_counted(warnings, 'warning')}."
    )
    return "\n".join(lines)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def as_json(verdict: Verdict) -> str:
    return json.dumps(asdict(verdict) | {"errors": verdict.errors}, ensure_ascii=False, indent=1)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a data set")
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")
    parser.add_argument("--all", action="store_true", help="name every place of every complaint")


def run(options: argparse.Namespace) -> int:
    verdict = validate(options.folder, _tell)
    print(as_json(verdict) if options.json else as_text(verdict, options.all))
    return 1 if verdict.errors else 0


def _tell(number: int, count: int) -> None:
    if number % 100 == 0:
        print(f"{number}/{count} recordings looked at", file=sys.stderr, flush=True)
