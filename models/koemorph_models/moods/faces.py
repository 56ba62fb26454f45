"""What the product makes of acted lines, and which mood somebody reads off a face who saw the faces of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph import arkit
from koemorph.audio import Clip
from koemorph.engine import Engine
from koemorph.model import load_model
from koemorph.moods import MoodTrack
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import SAMPLE_RATE

from ..errors import DataError
from ..speech.sound import load
from .fitting import MOODS
from .material import Line

SHRINKAGE: Final = 0.1

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False, kw_only=True)
class Face:
    """(52,) each: mean and spread of the shapes over a line."""

    mean: Array
    spread: Array


class Faces:
    """The network's takes of lines with mood tracks that were heard elsewhere, at default settings."""

    def __init__(self, corpora: Sequence[Path], model: Path | None) -> None:
        self._corpora = corpora
        self._engine = Engine(load_model(model))

    def of(self, line: Line, track: MoodTrack | None) -> Face:
        values = self.take(line, track).values[:, : len(arkit.SHAPES)]
        return Face(mean=values.mean(axis=0), spread=values.std(axis=0))

    def take(self, line: Line, track: MoodTrack | None) -> Take:
        with Clip.from_samples(load(sound_of(line, self._corpora)), SAMPLE_RATE) as clip:
            analysis = self._engine.analyse(clip)
        settings = Settings(mood_keys=str(track)) if track else Settings(mood_from_voice="off")
        return self._engine.render(analysis, settings)


def sound_of(line: Line, corpora: Sequence[Path]) -> Path:
    sound = next((root / line.id for root in corpora if (root / line.id).is_file()), None)
    if sound is None:
        raise DataError(f"{line.id} is in none of the folders of corpora.")
    return sound


def read_faces(faces: Sequence[tuple[Line, Face]]) -> list[tuple[Line, str]]:
    """The mood that each face is read as by a discriminant on the faces of all other actors.

    A corpus of one actor is read by what its own other lines look like.
    """
    seen = np.stack([np.concatenate([face.mean, face.spread]) for _, face in faces]).astype(np.float64)
    moods = np.array([MOODS.index(line.mood) for line, _ in faces])
    of = np.array([line.speaker if len({one.speaker for one, _ in faces}) > 1 else line.id for line, _ in faces])
    read = []
    for number, (line, _) in enumerate(faces):
        others = of != of[number]
        read.append((line, MOODS[_likest(seen[others], moods[others], seen[number])]))
    return read


def _likest(seen: NDArray[np.float64], moods: NDArray[np.int64], face: NDArray[np.float64]) -> int:
    known = np.unique(moods)
    spread = seen.std(axis=0) + 1e-3
    means = np.stack([(seen[moods == mood] / spread).mean(axis=0) for mood in known])
    apart = seen / spread - means[np.searchsorted(known, moods)]
    within = (1 - SHRINKAGE) * apart.T @ apart / len(apart) + SHRINKAGE * np.eye(len(spread))
    off = face / spread - means
    return int(known[np.einsum("ij,ij->i", off, np.linalg.solve(within, off.T).T).argmin()])
