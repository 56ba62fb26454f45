"""The silence gate: where there is no sound, or only the noise that is there all the time, the mouth rests."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..features.mel import FLOOR_DB
from ..settings import Settings
from ..timing import FrameRate

_MOUTH = arkit.indices(arkit.LOWER_FACE)
_QUIETEST: Final = 5.0
"""Per cent of a line that are taken for its background."""
_STEADY: Final = 0.1
"""Seconds over which noise is averaged."""
_LOUDEST_NOISE: Final = -24.0
"""dB, about the level of speech: what is louder is somebody holding a note."""


def rest_in_silence(curves: NDArray[np.float32], opening: NDArray[np.float32] | None) -> None:
    """Scale jaw, lips and tongue by how open the gate is, in place, where there is one."""
    if opening is None:
        return
    closed = opening < 1.0
    if closed.any():
        for column in _MOUTH:
            curves[closed, column] *= opening[closed]


def gate(level: NDArray[np.float32] | None, settings: Settings, rate: FrameRate) -> NDArray[np.float32] | None:
    """0 at rest, 1 free, per frame: open around sound by the hold on both sides; None where there is no gate.

    It opens over the attack before that, and closes over the fade after it.
    """
    if level is None or settings.silence_gate <= FLOOR_DB:
        return None
    frame = np.arange(len(level), dtype=np.int32)
    sounding = level > threshold(level, settings, rate)
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


def threshold(level: NDArray[np.float32], settings: Settings, rate: FrameRate) -> float:
    """The level in dB above which there is sound: the setting's, or more where steady noise lies under the line."""
    if not settings.noise_margin:
        return settings.silence_gate
    reach = min(len(level), 2 * round(_STEADY * float(rate.fps) / 2) + 1)
    steady = np.convolve(level, np.full(reach, 1 / reach), mode="valid")
    background = float(np.percentile(steady, _QUIETEST))
    return max(settings.silence_gate, min(background + settings.noise_margin, _LOUDEST_NOISE))
