"""What is known of a clip once it has been listened to: what a slider, another script or an edited phone starts from.

Everything runs on one clock of 60 frames a second, what the listener hears at 50 Hz.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .features.listener import CELL, FEATURE_RATE, TONE_SIZE
from .features.melody import MELODY_RATE
from .model import ANALYSIS_FPS
from .moods import MoodTrack
from .moods.hearing import MoodEar, hear_moods
from .moods.laughter import laughing, with_laughter
from .performance import PerformedLine
from .performance.directed import Version
from .room import put_away, room
from .settings import Settings
from .speech.alignment import Aligned, listen
from .speech.presence import absence_of_speech
from .speech.rounding import MouthEar, heard_rounding
from .speech.script import Script
from .speech.track import Tracks
from .timing import FrameRate

CLOCK: Final = FrameRate(Fraction(ANALYSIS_FPS))
MELODY_FRAMES: Final = ANALYSIS_FPS // MELODY_RATE

Array = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a take comes from: how long the clip is, where it begins in its recording (seconds), and provenance."""

    duration: Fraction
    start: Fraction
    provenance: Mapping[str, Any]

    def given(self, script: Script | None, edited: Tracks | None) -> Origin:
        """With what somebody gave beside the clip, which is part of where the take comes from."""
        told = {**({"script": script.to_dict()} if script else {}), **({"edited": True} if edited else {})}
        return replace(self, provenance={**self.provenance, **told}) if told else self


@dataclass(frozen=True)
class Voice:
    """The moods that it is in, a sentence where it is none, and how round its lips are heard to be (T,)."""

    moods: MoodTrack | None
    absent: str | None
    rounding: Array | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """Some frames of a clip, as `Analysis` and `Heard` have all of them."""

    frames: slice
    speech: Array
    emotion: Array
    level: Array
    first_feature: int
    phones: Array
    first_cell: int
    tones: Array
    melody: Array
    narrowness: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Heard:
    """What is told of a clip beside its curves: how loud it is, which phones sound, how it is said.

    `level` (T,) in dBFS at 60 fps; `phones` (n, classes) log probabilities fifty times a second, frame m centred on
    m / 50 s; `tones` (cells, 1024) of half seconds, what moods are heard in; `melody` twenty times a second;
    `narrowness` (n,) of the mouth, as the phones.
    """

    level: Array
    phones: NDArray[np.float16]
    tones: NDArray[np.float16]
    melody: Array
    narrowness: NDArray[np.float16]
    _voice: list[Voice] = field(default_factory=list, init=False, repr=False)

    def voice(self, ear: MoodEar | None, mouth: MouthEar | None) -> Voice:
        """What the whole voice tells; remembered, since a slider asks for it again."""
        if not self._voice:
            laughs = laughing(self.phones, self.level, self.melody, len(self.tones))
            moods = with_laughter(hear_moods(self.tones, self.level, ear), laughs)
            absent = absence_of_speech(self.phones, self.level)
            rounding = heard_rounding(self.narrowness, self.phones, len(self.level), ANALYSIS_FPS) if mouth else None
            self._voice.append(Voice(moods, absent, rounding))
        return self._voice[0]

    @classmethod
    def of(cls, duration: Fraction, classes: int) -> Heard:
        """Room for a clip, to be filled by `add`."""
        features = feature_frames(duration)
        return cls(
            level=np.empty(analysis_frames(duration), dtype=np.float32),
            phones=room((features, classes), np.float16),
            tones=room((-(-features // CELL), TONE_SIZE), np.float16),
            melody=np.empty(-(-analysis_frames(duration) // MELODY_FRAMES), dtype=np.float32),
            narrowness=np.zeros(features, dtype=np.float16),
        )

    def add(self, block: Block) -> None:
        self.level[block.frames] = block.level
        for own, first, told in (
            (self.phones, block.first_feature, block.phones),
            (self.tones, block.first_cell, block.tones),
            (self.melody, block.frames.start // MELODY_FRAMES, block.melody),
            (self.narrowness, block.first_feature, block.narrowness),
        ):
            inside = own[first : first + len(told)]
            inside[:] = told[: len(inside)]

    def put_away(self) -> None:
        """What of it belongs to hours needs no memory until it is read again."""
        put_away(self.phones, self.tones)

    @property
    def nbytes(self) -> int:
        return self.level.nbytes + self.phones.nbytes + self.tones.nbytes + self.melody.nbytes + self.narrowness.nbytes


@dataclass(frozen=True, eq=False, kw_only=True)
class Analysis:
    """What rendering needs of a clip: hold on to it and a slider costs milliseconds.

    `speech` and `emotion` (T, 52 r) are the latents of the two streams, frames of 60 fps.
    """

    speech: Array
    emotion: Array
    heard: Heard
    origin: Origin
    _said: dict[Script | None, Aligned] = field(default_factory=dict, init=False, repr=False)
    _lines: dict[tuple[Settings, FrameRate], dict[Version, PerformedLine]] = field(
        default_factory=dict, init=False, repr=False
    )

    def lines(self, settings: Settings, rate: FrameRate) -> dict[Version, PerformedLine]:
        """Where the latest performance is kept: another phone changes only a little of it."""
        known = self._lines.get((settings, rate), {})
        self._lines.clear()
        self._lines[settings, rate] = known
        return known

    def said(self, script: Script | None) -> Aligned:
        """What is said in it, by a script or by hearing; remembered, since a slider asks for it again."""
        if script not in self._said:
            self._said.clear()
            self._said[script] = listen(self.heard.phones, script)
        return self._said[script]

    @property
    def nbytes(self) -> int:
        """What it holds in memory."""
        performed = sum(line.nbytes for lines in self._lines.values() for line in lines.values())
        return self.speech.nbytes + self.emotion.nbytes + self.heard.nbytes + performed


def analysis_frames(duration: Fraction) -> int:
    """Frames of 60 fps that every moment of the clip lies between, at whatever rate it is read."""
    return int(duration * ANALYSIS_FPS) + 2


def feature_frames(duration: Fraction) -> int:
    """Features that begin inside of the clip, and one that ends it."""
    return int(duration * FEATURE_RATE) + 1
