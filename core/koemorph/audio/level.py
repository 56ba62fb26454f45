"""How loud the speech is, and whether the recording was driven into its ceiling.

Levels are in dB relative to a mean square of 1.0 (a full-scale sine is at -3 dBFS).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SPEECH_DBFS = -23.0
"""The level every clip's speech is brought to."""
MAX_GAIN_DB = 30.0
HOP = 1_600
"""100 ms at 16 kHz; a measuring block is four hops, as in ITU-R BS.1770 but without its K weighting."""
HOPS_PER_BLOCK = 4
GATE_DBFS = -60.0
RELATIVE_GATE_DB = 10.0

LEAST_OFFSET = 0.002
"""-54 dBFS; what lies nearer to zero does nothing to any feature."""
OFFSET_SHARE = 0.25
"""Of the root mean square of what moves around it: from here on an offset is louder than the voice's lowest band."""
FEW_HOPS = 10
"""A second; shorter recordings may lean by chance."""
STEADY_SHARE = 0.8
"""Of all hops must lie about as far from zero."""
LOST_DB = 14.0

CLIPPED_SAMPLES = 3
"""So many samples in a row at full scale are one clipped place."""
CLIPPED_PLACES = 3
"""Fewer clipped places than this are not worth a warning."""


class SpeechLevel:
    """Active speech level of a 16 kHz stream: silence and pauses do not count, nor does an offset from zero."""

    def __init__(self) -> None:
        self._energies: list[NDArray[np.float64]] = []
        self._sums: list[NDArray[np.float64]] = []
        self._rest = np.empty(0, np.float32)
        self._count = 0
        self._sounded = False

    def push(self, samples: NDArray[np.float32]) -> None:
        self._count += len(samples)
        self._sounded = self._sounded or bool(samples.any())
        waiting = np.concatenate((self._rest, samples))
        whole = len(waiting) // HOP * HOP
        hops = waiting[:whole].reshape(-1, HOP)
        self._energies.append(_energies(hops))
        self._sums.append(hops.sum(axis=1, dtype=np.float64))
        self._rest = waiting[whole:]

    def offset(self) -> float:
        """How far from zero the whole recording lies; 0 unless it is plain: every voice leans a little.

        Plain is what is far above what speech leaves in a mean, and about the same in all of the recording.
        """
        sums, count = np.concatenate(self._sums) if self._sums else np.empty(0), self._count
        total = sums.sum() + float(self._rest.sum(dtype=np.float64))
        mean = total / max(1, count)
        if abs(mean) < LEAST_OFFSET:
            return 0.0
        power = (np.concatenate(self._energies).sum() + _energies(self._rest[None]).sum()) / count
        moving = max(0.0, power - mean * mean) ** 0.5
        means = sums / HOP if len(sums) >= FEW_HOPS else np.full(1, mean)
        steady = float(np.mean(np.abs(means - mean) < abs(mean) / 2)) >= STEADY_SHARE
        share = OFFSET_SHARE if len(sums) >= FEW_HOPS else 2 * OFFSET_SHARE
        return float(mean) if steady and abs(mean) > share * moving else 0.0

    def gain(self, offset: float = 0.0) -> tuple[float, str | None]:
        """The linear factor that brings the speech to SPEECH_DBFS, and a warning where the level is strange."""
        blocks = self._blocks(offset)
        loud = blocks[blocks > _power(GATE_DBFS)]
        if not len(loud):
            return 1.0, "The recording is almost silent." if self._sounded else "The recording is digital silence."
        speech = loud[loud > loud.mean() * _power(-RELATIVE_GATE_DB)].mean()
        gain_db = SPEECH_DBFS - 10.0 * float(np.log10(speech))
        warning = None
        if gain_db < -MAX_GAIN_DB:
            warning = (
                f"The recording is {SPEECH_DBFS - gain_db:.0f} dB above full scale; export it again at a normal level."
            )
        return float(10.0 ** (min(MAX_GAIN_DB, max(-MAX_GAIN_DB, gain_db)) / 20.0)), warning

    def _blocks(self, offset: float) -> NDArray[np.float64]:
        """Mean square around `offset` of every 400 ms block; a clip shorter than one block is one block."""
        hops, rest = np.concatenate(self._energies) if self._energies else np.empty(0), self._rest
        if offset:
            hops = np.maximum(0.0, hops - 2 * offset * np.concatenate(self._sums) + HOP * offset * offset)
            rest = rest - np.float32(offset)
        if len(hops) < HOPS_PER_BLOCK:
            energy = hops.sum() + _energies(rest[None]).sum()
            return np.array([energy / max(1, self._count)])
        sums = np.lib.stride_tricks.sliding_window_view(hops, HOPS_PER_BLOCK).sum(axis=1)
        return np.asarray(sums / (HOP * HOPS_PER_BLOCK))


class CancellingWatch:
    """Whether channels cancel each other where they are mixed, as with one of them turned over."""

    def __init__(self) -> None:
        self._mixed = self._apart = 0.0

    def push(self, block: NDArray[np.float32], mixed: NDArray[np.float32]) -> None:
        if block.shape[1] > 1:
            self._mixed += float(np.square(mixed, dtype=np.float64).sum())
            self._apart += float(np.square(block, dtype=np.float64).sum()) / block.shape[1]

    @property
    def cancelled(self) -> bool:
        """The mix is 14 dB weaker than its channels; channels that know nothing of each other lose 3 dB."""
        return self._apart > 0.0 and self._mixed < _power(-LOST_DB) * self._apart


class ClippingWatch:
    """Counts the places where a stream of (frames, channels) blocks sticks to full scale."""

    def __init__(self, full_scale: float) -> None:
        self._full_scale = full_scale
        self._tail = np.zeros(CLIPPED_SAMPLES, bool)
        self._frames = 0
        self.places = 0
        self.first: int | None = None
        """Frame of the first clipped place."""

    def push(self, block: NDArray[np.float32], peak: float) -> None:
        """`peak` is the block's largest magnitude: most blocks need no closer look."""
        if peak < self._full_scale:
            self._tail[:] = False
        else:
            hot = np.concatenate((self._tail, (np.abs(block) >= self._full_scale).any(axis=1)))
            begins = np.flatnonzero(~hot[:-3] & hot[1:-2] & hot[2:-1] & hot[3:])
            if len(begins):
                self.places += len(begins)
                if self.first is None:
                    self.first = self._frames + int(begins[0]) + 1 - CLIPPED_SAMPLES
            self._tail = hot[-CLIPPED_SAMPLES:]
        self._frames += len(block)


def _energies(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(np.square(rows, dtype=np.float64).sum(axis=1))


def _power(db: float) -> float:
    return float(10.0 ** (db / 10.0))
