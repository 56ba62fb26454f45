"""Questions: those that a script writes, else those that can be heard, phrases whose voice ends above where it was.

Questions with a question word mostly fall, and nothing tells them from statements but their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..features.melody import MELODY_RATE
from ..speech.track import Word
from ..timing import FrameRate
from .phrases import Spans

MARKS: Final = ("?", "？")
_SENTENCE_ENDS: Final = ".!…。！"
RISES: Final = (0.0, 0.16)
"""Octaves above what the phrase mostly stays under (`_MOSTLY`) at which an end begins to be a question, and is one."""
_MOSTLY: Final = 90.0
_LEAST_RISE: Final = 0.15
"""Octaves above the middle of its phrase that the end of a question has at least."""
REMEMBERED: Final = 3.0
"""Seconds of a phrase that its end is compared with."""
_TAIL: Final = 0.35
"""Seconds before the end in which the voice must go up, and after the last voice in which the phrase must end."""
_SOUNDING_DB: Final = 20.0
"""How much weaker than loud parts a voice may be to count: a creak is none."""
_LEAP: Final = 0.3
"""Octaves from frame to frame that no voice goes: it was misheard."""
_FOLDED: Final = 0.9
"""Octaves from the phrase's middle beyond which an octave was misheard."""
_FEWEST: Final = 8
_BEFORE, _AFTER = 0.65, 0.45
"""Seconds that a question shows before the end of its phrase, and after."""
_COMES: Final = 0.5

Array = NDArray[np.float32]


def written(words: Sequence[Word], script: str) -> tuple[float, ...] | None:
    """When the last words of written questions end, in seconds; None where nothing tells what is asked and what not.

    A word that ends a question has its mark. A script without any marks tells nothing, nor does one whose question was
    not found.
    """
    ends = tuple(float(word.end) for word in words if word.text.endswith(MARKS))
    if ends or not words or any(mark in script for mark in MARKS):
        return ends or None
    return () if any(mark in script for mark in _SENTENCE_ENDS) else None


def heard(melody: Array, level: Array, spoken: Spans, rate: FrameRate) -> Array:
    """(frames of `level`,) 0 to 1: how much each moment belongs to the end of a question, by the voice."""
    asked = np.zeros(len(level), np.float32)
    loud = level[np.minimum(np.arange(len(melody)) * round(float(rate.fps)) // MELODY_RATE, len(level) - 1)]
    for begin, end in spoken.tolist():
        own = slice(max(0, int(max(begin, end - REMEMBERED) * MELODY_RATE)), int(np.ceil(end * MELODY_RATE)) + 1)
        sure = float(np.interp(_rise(melody[own], loud[own]), RISES, (0.0, 1.0)))
        if sure > 0.0:
            _show(asked, end, sure, rate)
    return asked


def asked_at(ends: Sequence[float], count: int, rate: FrameRate) -> Array:
    """(count,) 0 to 1: how much each moment belongs to the end of one of the questions that end then."""
    asked = np.zeros(count, np.float32)
    for end in ends:
        _show(asked, end, 1.0, rate)
    return asked


def _show(asked: Array, end: float, sure: float, rate: FrameRate) -> None:
    fps = float(rate.fps)
    first, stop = (max(0, int(np.ceil(moment * fps))) for moment in (end - _BEFORE, end + _AFTER + _COMES))
    time = np.arange(first, min(stop, len(asked))) / fps
    x = np.clip(np.minimum(time - end + _BEFORE, end + _AFTER + _COMES - time) / _COMES, 0.0, 1.0)
    near = slice(first, first + len(time))
    asked[near] = np.maximum(asked[near], sure * x * x * (3.0 - 2.0 * x))


def _rise(octaves: Array, level: Array) -> float:
    """How far, in octaves, a phrase ends above what it mostly stays under: excited voices go high everywhere."""
    if not len(octaves):
        return 0.0
    heard = np.flatnonzero(np.isfinite(octaves) & (level > np.percentile(level, 90) - _SOUNDING_DB))
    tail = round(_TAIL * MELODY_RATE)
    if len(heard) < _FEWEST or len(octaves) - 1 - heard[-1] > tail:
        return 0.0
    voice = octaves[heard] - np.median(octaves[heard])
    voice = np.where(np.abs(voice) > _FOLDED, voice - np.sign(voice), voice)
    leaps = np.flatnonzero((np.diff(heard) > 2) | (np.abs(np.diff(voice)) > _LEAP * np.diff(heard))) + 1
    ends = [run[-tail:] for run in np.split(np.arange(len(heard)), leaps) if len(run) >= 3]
    if not ends or len(octaves) - 1 - heard[ends[-1][-1]] > tail:
        return 0.0
    before = voice[heard <= heard[ends[-1][-1]] - 4]
    if len(before) < 4:
        return 0.0
    top = float(np.median(voice[ends[-1][-3:]]))
    return top - float(np.percentile(before, _MOSTLY)) if top - float(np.median(before)) >= _LEAST_RISE else 0.0
