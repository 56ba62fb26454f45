"""Other microphones, rooms and lines: what a recording goes through before the network hears it in training.

Two in five stay clean. Noise, a third of it white, stays 3 to 40 dB below the speech; lines are telephones, narrow
or companded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.timing import SAMPLE_RATE

CLEAN: Final = 0.35
SNR_DB: Final = (3.0, 40.0)
WHITE: Final = 0.35
BELOW_SPEECH_DB: Final = (6.0, 35.0)
"""Of music and breaths."""
SPEECH_RMS: Final = 10 ** (-23 / 20)

Sound = NDArray[np.float32]
Response = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Hertz to decibels."""


def disturbed(samples: Sound, others: Sound, chance: np.random.Generator) -> Sound:
    """`samples` at the reference level, somewhere else; `others` is speech for babble, at least as long."""
    samples = samples * np.float32(10 ** (chance.normal(0, 1.5) / 20))
    if chance.random() < CLEAN:
        return samples
    if chance.random() < 0.5:
        samples = equalised(samples, chance)
    if chance.random() < 0.25:
        samples = reverberant(samples, chance)
    if chance.random() < 0.75:
        noise = noise_like(others, len(samples), chance)
        snr = chance.uniform(*SNR_DB)
        samples = samples + noise * np.float32(SPEECH_RMS * 10 ** (-snr / 20))
    if chance.random() < 0.35:
        sound = (music if chance.random() < 0.5 else breaths)(len(samples), chance)
        below = chance.uniform(*BELOW_SPEECH_DB)
        samples = samples + sound * np.float32(SPEECH_RMS * 10 ** (-below / 20))
    if chance.random() < 0.25:
        samples = telephone(samples, chance)
    if chance.random() < 0.05:
        samples = np.clip(samples, -0.25, 0.25)
    return samples.astype(np.float32)


def equalised(samples: Sound, chance: np.random.Generator) -> Sound:
    """A smooth frequency response of some +-4 dB."""
    knots = chance.normal(0, 4.0, 6)
    return _filtered(samples, lambda hertz: np.interp(np.log2(hertz + 60), np.linspace(5.9, 13, 6), knots))


def telephone(
    samples: Sound, chance: np.random.Generator, *, low: float | None = None, high: float | None = None
) -> Sound:
    """A narrow line, from `low` to `high` hertz, with eight-bit companding."""
    low, high = low or chance.uniform(80, 330), high or chance.uniform(3000, 5000)
    narrow = _filtered(samples, lambda hertz: np.where((hertz > low) & (hertz < high), 0.0, -40.0))
    peak = max(float(np.max(np.abs(narrow), initial=0.0)), 1e-6)
    bent = np.sign(narrow) * np.log1p(255 * np.abs(narrow) / peak) / np.log(256)
    steps = np.round(bent * 127) / 127
    return np.asarray(np.sign(steps) * peak * np.expm1(np.abs(steps) * np.log(256)) / 255, dtype=np.float32)


def reverberant(samples: Sound, chance: np.random.Generator) -> Sound:
    """A room of 0.1 to 0.5 s, its direct sound first, 4 to 20 dB over the tail."""
    seconds = chance.uniform(0.1, 0.5)
    count = int(seconds * SAMPLE_RATE)
    tail = chance.standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
    tail *= 10 ** (-chance.uniform(4, 20) / 20) / np.sqrt(np.sum(tail**2))
    tail[: int(0.002 * SAMPLE_RATE)] = 0.0
    tail[0] = 1.0
    size = 1 << (len(samples) + count).bit_length()
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(tail.astype(np.float32), size), size)[: len(samples)]
    return wet.astype(np.float32)


def noise_like(others: Sound, count: int, chance: np.random.Generator) -> Sound:
    """Unit-rms noise: coloured, babble of three voices, or hum with noise."""
    kind = chance.random()
    if kind < 0.3:
        voices = sum(np.roll(others, int(chance.integers(len(others))))[:count] for _ in range(3))
        noise = np.asarray(voices, dtype=np.float32)
    else:
        slope = 0.0 if chance.random() < WHITE else chance.uniform(-9, 2)  # dB an octave
        noise = chance.standard_normal(count).astype(np.float32)
        noise = _filtered(noise, lambda hertz: slope * np.log2(np.maximum(hertz, 40) / 1000))
        if kind > 0.85:
            time = np.arange(count) / SAMPLE_RATE
            base = chance.choice([50.0, 60.0, 100.0, 120.0])
            hum = sum(np.sin(2 * np.pi * base * k * time + chance.uniform(0, 6)) / k for k in range(1, 6))
            noise = noise / _rms(noise) + np.float32(chance.uniform(0.3, 2.0)) * np.asarray(hum, dtype=np.float32)
    return np.asarray(noise / _rms(noise), dtype=np.float32)


def music(count: int, chance: np.random.Generator) -> Sound:
    """Unit-rms notes of several harmonics, one to three at a time, struck or swelling."""
    sound = np.zeros(count, dtype=np.float32)
    first = 0
    while first < count:
        length = min(int(chance.uniform(0.12, 1.2) * SAMPLE_RATE), count - first)
        time = np.arange(length, dtype=np.float32) / SAMPLE_RATE
        envelope = np.exp(-chance.uniform(0, 8) * time) * np.minimum(1, time / chance.uniform(0.003, 0.15))
        for _ in range(int(chance.integers(1, 4))):
            pitch, fall = 60 * 2 ** chance.uniform(0, 4), chance.uniform(0.3, 2)
            for harmonic in range(1, int(chance.integers(2, 7))):
                tone = np.sin(np.float32(2 * np.pi * pitch * harmonic) * time + np.float32(chance.uniform(0, 6)))
                sound[first : first + length] += envelope * tone / np.float32(harmonic**fall)
        first += length if chance.random() < 0.8 else int(chance.uniform(1, 2) * length)
    return np.asarray(sound / _rms(sound), dtype=np.float32)


def breaths(count: int, chance: np.random.Generator) -> Sound:
    """Noise of a mouth's colours that swells and fades, with pauses between; of unit rms where it is loudest."""
    low, high = chance.uniform(150, 800), chance.uniform(2500, 7500)
    bump = chance.uniform(800, 2500)
    noise = _filtered(
        chance.standard_normal(count).astype(np.float32),
        lambda hertz: np.where((hertz > low) & (hertz < high), 8 * np.exp(-(((hertz - bump) / 600) ** 2)), -30.0),
    )
    envelope, first = np.zeros(count, dtype=np.float32), int(chance.uniform(0, SAMPLE_RATE))
    while first < count:
        length = min(int(chance.uniform(0.15, 1.1) * SAMPLE_RATE), count - first)
        swell = np.sin(np.pi * np.linspace(0, 1, length) ** chance.uniform(0.5, 1.6))
        envelope[first : first + length] = chance.uniform(0.3, 1.0) * swell ** chance.uniform(0.5, 2)
        first += length + int(chance.uniform(0.2, 3.0) * SAMPLE_RATE)
    return np.asarray(noise / _rms(noise) * envelope, dtype=np.float32)


def _rms(samples: Sound) -> np.float32:
    return np.float32(max(float(np.sqrt(np.mean(samples**2))), 1e-6))


def _filtered(samples: Sound, response_db: Response) -> Sound:
    """Filtered in a circle: what wraps around is a few milliseconds of the other end."""
    frequencies = np.asarray(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE), np.float64)
    gain = 10 ** (response_db(frequencies) / 20)
    spectrum = np.fft.rfft(samples) * gain.astype(np.float32)
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)
