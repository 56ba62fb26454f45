"""Whole recordings through the listener, exactly as the engine hears them: what every head learns from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from koemorph.features.listener import CELL, FEATURE_RATE, STEP, Hear, Listening
from koemorph.sessions import open_session
from koemorph.timing import SAMPLE_RATE

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Heard:
    """`features` (n, 512) at 50 Hz, frame m centred at m / 50 s; `tones` (cells, 1024), cell c from c / 2 s on."""

    features: NDArray[np.float16]
    tones: Array


def open_listener(path: Path, threads: int = 1) -> Hear:
    """The listener of a model folder's listener.onnx."""
    session = open_session(path.read_bytes(), threads, ("CPUExecutionProvider",))

    def hear(mel: Array) -> tuple[Array, Array]:
        features, tones = session.run(None, {"mel": mel[None]})
        return features[0], tones[0]

    return hear


def hear(samples: Array, listener: Hear, *, around: int = 0) -> Heard:
    """16 kHz samples at the reference level (`speech.sound.at_level`) -> all that is heard of them.

    With `around`, so many features before the first and after the last one as well.
    """

    def read(start: int, stop: int) -> Array:
        inside = samples[max(start, 0) : max(stop, 0)]
        return np.pad(inside, (max(-start, 0), stop - max(start, 0) - len(inside)))

    count = len(samples) * FEATURE_RATE // SAMPLE_RATE + 1
    listening, cells = Listening(listener, read, count), -(-count // CELL)
    features, tones = [], []
    for first in range(0, count, STEP):
        begin = first - around if first == 0 else first
        stop = first + STEP if first + STEP < count else count + around
        features.append(listening.features(begin, stop).astype(np.float16))
        tones.append(listening.tones(first // CELL, min((first + STEP) // CELL, cells)))
    return Heard(np.concatenate(features), np.concatenate(tones))
