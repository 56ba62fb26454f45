"""What the mouth does while nobody speaks, but something sounds: noise, breath, music.

Two seconds are laid before and after a line; there the mouth has to rest, from 0.2 s after their beginning on and until
0.5 s before the line, when lips may prepare.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.audio import Clip
from koemorph.engine import Engine
from koemorph.settings import Settings
from koemorph.timing import SAMPLE_RATE, FrameRate

from .scores import MOUTH

PAD: Final = 2.0
SETTLED: Final = 0.2
PREPARING: Final = 0.5
STILL: Final = 0.05
"""A mouth none of whose shapes is larger is at rest."""
RATE: Final = FrameRate.parse(60)

Sound = NDArray[np.float32]


def noise(count: int, chance: np.random.Generator) -> Sound:
    """Pink noise: a room, wind, traffic."""
    spectrum = np.fft.rfft(chance.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    return _level(np.fft.irfft(spectrum, count))


def breath(count: int, chance: np.random.Generator) -> Sound:
    """Breaths of 0.6 s every 1.3 s: noise between 400 Hz and 4 kHz that swells and fades."""
    spectrum = np.fft.rfft(chance.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    spectrum[(hertz < 400) | (hertz > 4000)] = 0
    phase = np.arange(count) / SAMPLE_RATE % 1.3 / 0.6
    return _level(np.fft.irfft(spectrum, count) * np.where(phase < 1, np.sin(np.pi * phase) ** 2, 0.0))


def music(count: int, chance: np.random.Generator) -> Sound:
    """Plucked chords, a new one every 0.4 s."""
    sound = np.zeros(count)
    for first in range(0, count, int(0.4 * SAMPLE_RATE)):
        time = np.arange(count - first) / SAMPLE_RATE
        root = 110 * 2 ** (int(chance.integers(0, 24)) / 12)
        for step in (0, 4, 7):
            for harmonic in (1, 2, 3, 4):
                tone = np.sin(2 * np.pi * root * 2 ** (step / 12) * harmonic * time) / harmonic
                sound[first:] += tone * np.exp(-4 * time)
    return _level(sound)


def _level(sound: NDArray[np.float64]) -> Sound:
    return np.asarray(sound / max(float(np.sqrt(np.mean(sound**2))), 1e-9), dtype=np.float32)


BACKGROUNDS: Final[Mapping[str, tuple[Callable[[int, np.random.Generator], Sound], float]]] = {
    "silence": (noise, 90.0),
    "noise, SNR 20 dB": (noise, 20.0),
    "noise, SNR 10 dB": (noise, 10.0),
    "breath, 20 dB under speech": (breath, 20.0),
    "music, 20 dB under speech": (music, 20.0),
    "music, 10 dB under speech": (music, 10.0),
}


def resting(engine: Engine, samples: Sound, background: str, settings: Settings, seed: int = 0) -> NDArray[np.float32]:
    """The largest shape of the mouth in each frame in which it has to rest."""
    make, below = BACKGROUNDS[background]
    pad = round(PAD * SAMPLE_RATE)
    loud = np.sqrt(np.mean(samples[np.abs(samples) > 0.02 * np.abs(samples).max()] ** 2))
    whole = np.pad(samples, pad) + make(len(samples) + 2 * pad, np.random.default_rng(seed)) * np.float32(
        loud * 10 ** (-below / 20)
    )
    with Clip.from_samples(whole, SAMPLE_RATE) as clip:
        take = engine.animate(clip, settings, RATE)
    time = np.arange(take.frame_count) / float(RATE.fps)
    end = len(whole) / SAMPLE_RATE
    before = (time >= SETTLED) & (time < PAD - PREPARING)
    after = (time >= end - PAD + PREPARING) & (time < end - SETTLED)
    return np.asarray(take.values[:, MOUTH].max(axis=1)[before | after])


def rest_table(engine: Engine, lines: Sequence[Sound], settings: Settings) -> dict[str, dict[str, float]]:
    """background -> the usual and the largest shape of the mouth, and the share of time in which it does not rest."""
    found = {}
    for background in BACKGROUNDS:
        moved = np.concatenate([resting(engine, line, background, settings, seed) for seed, line in enumerate(lines)])
        found[background] = {
            "median": float(np.median(moved)),
            "p99": float(np.percentile(moved, 99)),
            "moving": float((moved > STILL).mean()),
        }
    return found
