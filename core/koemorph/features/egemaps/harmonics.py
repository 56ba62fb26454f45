"""Harmonics of voiced frames, from 60 ms power spectra: HNR, H1-H2, H1-A3 and formant amplitudes, all in dB.

HNR compares the peak of the autocorrelation at the period, p, with what is missing to its value at lag 0:
10 log10(p / (1 - p)). A formant's amplitude is that of the harmonic nearest to it, relative to the
fundamental. H1-H2 compares two harmonics, H1-A3 one with the harmonic at the third formant. The
reference counts H1 and H2 above the fundamental (2 F0 and 3 F0), where phonetics mostly starts at the
fundamental itself; counted as the reference does, so that both backends mean the same by the name.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from .framing import LONG_BINS, LONG_HZ, RATE, Floats

HNR_LIMIT: Final = 100.0
FLOOR: Final = 1e-12


def noise_ratio(power: Floats, hertz: Floats) -> Floats:
    """HNR (frames,) of power spectra (bins, frames) with F0 `hertz`."""
    correlation = np.fft.irfft(power.T, LONG_BINS, axis=1).astype(np.float32)
    lag = RATE / hertz
    reach = np.maximum(1, np.round(0.05 * lag)).astype(np.int64)
    middle = np.round(lag).astype(np.int64)
    row = np.arange(len(hertz))
    shift = np.arange(-reach.max(initial=0), reach.max(initial=0) + 1)
    near = correlation[row[:, None], np.clip(middle[:, None] + shift, 1, LONG_BINS // 2)]
    best = np.where(np.abs(shift) <= reach[:, None], near, np.float32(0)).max(axis=1, initial=0)
    share = np.clip(best / np.maximum(correlation[:, 0], np.float32(FLOOR)), 1e-10, 1 - 1e-10)
    ratio = 10 * np.log10(share / np.maximum(1 - share, 1e-10))
    return np.asarray(np.clip(ratio, -HNR_LIMIT, HNR_LIMIT), np.float32)


def _strongest(power: Floats) -> Floats:
    """The strongest bin within two bins of each, (bins, frames)."""
    strongest: Floats = power.copy()
    for shift in (1, 2):
        np.maximum(strongest[shift:], power[:-shift], out=strongest[shift:])
        np.maximum(strongest[:-shift], power[shift:], out=strongest[:-shift])
    return strongest


def relative_levels(power: Floats, hertz: Floats, formants: Floats) -> Floats:
    """H1-H2, H1-A3 and the amplitudes of formants 1-3 (5, frames); `formants` in Hz (3, frames)."""
    strongest = _strongest(power)
    column = np.arange(len(hertz))

    def harmonic(number: Floats) -> Floats:
        bins = np.round(number * hertz / LONG_HZ).astype(np.int64)
        return np.asarray(10 * np.log10(strongest[np.clip(bins, 0, len(power) - 1), column] + np.float32(FLOOR)))

    first = harmonic(np.ones_like(hertz))
    nearest = np.maximum(np.round(formants / hertz), 1).astype(np.float32)
    amplitudes = np.stack([harmonic(number) for number in nearest]) - first
    second = harmonic(np.full_like(hertz, 2))
    return np.stack([second - harmonic(np.full_like(hertz, 3)), second - first - amplitudes[2], *amplitudes])
