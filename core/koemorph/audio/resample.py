"""Any rate to 16 kHz."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import soxr
from numpy.typing import NDArray

from koemorph.timing import SAMPLE_RATE, round_half_up

__all__ = ["SAMPLE_RATE", "Resampler"]


class Resampler:
    """A mono stream from `rate` to 16 kHz without delay; 16 kHz passes untouched."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._stream = None
        if rate != SAMPLE_RATE:
            self._stream = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
        self._taken = self._given = 0

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        self._taken += len(samples)
        if self._stream is not None:
            samples = np.asarray(self._stream.resample_chunk(samples))
        self._given += len(samples)
        return samples

    def finish(self) -> NDArray[np.float32]:
        """The last samples, so that all together are duration x 16000, halves rounded up."""
        due = max(0, round_half_up(Fraction(self._taken * SAMPLE_RATE, self._rate)) - self._given)
        rest = np.empty(0, np.float32)
        if self._stream is not None:
            rest = np.asarray(self._stream.resample_chunk(rest, last=True))[:due]
        return np.pad(rest, (0, due - len(rest)))
