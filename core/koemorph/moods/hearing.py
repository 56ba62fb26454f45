"""Which mood a voice is in, heard in the listener's tones: how it is said, whatever is said.

A tone is the mean and the mean square of a lower layer over a cell of half a second. Five cells around a moment, each
counting as much as there is sound in it, give a mean and a spread; one linear layer makes scores of them, and scores
are averaged over some seconds. What is unsure is neutral.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError
from .table import NEUTRAL, moods
from .track import MoodKey, MoodTrack

CELL_SECONDS: Final = 0.5
AROUND: Final = (0.5, 1.0, 1.0, 1.0, 0.5)
"""How much the cells around a moment count: two seconds in all."""
SOUNDING_DB: Final = -45.0
LEAST_SOUND: Final = 0.5
"""Cells' worth of sound around a moment, below which nothing can be told."""
SMOOTHING: Final = 2
"""Cells, standard deviation, over which scores are averaged."""
CHANGE_COSTS: Final = 2.0
"""How much likelier another mood has to be in all before the line changes to it: a factor of e to this."""
UNSURE: Final = 0.35
SURE: Final = 0.80
"""A mood at the first chance does not show at all, at the second as strongly as any."""
STRONGEST: Final = 0.9
LEAST_SHOWN: Final = 0.15
"""What would show less than this is left neutral."""
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


@dataclass(frozen=True, eq=False)
class MoodEar:
    """One linear layer from mean and spread (1024) to a score for each mood, arousal and valence."""

    names: tuple[str, ...]
    weights: Array
    """(1024, moods + 2)."""
    bias: Array

    @classmethod
    def load(cls, stored: bytes, where: str) -> MoodEar:
        """From the .npz of a model folder."""
        try:
            with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
                names = tuple(str(name) for name in arrays["names"])
                weights, bias = (np.asarray(arrays[name], np.float32) for name in ("weights", "bias"))
        except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile) as err:
            raise ModelError(f"{where} does not hold what hears moods ({err}).") from err
        fits = weights.ndim == 2 and weights.shape[1] == len(names) + 2 == len(bias)
        if not fits or NEUTRAL not in names or not set(names) <= set(moods()):
            raise ModelError(f"{where} does not hold what hears moods: its arrays do not fit together.")
        if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
            raise ModelError(f"{where} does not hold what hears moods: it has numbers that are none.")
        return cls(names, weights, bias)


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


def track_of(scores: Array, heard: Array, names: tuple[str, ...]) -> MoodTrack | None:
    """Scores (cells, moods + 2) and how much sound there is around each -> which mood from when on."""
    known = heard >= LEAST_SOUND
    if not known.any():
        return None
    smooth = _smoothed(scores, np.where(known, heard, 0.0))
    logits = smooth[:, : len(names)].astype(np.float64)
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    neutral = names.index(NEUTRAL)
    states = _steady(np.log(np.maximum(chances, 1e-6)), neutral)
    keys: list[MoodKey] = []
    for first, stop in _pieces(states, chances):
        mood = int(states[first])
        sure = float(chances[first:stop, mood].mean())
        intensity = 0.0 if mood == neutral else float(np.clip((sure - UNSURE) / (SURE - UNSURE), 0.0, 1.0))
        name = names[mood] if intensity > LEAST_SHOWN else NEUTRAL
        arousal, valence = np.clip(smooth[first:stop, len(names) :].mean(axis=0), -1.0, 1.0).tolist()
        shown = round(STRONGEST * intensity, 3) if name != NEUTRAL else 0.0
        if keys and keys[-1].mood == name and (name == NEUTRAL or abs(keys[-1].intensity - shown) < LEAST_CHANGE):
            continue
        keys.append(MoodKey(first * CELL_SECONDS, name, shown, round(arousal, 3), round(valence, 3)))
    return MoodTrack(tuple(keys), "detected")


def _smoothed(scores: Array, weights: Array) -> Array:
    """Averaged over some seconds, each cell counting as much as there is sound around it."""
    reach = 3 * SMOOTHING
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / SMOOTHING) ** 2)
    total = np.maximum(np.convolve(weights, kernel)[reach:-reach], 1e-6)
    columns = [np.convolve(column * weights, kernel)[reach:-reach] / total for column in scores.T]
    return np.stack(columns, axis=1).astype(np.float32)


def _steady(chances: NDArray[np.float64], neutral: int) -> NDArray[np.int64]:
    """The likeliest course of moods (cells,) if each change costs something."""
    count, moods_known = chances.shape
    best = chances[0] + np.where(np.arange(moods_known) == neutral, 0.0, -CHANGE_COSTS / 2)
    came = np.zeros((count, moods_known), np.int64)
    for cell in range(1, count):
        leap = int(best.argmax())
        changed = best[leap] - CHANGE_COSTS
        came[cell] = np.where(best >= changed, np.arange(moods_known), leap)
        best = np.maximum(best, changed) + chances[cell]
    states = np.empty(count, np.int64)
    states[-1] = int(best.argmax())
    for cell in range(count - 1, 0, -1):
        states[cell - 1] = came[cell, states[cell]]
    return states


def _pieces(states: NDArray[np.int64], chances: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Stretches of one mood, long ones cut so that a mood may grow and fade."""
    edges = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist(), len(states)]
    for begin, end in pairwise(edges):
        parts = max(1, (end - begin) // LONGEST_PIECE)
        cuts = np.linspace(begin, end, parts + 1).astype(int).tolist()
        yield from pairwise(cuts)
