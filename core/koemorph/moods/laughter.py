"""Laughter: open voice in bursts, some five a second, without the consonants of speech. It shows as joy.

The ear of moods was never taught any, and calls most of it neutral. Laughter gives way to a mood that is heard.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..features.listener import FEATURE_RATE
from ..features.melody import MELODY_RATE
from ..speech.symbols import classes, is_vowel
from .hearing import AROUND, CELL_SECONDS, CIRCLE, LEVEL_FRAMES, SOUNDING_DB, sound_in_cells
from .table import NEUTRAL
from .track import MoodKey, MoodTrack

SHOWS: Final = 0.7
"""How strongly joy shows where somebody laughs."""
GIVES_WAY: Final = (NEUTRAL, "boredom")
"""Moods that laughter takes the place of."""
MOST_CONSONANTS: Final = 0.3
"""Share of what sounds over two and a half seconds. Of speech one window in a hundred has as few."""
LEAST_VOWELS: Final = 0.14
"""The rest of a laugh is no phone to the listener; that of music and noise, too, which have none of these."""
LEAST_SOUND: Final = 0.35
LEAST_VOICE: Final = 0.3
LEAST_RHYTHM: Final = 0.2
"""How much more alike the level is one burst later than half a burst later, at best: correlations."""
BURSTS: Final = tuple(range(9, 17))
"""Frames of 60 fps from one burst to the next: 3.75 to 6.7 a second."""
_BREATH: Final = ("h", "x", "ç")
_FLOOR_DB: Final = -50.0
_QUIET, _LOUD, _STANDS_OUT, _SILENT_DB = 10, 95, 10.0, -120.0
"""Percentiles of the level, and by how many dB a sound is above the first, if it is not that close to the second."""
_AROUND: Final = len(AROUND)
_FEATURES: Final = round(FEATURE_RATE * CELL_SECONDS)
_MELODY_FRAMES: Final = round(MELODY_RATE * CELL_SECONDS)
_PIECE: Final = 512
"""Cells at a time."""

Array = NDArray[np.float32]


def laughing(phones: NDArray[Any], level: Array, melody: Array, cells: int) -> NDArray[np.bool_]:
    """(cells,) of half a second: phones (n, classes) log probabilities at 50 Hz, level in dB at 60, melody at 20."""
    if not len(level):
        return np.zeros(cells, bool)
    foreground = _above_background(level)
    sound = _around(sound_in_cells(foreground, LEVEL_FRAMES, cells))
    voice = _around(np.isfinite(_in_cells(melody, cells, _MELODY_FRAMES, np.nan)).mean(axis=1, dtype=np.float32))
    bursts = (_rhythm(level, cells) > LEAST_RHYTHM) & (voice > LEAST_VOICE) & (sound > LEAST_SOUND)
    told = np.zeros((2, cells), np.float32)
    near = np.flatnonzero(_around(bursts.astype(np.float32)))
    for first in range(0, len(near), _PIECE):
        own = near[first : first + _PIECE]
        told[:, own] = _told(phones, foreground, own)
    consonants, vowels = _around(told[0]), _around(told[1])
    found = bursts & (consonants < MOST_CONSONANTS * sound) & (vowels > LEAST_VOWELS * sound)
    return np.asarray(np.convolve(found, np.ones(3))[1 : len(found) + 1] > 0.0)


def with_laughter(track: MoodTrack | None, laughs: NDArray[np.bool_]) -> MoodTrack | None:
    """Joy where somebody laughs, and no other mood is heard."""
    if track is None or not laughs.any():
        return track
    arousal, valence = CIRCLE["joy"]
    joy = MoodKey(seconds=0.0, mood="joy", intensity=SHOWS, arousal=arousal, valence=valence)
    starts = np.array([key.seconds for key in track.keys])
    keys: list[MoodKey] = []
    last: MoodKey | None = None
    for cell, laugh in enumerate(laughs.tolist()):
        place = int(np.searchsorted(starts, cell * CELL_SECONDS, side="right")) - 1
        heard = track.keys[max(place, 0)]
        held = joy if laugh and heard.mood in GIVES_WAY else heard
        if held is not last:
            keys.append(replace(held, seconds=cell * CELL_SECONDS))
        last = held
    return replace(track, keys=tuple(keys))


def _told(phones: NDArray[Any], level: Array, cells: NDArray[np.int64]) -> Array:
    """(2, cells): how much of some cells sounds as consonants, and as vowels."""
    moments = cells[:, None] * _FEATURES + np.arange(_FEATURES)
    known = np.minimum(moments, len(phones) - 1)
    sounds = (level[np.minimum(known * 6 // 5, len(level) - 1)] > SOUNDING_DB) & (moments < len(phones))
    likely = np.exp(phones[known].astype(np.float32)) @ _kinds()
    return np.asarray((likely * sounds[..., None]).mean(axis=1).T, dtype=np.float32)


def _kinds() -> Array:
    """(classes, 2): consonants but for breath, and vowels."""
    kinds = np.zeros((len(classes()), 2), np.float32)
    for row, name in enumerate(classes()):
        if name and name not in _BREATH:
            kinds[row, int(not name.endswith("_") and is_vowel(name))] = 1.0
    return kinds


def _above_background(level: Array) -> Array:
    """The level where it stands out: a room's noise or music under speech has no consonants, either."""
    quiet, loud = np.percentile(level, (_QUIET, _LOUD))
    return np.where(level > min(quiet + _STANDS_OUT, loud - _STANDS_OUT), level, np.float32(_SILENT_DB))


def _rhythm(level: Array, cells: int) -> Array:
    """(cells,): how much the level around each comes in bursts."""
    loud = np.maximum(_in_cells(level, cells, LEVEL_FRAMES, _FLOOR_DB).reshape(-1), _FLOOR_DB)
    reach = LEVEL_FRAMES
    near = np.convolve(np.pad(loud, reach, mode="edge"), np.ones(2 * reach + 1, np.float32) / (2 * reach + 1), "valid")
    off = np.pad((loud - near).astype(np.float32), LEVEL_FRAMES * (_AROUND // 2))
    rows = np.lib.stride_tricks.sliding_window_view(off, LEVEL_FRAMES * _AROUND)[::LEVEL_FRAMES]
    power = np.maximum(np.einsum("ij,ij->i", rows, rows), 1e-6) / rows.shape[1]

    def alike(lag: int) -> Array:
        return np.asarray(np.einsum("ij,ij->i", rows[:, :-lag], rows[:, lag:]) / (rows.shape[1] - lag) / power)

    return np.asarray(np.max([alike(lag) - alike(lag // 2) for lag in BURSTS], axis=0), np.float32)


def _around(values: Array) -> Array:
    """(cells,): the mean over the cells around each."""
    return np.convolve(values, np.full(_AROUND, 1.0 / _AROUND, np.float32))[_AROUND // 2 :][: len(values)]


def _in_cells(course: Array, cells: int, frames: int, beyond: float) -> Array:
    """(cells, frames): a course cut in half seconds; `beyond` its end."""
    padded = np.full(cells * frames, beyond, np.float32)
    padded[: min(len(course), len(padded))] = course[: len(padded)]
    return padded.reshape(cells, frames)
