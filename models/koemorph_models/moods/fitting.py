"""The linear layer that hears moods: a discriminant between acted moods and reading, shrunk because actors are few.

A class is a mood in one corpus, and reading is one that is called neutral too: voices, languages and rooms differ
more than moods do, and an actor's neutral voice has little in common with somebody reading elsewhere but that nothing
is shown. Each class counts as much as any other, and in it each line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.moods import NEUTRAL
from koemorph.moods.hearing import LEAST_SOUND, MoodEar, pooled

from .material import Line

MOODS: Final = (NEUTRAL, "joy", "anger", "sadness", "fear", "disgust", "boredom")
"""What can be heard; nobody acted surprise."""
SHRINKAGE: Final = 0.5
"""How much of the spread within a class is taken to be the same in every direction."""
FAIRNESS: Final = 0.75
"""A mean of few lines lies further out than the true one, which makes its class seem less likely than it is; this share
of what that comes to is given back."""
SURENESS: Final = 0.2
"""Scores are multiplied by it, so that of what has a chance of .8 four in five are right on actors left out."""

Floats = NDArray[np.float64]


def fit(lines: Sequence[Line]) -> MoodEar:
    """From mean and spread around a cell to a score for each mood, and one more for reading."""
    known = sorted({_class(line) for line in lines})
    features, classes, weights = _cells(lines, known)
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-3
    x = (features - middle) / spread
    means = np.stack(
        [np.average(x[classes == one], axis=0, weights=weights[classes == one]) for one in range(len(known))]
    )
    apart = (x - means[classes]) * np.sqrt(weights)[:, None]
    within = apart.T @ apart / weights.sum()
    shrunk = (1 - SHRINKAGE) * within + SHRINKAGE * np.trace(within) / len(within) * np.eye(len(within))
    directions = np.linalg.solve(shrunk, means.T)
    too_far = np.trace(np.linalg.solve(shrunk, within)) / np.array([_different(lines, one) for one in known])
    bias = 0.5 * (FAIRNESS * too_far - np.sum(directions * means.T, axis=0))
    weight = directions * SURENESS / spread[:, None]
    return MoodEar(
        tuple(mood for _, mood in known),
        weight.astype(np.float32),
        (bias * SURENESS - middle @ weight).astype(np.float32),
    )


def _class(line: Line) -> tuple[str, str]:
    """The corpus in which it was acted, and the mood."""
    return line.corpus if line.acted else "", line.mood


def _different(lines: Sequence[Line], one: tuple[str, str]) -> int:
    """How many lines, or readers, a class has that are not copies of one another."""
    return len({line.id if line.acted else line.speaker for line in lines if _class(line) == one})


def _cells(lines: Sequence[Line], known: Sequence[tuple[str, str]]) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Mean and spread around every cell that has sound, its class, and how much it counts."""
    features, classes, shares = [], [], []
    for line in lines:
        own, heard = pooled(line.tones, line.sound)
        loud = heard >= 2 * LEAST_SOUND
        if loud.any():
            features.append(own[loud])
            classes.append(np.full(int(loud.sum()), known.index(_class(line)), np.int64))
            shares.append(np.full(int(loud.sum()), 1.0 / loud.sum()))
    of, share = np.concatenate(classes), np.concatenate(shares)
    return np.concatenate(features).astype(np.float64), of, share / np.bincount(of, share)[of]
