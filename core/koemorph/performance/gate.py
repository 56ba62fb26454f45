"""The silence gate: where there is no sound, the mouth rests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..features.mel import FLOOR_DB
from ..settings import Settings
from ..timing import FrameRate

_MOUTH = arkit.indices(arkit.LOWER_FACE)


def rest_in_silence(
    curves: NDArray[np.float32], level: NDArray[np.float32], settings: Settings, rate: FrameRate
) -> None:
    """Scale jaw, lips and tongue by how open the gate is, in place."""
    if settings.silence_gate > FLOOR_DB:
        opening = gate(level, settings, rate)
        closed = opening < 1.0
        if closed.any():
            for column in _MOUTH:
                curves[closed, column] *= opening[closed]


def gate(level: NDArray[np.float32], settings: Settings, rate: FrameRate) -> NDArray[np.float32]:
    """0 at rest, 1 free, per frame: open around sound by the hold on both sides.

    It opens over the attack before that, and closes over the fade after it.
    """
    frame = np.arange(len(level))
    sounding = level > settings.silence_gate
    if not sounding.any():
        return np.zeros(len(level), dtype=np.float32)
    hold, attack, fade = (
        round(seconds * float(rate.fps))
        for seconds in (settings.silence_hold, settings.silence_attack, settings.silence_fade)
    )
    since = frame - np.maximum.accumulate(np.where(sounding, frame, -len(level) * 2 - 10**6))
    until = np.minimum.accumulate(np.where(sounding, frame, len(level) * 2 + 10**6)[::-1])[::-1] - frame
    closing = 1.0 - (since - hold) / (fade + 1)
    opening = 1.0 - (until - hold) / (attack + 1)
    return np.clip(np.maximum(closing, opening), 0.0, 1.0).astype(np.float32)
