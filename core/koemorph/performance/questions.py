"""Questions that can be heard: phrases whose voice ends above where it was.

Those with a question word mostly fall, and nothing tells them from statements but their words.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..features.melody import MELODY_RATE
from ..timing import FrameRate
from .phrases import Spans

RISES: Final = (0.15, 0.40)
"""Octaves above the middle of its phrase at which an end begins to be a question, and is one for sure."""
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


def questions(melody: Array, level: Array, spoken: Spans, rate: FrameRate) -> Array:
    """(frames of `level`,) 0 to 1: how much each moment belongs to the end of a question."""
    asked = np.zeros(len(level), np.float32)
    time = np.arange(len(level)) / float(rate.fps)
    loud = level[np.minimum(np.arange(len(melody)) * round(float(rate.fps)) // MELODY_RATE, len(level) - 1)]
    for begin, end in spoken.tolist():
        own = slice(max(0, int(max(begin, end - REMEMBERED) * MELODY_RATE)), int(np.ceil(end * MELODY_RATE)) + 1)
        sure = float(np.interp(_rise(melody[own], loud[own]), RISES, (0.0, 1.0)))
        if sure > 0.0:
            near = slice(*np.searchsorted(time, (end - _BEFORE, end + _AFTER + _COMES)))
            x = np.clip(np.minimum(time[near] - end + _BEFORE, end + _AFTER + _COMES - time[near]) / _COMES, 0.0, 1.0)
            asked[near] = np.maximum(asked[near], sure * x * x * (3.0 - 2.0 * x))
    return asked


def _rise(octaves: Array, level: Array) -> float:
    """How far, in octaves, a phrase ends above its middle, if it goes up to there."""
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
    return top - float(np.median(before)) if top >= voice[ends[-1]][:-2].min() else 0.0
