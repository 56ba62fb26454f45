"""All descriptors of a clip, from front to back in blocks: what `functionals` sums up.

A `Table` holds smoothed columns of consecutive frames. The columns are those of `names.DESCRIPTORS`, then
voiced-only and unvoiced-only versions of the spectral ones (masked before smoothing), and the power
of the frame. Blocks overlap by exactly what the longest reach needs, so the cut leaves no trace.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from . import balance, formants, harmonics, loudness, periods, pitch
from .framing import (
    GAUSS,
    HAMMING,
    HOP,
    LONG,
    LONG_BINS,
    SHORT,
    SHORT_BINS,
    Bools,
    Floats,
    frame_count,
    frames,
    power_spectra,
)
from .smoothing import smooth, smooth_masked

BLOCK: Final = 256
BEGUN: Final = 2
"""Blocks whose voice is being measured, or waits for it."""
SPECTRAL: Final = 10
PITCH: Final = 10
NO_AMPLITUDE: Final = -201.0
SEMITONE_ZERO: Final = 27.5
PULSE_REACH: Final = 2 * LONG
"""Samples that a frame and the periods followed from its start may need."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Smoothed descriptors of consecutive frames, one column per frame."""

    descriptors: Floats
    """(25, frames), in the order of `names.DESCRIPTORS`."""
    voiced_balance: Floats
    """(9, frames): alpha ratio, Hammarberg, slopes, flux, MFCC 1-4 of voiced frames; 0 elsewhere."""
    unvoiced_balance: Floats
    """(5, frames): alpha ratio, Hammarberg, slopes, flux of unvoiced frames; 0 elsewhere."""
    power: Floats
    """Mean square of the samples of each 20 ms frame."""

    @property
    def voiced(self) -> Bools:
        return np.asarray(self.descriptors[PITCH] > 0)


@dataclass(frozen=True, kw_only=True)
class _Raw:
    """Descriptors before smoothing."""

    descriptors: Floats
    power: Floats


def _spectral(samples: Floats, count: int, before: Floats | None) -> tuple[Floats, Floats, Floats]:
    """The 10 spectral descriptors, the power of the frames, and the spectra."""
    cut = frames(samples, SHORT, count)
    spectra = power_spectra(cut * HAMMING, SHORT_BINS)
    loud, mfcc = loudness.loudness_and_mfcc(spectra)
    change = balance.flux(spectra, spectra[:, :1] if before is None else before)
    columns = np.concatenate([loud[None], balance.balance(spectra), change[None], mfcc], dtype=np.float32)
    return columns, np.einsum("ij,ij->i", cut, cut) / np.float32(SHORT), spectra


def _voice(samples: Floats, hertz: Floats, spectra: Floats, long_spectra: Floats) -> Floats:
    """The 15 descriptors of the voice for frames with F0 `hertz`, 0: unvoiced; `samples` begin `periods.LEAD` early."""
    columns = np.zeros((15, len(hertz)), np.float32)
    columns[[8, 11, 14]] = NO_AMPLITUDE
    voiced = np.flatnonzero(hertz)
    if not len(voiced):
        return columns
    pitches, voices = hertz[voiced], np.ascontiguousarray(long_spectra[:, voiced])
    columns[0, voiced] = 12 * np.log2(pitches / np.float32(SEMITONE_ZERO))
    columns[1:3, voiced] = periods.jitter_shimmer(samples, voiced * HOP, pitches)
    columns[3, voiced] = harmonics.noise_ratio(voices, pitches)
    frequency, bandwidth = formants.formants(np.ascontiguousarray(spectra[:, voiced]))
    columns[4:6, voiced], columns[8::3, voiced] = np.split(harmonics.relative_levels(voices, pitches, frequency), [2])
    columns[6::3, voiced], columns[7::3, voiced] = frequency, bandwidth
    return columns


def _smoothed(raw: _Raw) -> Table:
    """A table two frames shorter: the first and last frame of `raw` serve as neighbours."""
    columns = raw.descriptors
    voiced: Bools = columns[PITCH] > 0
    balances = columns[[1, 2, 3, 4, 5, 6, 7, 8, 9]]
    descriptors = np.concatenate(
        [
            smooth(columns[:SPECTRAL]),
            smooth_masked(columns[PITCH:], columns[PITCH:] != 0),
        ]
    )
    return Table(
        descriptors=descriptors,
        voiced_balance=smooth_masked(balances, voiced),
        unvoiced_balance=smooth_masked(balances[:5], ~voiced),
        power=raw.power[1:-1],
    )


def _raw_blocks(read: Callable[[int, int], Floats], sample_count: int, block: int) -> Iterator[_Raw]:
    """Raw descriptors in blocks; those of the voice, half of the work, are measured beside the rest of the next."""
    with ThreadPoolExecutor(1, "koemorph-voice") as beside:
        begun: deque[Future[_Raw]] = deque()
        for decided in _decided_blocks(read, sample_count, block):
            begun.append(beside.submit(_whole, *decided))
            if len(begun) > BEGUN:
                yield begun.popleft().result()
        yield from (raw.result() for raw in begun)


def _whole(samples: Floats, columns: Floats, power: Floats, spectra: Floats, long: Floats, hertz: Floats) -> _Raw:
    return _Raw(descriptors=np.concatenate([columns, _voice(samples, hertz, spectra, long)]), power=power)


def _decided_blocks(
    read: Callable[[int, int], Floats], sample_count: int, block: int
) -> Iterator[tuple[Floats, Floats, Floats, Floats, Floats, Floats]]:
    """Samples, spectral descriptors, power, both spectra, and F0 of blocks, each as soon as F0 is decided."""
    total = frame_count(sample_count, SHORT)
    spoken = frame_count(sample_count, LONG)
    path = pitch.Path()
    before: Floats | None = None
    waiting: list[tuple[Floats, Floats, Floats, Floats, Floats]] = []
    decided: list[Floats] = []
    ready = 0
    for first in range(0, total, block):
        count = min(block, total - first)
        samples = read(first * HOP - periods.LEAD, first * HOP + (count - 1) * HOP + PULSE_REACH)
        framed = samples[periods.LEAD :]
        columns, power, spectra = _spectral(framed, count, before)
        before = spectra[:, -1:]
        long_spectra = power_spectra(frames(framed, LONG, count) * GAUSS, LONG_BINS)
        path.feed(pitch.candidates(long_spectra))
        waiting.append((samples, columns, power, spectra, long_spectra))
        decided.append(path.decide(finished=first + count == total))
        ready += len(decided[-1])
        while waiting and ready >= waiting[0][1].shape[1]:
            told = waiting.pop(0)
            size = told[1].shape[1]
            hertz, rest = np.split(np.concatenate(decided), [size])
            decided, ready = [rest], len(rest)
            begin = first + count - size - sum(w[1].shape[1] for w in waiting)
            hertz[max(0, spoken - begin) :] = 0
            yield *told, hertz


def tables(read: Callable[[int, int], Floats], sample_count: int, block: int = BLOCK) -> Iterator[Table]:
    """The descriptors of a clip; `block` frames at a time, whatever comes out does not depend on it."""
    tail: _Raw | None = None
    for raw in _raw_blocks(read, sample_count, block):
        if tail is None:
            joined = _Raw(
                descriptors=np.concatenate([raw.descriptors[:, :1], raw.descriptors], 1),
                power=np.r_[raw.power[:1], raw.power],
            )
        else:
            joined = _Raw(
                descriptors=np.concatenate([tail.descriptors, raw.descriptors], 1), power=np.r_[tail.power, raw.power]
            )
        if joined.power.size > 2:
            yield _smoothed(joined)
        tail = _Raw(descriptors=joined.descriptors[:, -2:], power=joined.power[-2:])
    if tail is not None:
        last = _Raw(
            descriptors=np.concatenate([tail.descriptors, tail.descriptors[:, -1:]], 1),
            power=np.r_[tail.power, tail.power[-1:]],
        )
        yield _smoothed(last)
