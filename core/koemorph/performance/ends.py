"""The ends of a take: into the performance from neutral, and out of it."""

from __future__ import annotations

import numpy as np

from ..settings import Settings
from ..take import Curves
from .frames import Frames


def ease(curves: Curves, frames: Frames, settings: Settings) -> None:
    """Neutral at the very first and last frame where it is asked for, in place."""
    frame = np.arange(len(curves), dtype=np.float64)
    for seconds, away in ((settings.ease_in, frame), (settings.ease_out, frame[::-1])):
        if seconds > 0.0:
            x = np.clip(away / (seconds * float(frames.rate.fps)), 0.0, 1.0)
            curves *= (x * x * (3.0 - 2.0 * x)).astype(np.float32)[:, None]
