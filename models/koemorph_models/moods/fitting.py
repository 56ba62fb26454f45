"""The linear layer that hears moods: fitted to lines that each count as much as their mood is rare.

Arousal and valence are where a mood stands on Russell's circle, since nobody rated these lines: a second reading of the
same scores, that goes on between the moods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from koemorph.moods.hearing import MoodEar

from .material import Line

MOODS: Final = ("neutral", "joy", "anger", "sadness", "fear", "disgust", "boredom")
"""What can be heard; nobody acted surprise."""
CIRCLE: Final = {
    "neutral": (0.0, 0.0),
    "joy": (0.6, 0.8),
    "anger": (0.8, -0.6),
    "sadness": (-0.6, -0.7),
    "fear": (0.7, -0.7),
    "disgust": (0.2, -0.6),
    "boredom": (-0.7, -0.2),
}
"""Arousal and valence, after Russell (1980)."""
READ_SHARE: Final = 2.0
"""What is read counts so many times as much as the lines of an acted mood together."""
HOLD: Final = 0.002
"""Weight decay, on features of unit spread."""
SURENESS: Final = 0.05
"""Label smoothing: no line is only its mood."""
STEPS: Final = 60

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Cells:
    features: Array
    moods: NDArray[np.int64]
    weights: Array


def fit(lines: Sequence[Line]) -> MoodEar:
    """From mean and spread around a cell to a score for each mood, arousal and valence."""
    cells = _cells(lines)
    middle, spread = cells.features.mean(axis=0), cells.features.std(axis=0) + 1e-3
    x = torch.from_numpy((cells.features - middle) / spread)
    y, weight = torch.from_numpy(cells.moods), torch.from_numpy(cells.weights)
    circle = torch.tensor([CIRCLE[mood] for mood in MOODS], dtype=torch.float32)[y]
    layer = torch.nn.Linear(x.shape[1], len(MOODS) + 2)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimiser = torch.optim.LBFGS(layer.parameters(), max_iter=STEPS, history_size=12, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        out = layer(x)
        scores = torch.nn.functional.cross_entropy(out[:, : len(MOODS)], y, reduction="none", label_smoothing=SURENESS)
        tone = (out[:, len(MOODS) :] - circle).square().mean(dim=1)
        total = (weight * (scores + tone)).sum() + HOLD * layer.weight.square().sum()
        total.backward()
        return total

    optimiser.step(loss)
    weights = layer.weight.detach().numpy().T / spread[:, None]
    bias = layer.bias.detach().numpy() - middle @ weights
    return MoodEar(MOODS, weights.astype(np.float32), bias.astype(np.float32))


def _cells(lines: Sequence[Line]) -> _Cells:
    """Every cell that has sound; each line counts once, each mood as much as any other."""
    lines = [line for line in lines if line.mood in MOODS and (line.heard > 1.0).any()]
    groups = [line.mood if line.acted else "read" for line in lines]
    share = {group: (READ_SHARE if group == "read" else 1.0) / groups.count(group) for group in set(groups)}
    features, moods, weights = [], [], []
    for line, group in zip(lines, groups, strict=True):
        own = line.heard > 1.0
        features.append(line.features[own].astype(np.float32))
        moods.append(np.full(int(own.sum()), MOODS.index(line.mood), np.int64))
        weights.append(np.full(int(own.sum()), share[group] / own.sum(), np.float32))
    total = np.concatenate(weights)
    return _Cells(np.concatenate(features), np.concatenate(moods), (total / total.sum()).astype(np.float32))
