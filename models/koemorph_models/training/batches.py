"""The batch of a step. It depends on the seed and the step alone, so a resumed run sees what an unbroken one would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from koemorph.features.emotion import TOKEN_SIZE, token_count, windows_of_token
from koemorph.features.mel import CONTEXT, DETAIL, DETAIL_FRAMES, SPEECH_SIZE, MelBands, mel_filters, speech_features
from koemorph.model import ANALYSIS_FPS, GRID_FRAMES, TOKEN_FRAMES

from ..speech.sound import SAMPLE_RATE
from ..speech.training import IGNORE
from .disturb import disturbed
from .reels import CLOCK, Reel

CROP: Final = 10 * GRID_FRAMES
"""Frames of an item: 12 s, more than the network's context."""
BORDER: Final = 24
"""Frames at a crop's ends whose neighbourhood the network cannot hear: they are not counted."""
STRIDES: Final = ((0.15, CROP), (0.4, CROP // 2), (1.0, GRID_FRAMES))
"""Crops start so many frames apart up to that share of the training: from sparse to dense sampling."""

THROATS: Final = 0.4
"""Share of crops that are heard from a longer or shorter throat."""
THROAT_LENGTH: Final = (0.88, 1.14)
_BANKS: Final[tuple[MelBands, ...]] = (CONTEXT, *[DETAIL] * DETAIL_FRAMES)

Batch = dict[str, torch.Tensor]


@dataclass(frozen=True, eq=False)
class Item:
    """One crop, as arrays: see `Batches`."""

    speech: NDArray[np.float32]
    speech_inside: NDArray[np.float32]
    emotion: NDArray[np.float32]
    emotion_inside: NDArray[np.float32]
    targets: NDArray[np.float32]
    phones: NDArray[np.int64]
    counted: NDArray[np.float32]


class Batches(Dataset[Batch]):
    """Batch number = step. `groups` are reels with the share of each batch that comes from them."""

    def __init__(
        self, groups: Sequence[tuple[Sequence[Reel], float]], steps: int, size: int, seed: int, replica: int = 0
    ) -> None:
        self.groups = [(reels, share, _weights(reels)) for reels, share in groups if reels]
        self.steps, self.size, self.seed, self.replica = steps, size, seed, replica

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> Batch:
        chance = np.random.default_rng([self.seed, self.replica, step])
        stride = next(stride for share, stride in STRIDES if step <= share * self.steps)
        items = [self._draw(stride, chance) for _ in range(self.size)]
        stacked = {name: torch.from_numpy(np.stack([getattr(i, name) for i in items])) for name in vars(items[0])}
        # Most steps see the whole range of the slider, the usual value more often.
        heat = chance.uniform(0.05, 0.5, self.size).astype(np.float32)
        stacked["temperature"] = torch.from_numpy(heat)
        return stacked

    def _draw(self, stride: int, chance: np.random.Generator) -> Item:
        shares = np.array([share for _, share, _ in self.groups])
        reels, _, weights = self.groups[chance.choice(len(self.groups), p=shares / shares.sum())]
        reel, other = (reels[chance.choice(len(reels), p=weights)] for _ in range(2))
        phase = int(chance.integers(0, stride))
        last = max(0, reel.frames - CROP + BORDER)
        start = -BORDER + phase + stride * int(chance.integers(0, max(1, (last + BORDER - phase) // stride + 1)))
        if reel.frames <= CROP - BORDER:
            start = -int(chance.integers(0, CROP - reel.frames + 1))
        return crop(reel, start, other, chance)


def _weights(reels: Sequence[Reel]) -> NDArray[np.float64]:
    lengths = np.array([reel.frames for reel in reels], dtype=np.float64)
    return lengths / lengths.sum()


def crop(reel: Reel, start: int, other: Reel | None = None, chance: np.random.Generator | None = None) -> Item:
    """Frames `start` to `start` + CROP - 1 of a reel; disturbed if there is a generator to draw with."""
    frames = np.arange(start, start + CROP)
    inside = ((frames >= 0) & (frames < reel.frames)).astype(np.float32)
    clipped = np.clip(frames, 0, reel.frames - 1)
    first = start * SAMPLE_RATE // ANALYSIS_FPS - SAMPLE_RATE // 10
    count = CROP * SAMPLE_RATE // ANALYSIS_FPS + SAMPLE_RATE // 5
    samples = _samples(reel, first, first + count)
    if chance is not None and other is not None:
        babble = np.resize(other.audio[: 15 * SAMPLE_RATE], count).astype(np.float32) / np.float32(32767)
        sounding = disturbed(samples, babble, chance)
        # Before and after a file there is nothing, not even noise.
        begin, end = max(0, -first), max(0, first + count - len(reel.audio))
        samples = np.zeros_like(sounding)
        samples[begin : count - end] = sounding[begin : count - end]

    def read(begin: int, end: int) -> NDArray[np.float32]:
        return samples[begin - first : end - first]

    speech = speech_features(read, start, CROP, CLOCK).bands
    emotion, emotion_inside = _tokens(reel, start)
    if chance is not None:
        speech, emotion = _roughened(speech, emotion, chance)
    targets = reel.targets[clipped].astype(np.float32)
    phones = np.where(inside > 0, reel.phones[clipped], IGNORE).astype(np.int64)
    counted = inside.copy()
    if start > 0:
        counted[:BORDER] = 0
    if start + CROP < reel.frames:
        counted[-BORDER:] = 0
    return Item(speech, inside, emotion, emotion_inside, targets, phones, counted)


def _samples(reel: Reel, first: int, stop: int) -> NDArray[np.float32]:
    own = reel.audio[max(first, 0) : max(stop, 0)].astype(np.float32) / np.float32(32767)
    return np.pad(own, (max(-first, 0), stop - max(first, 0) - len(own)))


def _tokens(reel: Reel, start: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Emotion tokens on the crop's own grid: the ones nearest to it in the reel, 0.15 s off at most."""
    count = CROP // TOKEN_FRAMES + 1
    wanted = np.arange(count) + round(start / TOKEN_FRAMES)
    total = token_count(len(reel.audio))
    inside = ((wanted >= 0) & (wanted < total)).astype(np.float32)
    values = np.zeros((count, TOKEN_SIZE), dtype=np.float32)
    for place in np.flatnonzero(inside):
        values[place] = reel.windows[list(windows_of_token(int(wanted[place]), len(reel.windows)))].reshape(-1)
    return values, inside


def _roughened(
    speech: NDArray[np.float32], emotion: NDArray[np.float32], chance: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Other throats; some bands missing now and then; functionals a few per cent off, as noise and codecs make them."""
    if chance.random() < THROATS:
        speech = other_throat(speech, chance.uniform(*THROAT_LENGTH))
    if chance.random() < 0.2:
        speech = speech.copy()
        width, at = int(chance.integers(2, 7)), chance.random()
        first = 0
        for bank in _BANKS:
            begin = first + int(at * (bank.bands - width))
            own = slice(begin, begin + width)
            speech[:, own] = speech[:, own].mean(axis=0)
            first += bank.bands
    return speech, emotion * chance.normal(1.0, 0.03, TOKEN_SIZE).astype(np.float32)


def other_throat(speech: NDArray[np.float32], formants: float) -> NDArray[np.float32]:
    """Speech features (T, 200) with all formants so many times as high; pitch goes along, tempo stays."""
    moved, first = [], 0
    for bank in _BANKS:
        hertz = _centres(bank)
        place = np.interp(hertz / formants, hertz, np.arange(bank.bands))
        low = np.minimum(place.astype(int), bank.bands - 2)
        share = (place - low).astype(np.float32)
        own = speech[:, first : first + bank.bands]
        moved.append(own[:, low] * (1 - share) + own[:, low + 1] * share)
        first += bank.bands
    return np.concatenate(moved, axis=1)


@cache
def _centres(bank: MelBands) -> NDArray[np.float64]:
    """The frequency in the middle of each band."""
    filters = mel_filters(bank)
    hertz = np.arange(filters.shape[1]) * (SAMPLE_RATE / bank.n_fft)
    return np.asarray(filters @ hertz / filters.sum(axis=1))


def statistics(batches: Batches, count: int) -> dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Mean and spread of the inputs over `count` batches, spread over the whole training."""
    steps = np.linspace(0, len(batches) - 1, count).astype(int)
    drawn = [batches[int(step)] for step in steps]
    found = {}
    for name, size in (("speech", SPEECH_SIZE), ("emotion", TOKEN_SIZE)):
        values = torch.cat([batch[name][batch[f"{name}_inside"] > 0] for batch in drawn]).double()
        assert values.shape[1] == size
        mean, spread = values.mean(dim=0), values.std(dim=0)
        found[name] = (mean.float().numpy(), spread.clamp(min=1e-3).float().numpy())
    return found
