"""Frames, windows and spectra that all descriptors share.

A frame starts every 10 ms. Spectral descriptors look at its first 20 ms (Hamming window); descriptors of
the voice, which need several periods of a low voice, at its first 60 ms (Gaussian window, sigma 0.4 of
half the length). Samples are in -1..1; spectra are plain DFTs without normalisation.

Spectra stand as (bins, frames), float32: sums over bands and shifts over harmonics then run along
contiguous rows.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...timing import SAMPLE_RATE

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Bools = NDArray[np.bool_]

RATE: Final = SAMPLE_RATE
HOP: Final = 160
SHORT: Final = 320
LONG: Final = 960
SHORT_BINS: Final = 512
LONG_BINS: Final = 1024
SHORT_HZ: Final = RATE / SHORT_BINS
LONG_HZ: Final = RATE / LONG_BINS

HAMMING: Final[Floats] = np.hamming(SHORT).astype(np.float32)
GAUSS: Final[Floats] = np.exp(-0.5 * (np.linspace(-1.0, 1.0, LONG) / 0.4) ** 2).astype(np.float32)


def frame_count(samples: int, length: int) -> int:
    """How many whole frames of `length` samples fit; at least one, padded with zeros."""
    return 1 + max(0, samples - length) // HOP


def frames(samples: Floats, length: int, count: int) -> Floats:
    """A view (count, length): frame i starts 10 ms x i into `samples`."""
    return np.lib.stride_tricks.sliding_window_view(samples, length)[::HOP][:count]


def power_spectra(windowed: Floats, size: int) -> Floats:
    """|DFT|^2 as (bins, frames)."""
    spectrum = np.fft.rfft(windowed, size, axis=1)
    return np.ascontiguousarray((np.square(spectrum.real) + np.square(spectrum.imag)).T, np.float32)


def mel(hertz: Doubles) -> Doubles:
    """Pitch as it is heard, in mel."""
    return np.asarray(1127.0 * np.log1p(hertz / 700.0))


def mel_bank(bands: int = 26, low: float = 20.0, high: float = 8000.0) -> tuple[Floats, Doubles]:
    """Triangles equally wide in mel over the bins of a short spectrum, (bands, bins), and their centres in Hz."""
    lowest, highest = mel(np.array([low, high], np.float64))
    edges: Doubles = lowest + (highest - lowest) * np.arange(bands + 2) / (bands + 1)
    bins = mel(np.arange(SHORT_BINS // 2 + 1, dtype=np.float64) * SHORT_HZ)
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles = np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre))
    return np.maximum(triangles, 0).astype(np.float32), 700.0 * np.expm1(edges[1:-1] / 1127.0)
