"""The linear layer that hears moods: a discriminant between acted moods and reading, shrunk because actors are few.

A class is a mood in one corpus, and reading is one that is called neutral too: voices, languages and rooms differ
more than moods do, and an actor's neutral voice has little in common with somebody reading elsewhere but that nothing
is shown. Each class counts as much as any other, and in it each line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.moods import NEUTRAL
from koemorph.moods.hearing import LEAST_SOUND, MoodEar, pooled

from .material import Line

MOODS: Final = (NEUTRAL, "joy", "anger", "sadness", "fear", "disgust", "boredom")
"""What can be heard; nobody acted surprise."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How the layer is made of what was measured; `choosing` tells how these were chosen."""

    shrinkage: float = 0.5
    """How much of the spread within a class is taken to be the same in every direction."""
    fairness: float = 0.75
    """A mean of few lines lies further out than the true one, which makes its class seem less likely than it is; this
    share of what that comes to is given back."""
    sureness: float = 0.2
    """Scores are multiplied by it, so that of what has a chance of .8 four in five are right on actors left out."""


SHIPPED: Final = Fit()
Floats = NDArray[np.float64]
Features = Callable[[Line], tuple[NDArray[np.float32], NDArray[np.float32]]]
"""A line -> what is known around each of its cells (cells, n), and how much sound there is around each."""


def around(line: Line) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """As the product hears it: two seconds around each cell."""
    return pooled(line.tones, line.sound)


class Remembered:
    """Features of lines that are fitted again and again with others left out."""

    def __init__(self, features: Features = around) -> None:
        self._features, self._known = features, dict[int, tuple[NDArray[np.float32], NDArray[np.float32]]]()

    def __call__(self, line: Line) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if id(line) not in self._known:
            self._known[id(line)] = self._features(line)
        return self._known[id(line)]


@dataclass(frozen=True, eq=False, kw_only=True)
class Measured:
    """Classes (mood and where it was acted), their means, how cells spread around them, and how many lines each has."""

    moods: tuple[str, ...]
    middle: Floats
    spread: Floats
    means: Floats
    axes: Floats
    """Directions, in columns, in which cells of a class spread independently, and how far (squared)."""
    spreads: Floats
    lines: Floats

    @classmethod
    def of(cls, lines: Sequence[Line], features: Features = around) -> Measured:
        known = sorted({_class(line) for line in lines})
        values, classes, weights = _cells(lines, known, features)
        middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-3
        x = (values - middle) / spread
        means = np.stack(
            [np.average(x[classes == one], axis=0, weights=weights[classes == one]) for one in range(len(known))]
        )
        apart = (x - means[classes]) * np.sqrt(weights)[:, None]
        different = np.array([_different(lines, one) for one in known], np.float64)
        spreads, axes = np.linalg.eigh(apart.T @ apart / weights.sum())
        return cls(
            moods=tuple(mood for _, mood in known),
            middle=middle,
            spread=spread,
            means=means,
            axes=axes,
            spreads=spreads,
            lines=different,
        )

    def ear(self, how: Fit = SHIPPED) -> MoodEar:
        """From mean and spread around a cell to a score for each mood, and one more for reading."""
        shrunk = (1 - how.shrinkage) * self.spreads + how.shrinkage * self.spreads.mean()
        directions = self.axes @ ((self.axes.T @ self.means.T) / shrunk[:, None])
        too_far = np.sum(self.spreads / shrunk) / self.lines
        bias = 0.5 * (how.fairness * too_far - np.sum(directions * self.means.T, axis=0))
        weight = directions * how.sureness / self.spread[:, None]
        return MoodEar(
            names=self.moods,
            weights=weight.astype(np.float32),
            bias=(bias * how.sureness - self.middle @ weight).astype(np.float32),
        )


def fit(lines: Sequence[Line]) -> MoodEar:
    """The layer as it ships, learned from these lines."""
    return Measured.of(lines).ear()


def _class(line: Line) -> tuple[str, str]:
    """The corpus in which it was acted, and the mood."""
    return line.corpus if line.acted else "", line.mood


def _different(lines: Sequence[Line], one: tuple[str, str]) -> int:
    """How many lines, or readers, a class has that are not copies of one another."""
    return len({line.id if line.acted else line.speaker for line in lines if _class(line) == one})


def _cells(
    lines: Sequence[Line], known: Sequence[tuple[str, str]], features: Features
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """What is known around every cell that has sound, its class, and how much it counts."""
    values, classes, shares = [], [], []
    for line in lines:
        own, heard = features(line)
        loud = heard >= 2 * LEAST_SOUND
        if loud.any():
            values.append(own[loud])
            classes.append(np.full(int(loud.sum()), known.index(_class(line)), np.int64))
            shares.append(np.full(int(loud.sum()), 1.0 / loud.sum()))
    of, share = np.concatenate(classes), np.concatenate(shares)
    return np.concatenate(values).astype(np.float64), of, share / np.bincount(of, share)[of]
