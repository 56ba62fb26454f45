"""What the encoder learns from: windows of mels out of reels, and what the mouth does meanwhile.

A batch depends on the seed and the step alone, so a resumed run sees what an unbroken one would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from koemorph import arkit
from koemorph.model import ANALYSIS_FPS
from koemorph.timing import SAMPLE_RATE
from koemorph_ave.features import HOP, MEL_RATE, WINDOW, mel_spectrogram, windows_at

from ..speech.training import IGNORE, spans
from ..training.disturb import disturbed
from ..training.reels import Reel

MOUTH: Final = [number for number, name in enumerate(arkit.SHAPES) if name in arkit.LOWER_FACE]
MOMENTS: Final = np.arange(5) / 25
"""Seconds after a window's beginning at which the mouth is asked for: the five pictures that it lasts."""
MIDDLE: Final = 2
STRETCH: Final = 100
"""Mel frames of the piece of sound that some windows are taken from."""
EACH: Final = 8
"""Windows of one piece."""
_MARGIN: Final = 3
"""Mel frames at its ends that would hear the cut."""
_GAIN_DB: Final = 6.0
"""Recordings come as loud as they are: unlike the engine, this pipeline does not level them."""

Batch = dict[str, torch.Tensor]


@dataclass(frozen=True, eq=False, kw_only=True)
class Piece:
    """`mels` (n, 80, 16), `mouth` (n, 5, shapes), `phones` (n,) in the middle of each window."""

    mels: NDArray[np.float32]
    mouth: NDArray[np.float32]
    phones: NDArray[np.int64]


class Windows(Dataset[Batch]):
    """Batch number = step; `size` pieces of EACH windows. `groups` are reels with their share of each batch."""

    def __init__(self, groups: Sequence[tuple[Sequence[Reel], float]], steps: int, size: int, seed: int) -> None:
        self.groups = [(reels, share, _weights(reels)) for reels, share in groups if reels]
        self.steps, self.size, self.seed = steps, size, seed

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> Batch:
        chance = np.random.default_rng([self.seed, step])
        return joined([self._draw(chance) for _ in range(self.size)])

    def _draw(self, chance: np.random.Generator) -> Piece:
        shares = np.array([share for _, share, _ in self.groups])
        reels, _, weights = self.groups[chance.choice(len(self.groups), p=shares / shares.sum())]
        reel, other = (reels[chance.choice(len(reels), p=weights)] for _ in range(2))
        frames = len(reel.audio) // HOP
        first = int(chance.integers(-WINDOW // 2, max(1, frames - STRETCH)))
        starts = np.sort(chance.choice(STRETCH - WINDOW, EACH, replace=False))
        return piece(reel, first, starts, other, chance)


def joined(pieces: Sequence[Piece]) -> Batch:
    return {name: torch.from_numpy(np.concatenate([getattr(p, name) for p in pieces])) for name in vars(pieces[0])}


def piece(
    reel: Reel,
    first: int,
    starts: NDArray[np.int64],
    other: Reel | None = None,
    chance: np.random.Generator | None = None,
) -> Piece:
    """Windows that begin `starts` mel frames after mel frame `first` of a reel; disturbed if there is `chance`."""
    begin, count = (first - _MARGIN) * HOP, (STRETCH + 2 * _MARGIN) * HOP
    samples = _samples(reel.audio, begin, begin + count)
    if chance is not None and other is not None:
        samples = disturbed(samples, np.resize(_samples(other.audio, 0, 15 * SAMPLE_RATE), count), chance)
        samples = np.clip(samples * np.float32(10 ** (chance.normal(0.0, _GAIN_DB) / 20)), -1.0, 1.0)
    mel = mel_spectrogram(partial(cut, samples), count)
    seconds = (first + starts) / MEL_RATE
    return Piece(mels=windows_at(mel, starts + _MARGIN), mouth=_mouth(reel, seconds), phones=_phones(reel, seconds))


def _mouth(reel: Reel, seconds: NDArray[np.float64]) -> NDArray[np.float32]:
    """(n, 5, shapes), between the reel's frames by straight lines."""
    place = np.clip((seconds[:, None] + MOMENTS) * ANALYSIS_FPS, 0, reel.frames - 1)
    before = np.floor(place).astype(int)
    after = np.minimum(before + 1, reel.frames - 1)
    share = (place - before)[..., None]
    curves = reel.face[:, MOUTH]
    return np.asarray(curves[before] * (1 - share) + curves[after] * share, dtype=np.float32)


def _phones(reel: Reel, seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    moments = seconds + MOMENTS[MIDDLE]
    told = spans(reel.phones)
    starts, ends = (np.array([one[side] for one in told]) for side in (1, 2))
    place = np.searchsorted(starts, moments, side="right") - 1
    names = np.array([name for name, _, _ in told])[np.maximum(place, 0)]
    return np.where((place >= 0) & (moments < ends[place]), names, IGNORE).astype(np.int64)


def _samples(audio: NDArray[np.int16], start: int, stop: int) -> NDArray[np.float32]:
    return cut(audio, start, stop).astype(np.float32) / np.float32(32767)


def cut(values: NDArray[Any], start: int, stop: int) -> NDArray[Any]:
    """Values start..stop-1; zeros outside."""
    inside = values[max(start, 0) : max(stop, 0)]
    return np.pad(inside, (max(-start, 0), stop - max(start, 0) - len(inside)))


def _weights(reels: Sequence[Reel]) -> NDArray[np.float64]:
    lengths = np.array([reel.frames for reel in reels], dtype=np.float64)
    return lengths / lengths.sum()
