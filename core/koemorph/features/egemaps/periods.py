"""Jitter and shimmer of voiced frames: how much neighbouring periods differ.

From 5 ms ahead of a frame on, a period is followed by the stretch that correlates best with it, a quarter of the
period earlier or later at most; that gives its length (to a fraction of a sample, from a parabola) and where
the next begins. Jitter is the absolute difference of two neighbouring lengths over their mean (a ratio), shimmer the
absolute ratio of their peak-to-peak amplitudes (dB). Where a period does not resemble its successor
(correlation below 0.5) both are 0 and count as missing.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .framing import RATE, Bools, Floats

PERIODS: Final = 2
LEAD: Final = 80
"""Samples ahead of the frame where the first period begins."""
REACH: Final = 0.25
LEAST_MATCH: Final = 0.5
SMALLEST_AMPLITUDE: Final = 1e-5
_BUCKETS: Final = (32, 64, 128, 300)


def _cycles(
    samples: Floats, starts: NDArray[np.int64], lag: NDArray[np.int64], longest: int
) -> tuple[Floats, Floats, Floats]:
    """Length in samples, peak-to-peak amplitude, and match with its successor, of the period at each of `starts`."""
    reach = int(REACH * longest) + 1
    size = 1 << int(2 * longest + 2 * reach).bit_length()
    inside = np.arange(longest) < lag[:, None]
    low = lag - reach
    template = np.where(inside, samples[starts[:, None] + np.arange(longest)], np.float32(0))
    span = longest + 2 * reach + 1
    ahead = samples[(starts + low)[:, None] + np.arange(span)]
    spectrum = np.conj(np.fft.rfft(template, size)) * np.fft.rfft(ahead, size)
    product = np.fft.irfft(spectrum, size)[:, : 2 * reach + 1]
    energy = np.concatenate([np.zeros((len(lag), 1)), np.cumsum(np.square(ahead, dtype=np.float64), axis=1)], axis=1)
    row = np.arange(len(lag))[:, None]
    shift = np.arange(2 * reach + 1)
    norm = energy[row, np.minimum(shift + lag[:, None], span)] - energy[:, : 2 * reach + 1]
    norm = np.sqrt(np.maximum(norm * np.square(template, dtype=np.float64).sum(1)[:, None], 1e-20))
    match = np.where(np.abs(shift - reach) <= REACH * lag[:, None], product / norm, -2.0)
    best = np.clip(match.argmax(1), 1, 2 * reach - 1)
    left, middle, right = (match[row[:, 0], best + k] for k in (-1, 0, 1))
    bend = left - 2 * middle + right
    offset = np.where((bend < 0) & (left > -1.5) & (right > -1.5), 0.5 * (left - right) / np.minimum(bend, -1e-12), 0)
    amplitude = np.where(inside, template, -np.inf).max(1) - np.where(inside, template, np.inf).min(1)
    return (low + best + np.clip(offset, -0.5, 0.5)).astype(np.float32), amplitude, middle.astype(np.float32)


def jitter_shimmer(samples: Floats, starts: NDArray[np.int64], hertz: Floats) -> tuple[Floats, Floats]:
    """Jitter and shimmer of the voice with F0 `hertz` from `starts` in `samples` on."""
    jitter, shimmer = np.zeros(len(hertz), np.float32), np.zeros(len(hertz), np.float32)
    lag = np.round(RATE / hertz).astype(np.int64)
    shorter = 0
    for longest in _BUCKETS:
        chosen: Bools = (lag > shorter) & (lag <= longest)
        shorter = longest
        if not chosen.any():
            continue
        position, lengths, amplitudes, matches = starts[chosen].copy(), [], [], []
        for _ in range(PERIODS):
            length, amplitude, match = _cycles(samples, position, lag[chosen], longest)
            lengths.append(length)
            amplitudes.append(np.maximum(amplitude, np.float32(SMALLEST_AMPLITUDE)))
            matches.append(match)
            position += np.round(length).astype(np.int64)
        t, a, alike = np.stack(lengths), np.stack(amplitudes), np.stack(matches) > LEAST_MATCH
        pairs = alike[1:] & alike[:-1]
        count = np.maximum(pairs.sum(0), 1)
        jitter[chosen] = (np.abs(np.diff(t, axis=0)) * pairs).sum(0) / count / t.mean(0)
        shimmer[chosen] = (np.abs(20 * np.diff(np.log10(a), axis=0)) * pairs).sum(0) / count
    return jitter, shimmer
