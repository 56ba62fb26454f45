"""A studio's own captures as reels: what the face really did, instead of the teacher's opinion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from ..data.dataset import Recording
from ..errors import DataError
from ..speech.training import IGNORE
from .reels import CLOCK, Reel, finished

SHORTEST: Final = 0.5
"""Seconds: what is shorter teaches nothing."""


def reels_of(recordings: Iterable[Recording]) -> Iterator[Reel]:
    for recording in recordings:
        with recording.clip() as clip:
            if clip.duration < SHORTEST:
                continue
            samples = clip.read(0, clip.sample_count) * np.float32(clip.gain)
        targets = recording.targets(CLOCK, len(samples))
        if not np.isfinite(targets).all():
            raise DataError(f"{recording.curves} holds values that are not numbers; run 'koemorph-models validate'.")
        yield finished(samples, targets, np.full(len(targets), IGNORE, np.int16))
