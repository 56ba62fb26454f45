"""The batch of a step. It depends on the seed and the step alone, so a resumed run sees what an unbroken one would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from koemorph.features.emotion import TOKEN_SIZE, token_count, windows_of_token
from koemorph.features.listener import FEATURE_RATE, FEATURE_SIZE
from koemorph.model import ANALYSIS_FPS, GRID_FRAMES, TOKEN_FRAMES
from koemorph.timing import SAMPLE_RATE

from .reels import EDGE, Reel

CROP: Final = 10 * GRID_FRAMES
"""Frames of an item: 12 s, more than the network's context."""
GRID_FEATURES: Final = GRID_FRAMES * FEATURE_RATE // ANALYSIS_FPS
BORDER: Final = 30
"""Frames at a crop's ends whose neighbourhood the network cannot hear: they are not counted."""
COLDEST, HOTTEST = 0.05, 0.5

Batch = dict[str, torch.Tensor]


@dataclass(frozen=True, eq=False, kw_only=True)
class Item:
    """One crop, as arrays: see `Batches`. `targets` are the contained face and the whole one, (2, CROP, 52)."""

    features: NDArray[np.float32]
    inside: NDArray[np.float32]
    emotion: NDArray[np.float32]
    emotion_inside: NDArray[np.float32]
    targets: NDArray[np.float32]
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
        items = [self._draw(chance) for _ in range(self.size)]
        stacked = {name: torch.from_numpy(np.stack([getattr(i, name) for i in items])) for name in vars(items[0])}
        stacked["temperature"] = torch.from_numpy(chance.uniform(COLDEST, HOTTEST, self.size).astype(np.float32))
        return at_temperature(stacked)

    def _draw(self, chance: np.random.Generator) -> Item:
        shares = np.array([share for _, share, _ in self.groups])
        reels, _, weights = self.groups[chance.choice(len(self.groups), p=shares / shares.sum())]
        reel = reels[chance.choice(len(reels), p=weights)]
        # Features and frames share a grid of a tenth of a second.
        last = max(0, reel.frames - CROP + BORDER) // 6
        start = 6 * int(chance.integers(-BORDER // 6, last + 1))
        if reel.frames <= CROP - BORDER:
            start = -6 * int(chance.integers(0, (CROP - reel.frames) // 6 + 1))
        item = crop(reel, start)
        roughened = item.emotion * chance.normal(1.0, 0.03, TOKEN_SIZE).astype(np.float32)
        return Item(**{**vars(item), "emotion": roughened})


def at_temperature(batch: Batch) -> Batch:
    """Targets between the contained face (coldest) and the whole one (hottest), by each item's temperature."""
    share = ((batch["temperature"] - COLDEST) / (HOTTEST - COLDEST))[:, None, None]
    contained, whole = batch["targets"].unbind(dim=1)
    return {**batch, "targets": contained + share * (whole - contained)}


def _weights(reels: Sequence[Reel]) -> NDArray[np.float64]:
    lengths = np.array([reel.frames for reel in reels], dtype=np.float64)
    return lengths / lengths.sum()


def crop(reel: Reel, start: int) -> Item:
    """Frames `start` to `start` + CROP - 1 of a reel; `start` is a multiple of six."""
    frames = np.arange(start, start + CROP)
    inside = ((frames >= 0) & (frames < reel.frames)).astype(np.float32)
    clipped = np.clip(frames, 0, reel.frames - 1)
    first = start * FEATURE_RATE // ANALYSIS_FPS + EDGE
    heard = np.clip(np.arange(first, first + CROP * FEATURE_RATE // ANALYSIS_FPS), 0, len(reel.features) - 1)
    emotion, emotion_inside = _tokens(reel, start)
    counted = inside.copy()
    if start > 0:
        counted[:BORDER] = 0
    if start + CROP < reel.frames:
        counted[-BORDER:] = 0
    features = reel.features[heard].astype(np.float32)
    assert features.shape[1] == FEATURE_SIZE
    return Item(
        features=features,
        inside=inside,
        emotion=emotion,
        emotion_inside=emotion_inside,
        targets=reel.curves[:, clipped].astype(np.float32),
        counted=counted,
    )


def _tokens(reel: Reel, start: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Emotion tokens on the crop's own grid: the ones nearest to it in the reel, 0.15 s off at most."""
    count = CROP // TOKEN_FRAMES + 1
    wanted = np.arange(count) + round(start / TOKEN_FRAMES)
    total = token_count(reel.frames * SAMPLE_RATE // ANALYSIS_FPS)
    inside = ((wanted >= 0) & (wanted < total)).astype(np.float32)
    values = np.zeros((count, TOKEN_SIZE), dtype=np.float32)
    for place in np.flatnonzero(inside):
        values[place] = reel.windows[list(windows_of_token(int(wanted[place]), len(reel.windows)))].reshape(-1)
    return values, inside


def statistics(batches: Batches, count: int) -> dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Mean and spread of the inputs over `count` batches, spread over the whole training."""
    steps = np.linspace(0, len(batches) - 1, count).astype(int)
    drawn = [batches[int(step)] for step in steps]
    found = {}
    values = {
        "speech": torch.cat([batch["features"].flatten(0, 1) for batch in drawn]).double(),
        "emotion": torch.cat([batch["emotion"][batch["emotion_inside"] > 0] for batch in drawn]).double(),
    }
    for name, own in values.items():
        mean, spread = own.mean(dim=0), own.std(dim=0)
        found[name] = (mean.float().numpy(), spread.clamp(min=1e-3).float().numpy())
    return found
