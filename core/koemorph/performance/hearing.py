"""The sound of a line whose take came from a file: its level, frame by frame, for steps that listen."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio import Clip
from ..errors import TakeError
from ..features.mel import sound_level
from ..take import Take

_PIECE: Final = 600
"""Frames listened to at a time."""


def meet(take: Take, clip: Clip) -> bool:
    """Whether anything of the take lies within the recording; captures may count from midnight instead."""
    return take.start < clip.start + clip.duration and clip.start < take.start + take.duration


def level_under(take: Take, clip: Clip) -> NDArray[np.float32]:
    """The level in dB at each frame of the take, speech brought to its usual level; silence beyond the clip."""
    if not meet(take, clip):
        raise TakeError(
            f"The take begins at {float(take.start):g} s, outside of its recording of {float(clip.duration):g} s; "
            "move it there with --offset."
        )
    gain = np.float32(clip.gain)
    first = take.rate.frame(take.start - clip.start)
    level = np.empty(take.frame_count, dtype=np.float32)
    for begin in range(0, len(level), _PIECE):
        count = min(_PIECE, len(level) - begin)
        level[begin : begin + count] = sound_level(
            lambda start, stop: np.asarray(clip.read(start, stop) * gain), first + begin, count, take.rate
        )
    return level
