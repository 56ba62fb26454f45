"""A studio's own captures as reels: what the face really did, instead of the teacher's opinion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from ..data.dataset import Recording
from ..errors import DataError
from ..listener import open_listener
from ..teacher import analyse, reference
from .reels import CLOCK, Reel
from .stringing import reel_of

SHORTEST: Final = 0.5
"""Seconds: what is shorter teaches nothing."""


def reels_of(recordings: Iterable[Recording], listener: Path) -> Iterator[Reel]:
    ears = open_listener(listener)
    for recording in recordings:
        with recording.clip() as clip:
            if clip.duration < SHORTEST:
                continue
            samples = clip.read(0, clip.sample_count) * np.float32(clip.gain)
        targets = recording.targets(CLOCK, len(samples))
        if not np.isfinite(targets).all():
            raise DataError(f"{recording.curves} holds values that are not numbers; run 'koemorph-models validate'.")
        reel = reel_of(samples, samples, (), reference([analyse(samples)]), ears)
        yield replace(reel, targets=np.stack([targets, targets]).astype(np.float16))
