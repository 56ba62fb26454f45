"""Which mood a voice is in, heard in the listener's tones: how it is said, whatever is said.

A tone is the mean and the mean square of a lower layer over a cell of half a second. Five cells around a moment, each
counting as much as there is sound in it, give a mean and a spread; one linear layer makes scores of them, and scores
are averaged over some seconds. What is unsure is neutral. How excited and how pleased a voice is are the places of its
moods on a circle, each counting as much as it is likely.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from ..model_folder import MODEL, REINSTALL
from .table import NEUTRAL
from .track import MoodKey, MoodTrack

CIRCLE: Final = {
    NEUTRAL: (0.0, 0.0),
    "joy": (0.6, 0.8),
    "anger": (0.8, -0.6),
    "sadness": (-0.6, -0.7),
    "fear": (0.7, -0.7),
    "disgust": (0.2, -0.6),
    "boredom": (-0.7, -0.2),
}
"""Arousal and valence of what can be heard, after Russell (1980)."""
CELL_SECONDS: Final = 0.5
AROUND: Final = (0.5, 1.0, 1.0, 1.0, 0.5)
"""How much the cells around a moment count: two seconds in all."""
SOUNDING_DB: Final = -45.0
LEAST_SOUND: Final = 0.5
"""Cells' worth of sound around a moment, below which nothing can be told."""
SMOOTHING: Final = ((1.0, 0.8), (20.0, 0.2))
"""Cells, standard deviation, over which scores are averaged, and how much that counts: a moment, and a line."""
CHANGE_COSTS: Final = 1.5
"""How much likelier another mood has to be in all before the line changes to it: a factor of e to this."""
UNSURE: Final = 0.30
SURE: Final = 0.65
"""Below the first chance a mood does not show; at the second it shows as strongly as any."""
WEAKEST: Final = 0.45
STRONGEST: Final = 0.9
"""How strongly moods of these chances show: a face half-way to a mood tells nothing."""
LEAST_CHANGE: Final = 0.12
LONGEST_PIECE: Final = 6
"""Cells after which a mood may have another strength."""
_LEAST_SPREAD: Final = 1e-4
_REACH: Final = len(AROUND) // 2
LEVEL_FRAMES: Final = 30
"""Frames of the level to a cell."""
_PIECE: Final = 1024
"""Cells at a time."""

Array = NDArray[np.float32]


def sound_in_cells(level: Array, frames: int, cells: int) -> Array:
    """(cells,): the share of each cell that sounds; `level` in dB, `frames` of it to a cell."""
    padded = np.full(cells * frames, -np.inf, dtype=np.float32)
    padded[: min(len(level), len(padded))] = level[: len(padded)]
    return np.asarray((padded.reshape(cells, frames) > SOUNDING_DB).mean(axis=1), dtype=np.float32)


def pooled(tones: Array, sound: Array) -> tuple[Array, Array]:
    """Tones (cells, 2 n) -> mean and spread around each cell (cells, 2 n), and how much sound there is around it."""
    size = tones.shape[1] // 2
    reach = _REACH
    heard = np.convolve(sound, AROUND)[reach : reach + len(sound)]
    weighted = np.pad(tones * sound[:, None], ((reach, reach), (0, 0)))
    total = sum(share * weighted[i : i + len(sound)] for i, share in enumerate(AROUND))
    moments = total / np.maximum(heard, 1e-6)[:, None]
    mean = moments[:, :size]
    spread = np.sqrt(np.maximum(moments[:, size:] - mean**2, _LEAST_SPREAD))
    return np.concatenate([mean, spread], axis=1).astype(np.float32), heard.astype(np.float32)


@dataclass(frozen=True, eq=False, kw_only=True)
class MoodEar:
    """One linear layer from mean and spread (1024) to a score for each mood; one mood may have several."""

    names: tuple[str, ...]
    weights: Array
    """(1024, scores)."""
    bias: Array

    @classmethod
    def load(cls, stored: bytes, where: str) -> MoodEar:
        """From the .npz of a model folder."""
        arrays = MODEL.arrays(stored, where, REINSTALL)
        if lacking := {"names", "weights", "bias"} - arrays.keys():
            raise ModelError(f"{where} does not hold what hears moods (there is no {min(lacking)}); {REINSTALL}.")
        names = tuple(str(name) for name in arrays["names"])
        weights, bias = arrays["weights"].astype(np.float32), arrays["bias"].astype(np.float32)
        fits = weights.ndim == 2 and weights.shape[1] == len(names) == len(bias)
        if not fits or NEUTRAL not in names or not set(names) <= CIRCLE.keys():
            raise ModelError(f"{where} does not hold what hears moods: its arrays do not fit together.")
        return cls(names=names, weights=weights, bias=bias)


@cache
def shipped_ear() -> MoodEar:
    """What hears moods in the tones of the listener that comes with KoeMorph."""
    stored = files(__package__).joinpath("ear.npz")
    return MoodEar.load(stored.read_bytes(), str(stored))


def hear_moods(tones: NDArray[np.floating], level: Array, ear: MoodEar | None = None) -> MoodTrack | None:
    """The moods of a clip: tones (cells, 1024) and level in dB at 60 fps -> a track, or None where nothing sounds."""
    ear = ear or shipped_ear()
    sound = sound_in_cells(level, LEVEL_FRAMES, len(tones))
    scores = np.empty((len(tones), len(ear.bias)), np.float32)
    heard = np.empty(len(tones), np.float32)
    for first in range(0, len(tones), _PIECE):
        around = slice(max(first - _REACH, 0), min(first + _PIECE + _REACH, len(tones)))
        own = slice(first - around.start, min(first + _PIECE, len(tones)) - around.start)
        features, sounding = pooled(tones[around].astype(np.float32), sound[around])
        scores[first : first + _PIECE] = features[own] @ ear.weights + ear.bias
        heard[first : first + _PIECE] = sounding[own]
    return track_of(scores, heard, ear.names)


def track_of(
    scores: Array, heard: Array, names: tuple[str, ...], *, change_costs: float = CHANGE_COSTS, unsure: float = UNSURE
) -> MoodTrack | None:
    """Scores (cells, scores) and how much sound there is around each -> which mood from when on."""
    known = heard >= LEAST_SOUND
    if not known.any():
        return None
    told = tuple(dict.fromkeys(names))
    chances = _chances(_smoothed(scores, np.where(known, heard, 0.0)), [told.index(name) for name in names])
    neutral, circle = told.index(NEUTRAL), np.array([CIRCLE[name] for name in told])
    states = _steady(np.log(np.maximum(chances, 1e-6)), neutral, change_costs)
    keys: list[MoodKey] = []
    for first, stop in _pieces(states):
        mood, likely = int(states[first]), chances[first:stop].mean(axis=0)
        intensity = 0.0 if mood == neutral else _shown(float(likely[mood]), unsure)
        name = told[mood] if intensity > 0.0 else NEUTRAL
        if keys and keys[-1].mood == name and (name == NEUTRAL or abs(keys[-1].intensity - intensity) < LEAST_CHANGE):
            continue
        arousal, valence = (round(float(place), 3) for place in likely @ circle)
        keys.append(
            MoodKey(
                seconds=first * CELL_SECONDS, mood=name, intensity=round(intensity, 3), arousal=arousal, valence=valence
            )
        )
    return MoodTrack(tuple(keys), "detected")


def _shown(chance: float, unsure: float) -> float:
    """How strongly a mood of that chance shows."""
    if chance < unsure:
        return 0.0
    return float(np.interp(chance, (unsure, SURE), (WEAKEST, STRONGEST)))


def _chances(scores: Array, moods: list[int]) -> NDArray[np.float64]:
    """(cells, scores) -> (cells, moods): how likely each is, where `moods` is the mood that each score speaks for."""
    likely = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    return np.asarray(likely @ np.eye(max(moods) + 1)[moods], dtype=np.float64)


def _smoothed(scores: Array, weights: Array) -> Array:
    """Averaged over a moment and over a line, each cell counting as much as there is sound around it."""
    smooth = np.zeros_like(scores)
    for deviation, share in SMOOTHING:
        reach = round(3 * deviation)
        kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
        total = np.maximum(np.convolve(weights, kernel)[reach:-reach], 1e-6)
        for column in range(scores.shape[1]):
            smooth[:, column] += share * np.convolve(scores[:, column] * weights, kernel)[reach:-reach] / total
    return smooth


def _steady(chances: NDArray[np.float64], neutral: int, costs: float) -> NDArray[np.int64]:
    """The likeliest course of moods (cells,) if each change costs something."""
    count, moods_known = chances.shape
    best = chances[0] + np.where(np.arange(moods_known) == neutral, 0.0, -costs / 2)
    came = np.zeros((count, moods_known), np.int64)
    for cell in range(1, count):
        leap = int(best.argmax())
        changed = best[leap] - costs
        came[cell] = np.where(best >= changed, np.arange(moods_known), leap)
        best = np.maximum(best, changed) + chances[cell]
    states = np.empty(count, np.int64)
    states[-1] = int(best.argmax())
    for cell in range(count - 1, 0, -1):
        states[cell - 1] = came[cell, states[cell]]
    return states


def _pieces(states: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Stretches of one mood, long ones cut so that a mood may grow and fade."""
    edges = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist(), len(states)]
    for begin, end in pairwise(edges):
        parts = max(1, (end - begin) // LONGEST_PIECE)
        cuts = np.linspace(begin, end, parts + 1).astype(int).tolist()
        yield from pairwise(cuts)
