"""Recordings of any length for measuring: the bundled line over and over, 48 kHz stereo 16-bit as from a stage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import soxr

from koemorph.cli.demo import EXAMPLE

RATE = 48_000


def make(folder: Path, seconds: int) -> Path:
    path = folder / f"{seconds}s.wav"
    samples, rate = soundfile.read(EXAMPLE, dtype="float32")
    line = soxr.resample(samples, rate, RATE)
    left = seconds * RATE
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_16") as file:
        while left:
            piece = line[:left]
            file.write(np.stack([piece, 0.9 * piece], axis=1))
            left -= len(piece)
    return path
