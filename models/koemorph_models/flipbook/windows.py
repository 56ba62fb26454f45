"""What one step of the training sees: windows of sound, all their curves, and a few of their pictures.

A step's draw depends on the seed and its number alone, so that a training goes on exactly where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from koemorph_flipbook.geometry import WINDOW_FRAMES, WINDOW_SAMPLES, first_sample

from .footage import Footage

BEYOND: Final = 30
"""Frames by which a window may begin before its reel or end after it, as the first and last of a clip do."""
LOUDER: Final = 4.0
"""Decibels by which a window is heard louder or softer than it is, at most."""
NOISE: Final = (-80.0, -45.0)
"""Decibels of full scale: a room behind the voice."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """`samples` (B, 48000), `curves` (B, 90, 52), `inside` (B, 90); `at` (P,) of the B x 90 frames have `pictures`."""

    samples: Tensor
    curves: Tensor
    inside: Tensor
    at: Tensor
    pictures: Tensor
    """(P, 3, 128, 128), 0 to 1"""


def lesson(footage: Sequence[Footage], windows: int, pictures: int, seed: int, step: int) -> Lesson:
    """`windows` draws from all footage, long reels oftener, with about `pictures` pictures among them."""
    chance = np.random.default_rng((seed, step))
    lengths = np.array([len(reel.curves) for reel in footage])
    chosen = chance.choice(len(footage), windows, p=lengths / lengths.sum())
    sounds, curves, inside, at, drawn = [], [], [], [], []
    for row, number in enumerate(chosen.tolist()):
        reel = footage[number]
        first = int(chance.integers(-BEYOND, max(len(reel.curves) - WINDOW_FRAMES + BEYOND, 0) + 1))
        sounds.append(_disturbed(window(reel.audio, first) / np.float32(32767), chance))
        frames = np.arange(first, first + WINDOW_FRAMES)
        there = (frames >= 0) & (frames < len(reel.curves))
        inside.append(there)
        curves.append(reel.curves[np.clip(frames, 0, len(reel.curves) - 1)].astype(np.float32))
        seen = np.flatnonzero((reel.drawn >= first) & (reel.drawn < first + WINDOW_FRAMES))
        seen = chance.permutation(seen)[: -(-pictures // windows)]
        at.append(row * WINDOW_FRAMES + reel.drawn[seen] - first)
        drawn.append(reel.pictures[seen])
    return Lesson(
        samples=torch.from_numpy(np.stack(sounds)),
        curves=torch.from_numpy(np.stack(curves)),
        inside=torch.from_numpy(np.stack(inside).astype(np.float32)),
        at=torch.from_numpy(np.concatenate(at).astype(np.int64)),
        pictures=as_tensor(np.concatenate(drawn)),
    )


def window(audio: NDArray[np.int16], first: int) -> NDArray[np.int16]:
    """The sound of the 90 frames from `first` on, silence outside of the reel."""
    begin = first_sample(first)
    inside = audio[max(begin, 0) : max(begin + WINDOW_SAMPLES, 0)]
    before = min(max(-begin, 0), WINDOW_SAMPLES)
    return np.pad(inside, (before, WINDOW_SAMPLES - before - len(inside)))


def as_tensor(pictures: NDArray[np.uint8]) -> Tensor:
    """(P, 128, 128, 3) bytes -> (P, 3, 128, 128), 0 to 1."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255


def _disturbed(samples: NDArray[np.float32], chance: np.random.Generator) -> NDArray[np.float32]:
    gain, noise = (10 ** (decibels / 20) for decibels in (chance.uniform(-LOUDER, LOUDER), chance.uniform(*NOISE)))
    return samples * np.float32(gain) + chance.standard_normal(len(samples), dtype=np.float32) * np.float32(noise)
