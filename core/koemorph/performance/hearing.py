"""The sound of a line whose take came from a file: its level, frame by frame, for steps that listen."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio import Clip
from ..features.mel import sound_level
from ..take import Take

_PIECE: Final = 600
"""Frames listened to at a time."""


def level_under(take: Take, clip: Clip) -> NDArray[np.float32]:
    """The level in dB at each frame of the take, speech brought to its usual level; silence beyond the clip."""
    gain = np.float32(clip.gain)
    first = take.rate.frame(take.start - clip.start)
    level = np.empty(take.frame_count, dtype=np.float32)
    for begin in range(0, len(level), _PIECE):
        count = min(_PIECE, len(level) - begin)
        level[begin : begin + count] = sound_level(
            lambda start, stop: np.asarray(clip.read(start, stop) * gain), first + begin, count, take.rate
        )
    return level
