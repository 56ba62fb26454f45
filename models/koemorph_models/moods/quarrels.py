"""Quarrels made up of three lines of one actor in different moods: is a mood told where it is?"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from koemorph.moods import NEUTRAL, MoodTrack
from koemorph.moods.hearing import CELL_SECONDS

from .material import Line

EACH: Final = 25
"""Of an actor."""
PARTS: Final = 3
SOUNDING: Final = 0.3
"""The share of a cell that must sound for its mood to be asked for."""


@dataclass(frozen=True, eq=False)
class Quarrel:
    """Lines one after the other, a silent cell between them."""

    parts: tuple[Line, ...]

    @property
    def line(self) -> Line:
        """As one line; its mood means nothing."""
        first = self.parts[0]
        tones = [rows for part in self.parts for rows in (part.tones, np.zeros_like(part.tones[:1]))]
        sound = [share for part in self.parts for share in (part.sound, np.zeros(1, np.float32))]
        return replace(first, tones=np.concatenate(tones), sound=np.concatenate(sound))

    @property
    def truth(self) -> list[str]:
        """The mood of each cell."""
        return [part.mood for part in self.parts for _ in range(len(part.sound) + 1)]


def quarrels(lines: Sequence[Line], each: int = EACH) -> list[Quarrel]:
    """As many of each actor; `lines` are acted ones, heard as they are."""
    found = []
    for actor in sorted({line.speaker for line in lines}):
        chance = random.Random(actor)
        by_mood = defaultdict(list)
        for line in lines:
            if line.speaker == actor:
                by_mood[line.mood].append(line)
        for _ in range(each):
            moods = chance.sample(sorted(by_mood), min(PARTS, len(by_mood)))
            found.append(Quarrel(tuple(chance.choice(by_mood[mood]) for mood in moods)))
    return found


def share_told(told: Sequence[tuple[Quarrel, MoodTrack | None]]) -> float:
    """Of the half seconds that sound, how many are given their mood; mean over moods."""
    right: dict[str, list[bool]] = defaultdict(list)
    for quarrel, track in told:
        truth, sound = quarrel.truth, quarrel.line.sound
        called = [NEUTRAL] * len(truth)
        for key in track.keys if track else ():
            first = round(key.seconds / CELL_SECONDS)
            called[first:] = [key.mood] * (len(truth) - first)
        for wanted, given, share in zip(truth, called, sound, strict=True):
            if share > SOUNDING:
                right[wanted].append(wanted == given)
    return round(float(np.mean([np.mean(own) for own in right.values()])), 3)
