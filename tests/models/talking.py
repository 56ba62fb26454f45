"""A talking face of our own making: syllables of a voice, and the mouth that opens with them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from koemorph import arkit, formats
from koemorph.take import Take
from koemorph.timing import FrameRate

SAMPLE_RATE = 16000


def talk(seconds: float, fps: str, seed: int = 0) -> tuple[NDArray[np.float32], Take]:
    """Syllables of uneven length and loudness, in phrases; the jaw is open in the middle of each."""
    random = np.random.default_rng(seed)
    opening = np.zeros(int(seconds * 1000))
    at = 0.2
    while at < seconds - 0.4:
        length = random.uniform(0.12, 0.35)
        begin, end = int(at * 1000), int((at + length) * 1000)
        opening[begin:end] += random.uniform(0.4, 1.0) * np.sin(np.pi * np.linspace(0, 1, end - begin)) ** 2
        at += length + (random.uniform(0.25, 0.8) if random.random() < 0.15 else 0.0)
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    buzz = sum(np.sin(2 * np.pi * 130 * k * time + k) / k for k in range(1, 10))
    loud = np.interp(time, np.arange(len(opening)) / 1000, opening)
    samples = (0.15 * buzz * loud + random.normal(0, 1e-3, len(time))).astype(np.float32)
    rate = FrameRate.parse(fps)
    count = rate.frame_count(Fraction(len(samples), SAMPLE_RATE))
    moments = np.arange(count) / float(rate.fps)
    open_ = np.interp(moments, np.arange(len(opening)) / 1000, opening)
    values = np.zeros((count, len(arkit.SHAPES)), np.float32)
    for number, name in enumerate((*arkit.JAW, *arkit.LIPS)):
        values[:, arkit.INDEX[name]] = 0.02 + 0.01 * np.sin(moments * (1 + 0.1 * number))
    values[:, arkit.INDEX["jawOpen"]] += 0.3 * open_
    values[:, arkit.INDEX["mouthLowerDownLeft"]] += 0.2 * open_
    return samples, Take(arkit.SHAPES, values, rate)


def delayed(samples: NDArray[np.float32], seconds: float) -> NDArray[np.float32]:
    """The sound of a recorder that was started so much earlier than the curves."""
    count = round(seconds * SAMPLE_RATE)
    quiet = np.random.default_rng(9).normal(0, 1e-3, max(count, 0)).astype(np.float32)
    return np.concatenate([quiet, samples[max(-count, 0) :]])


def save(folder: Path, name: str, samples: NDArray[np.float32], take: Take, ending: str = ".jsonl") -> Path:
    """NAME.wav with its curves beside it; returns the path of the curves."""
    path = folder / f"{name}{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path.with_suffix(".wav"), samples, SAMPLE_RATE, subtype="PCM_16")
    formats.write_take(take, path)
    return path
