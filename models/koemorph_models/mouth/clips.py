"""The clips of a filmed mouth: points.npz (65 tracked points a picture), points.txt, words.tsv and audio/CLIP.opus.

Distances are in units of the eye distance and become a `MouthCourse` by the man's own range over all his clips.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from ..speech.sound import load
from ..teacher.heard import MouthCourse

FPS: Final = 25.0
KEPT: Final = 150
"""So many clips are never learned from: they are for the table."""

GAP: Final = ((13, 14), (82, 87), (312, 317))
CHIN: Final = ((152, 168),)
WIDTH: Final = ((61, 291),)
"""Landmarks of the face whose mean distance is meant."""

GAP_OPEN: Final = 0.235
CHIN_OPEN: Final = 0.145
WIDTH_NARROW: Final = 0.085
"""Eye distances from rest at which a course is 1: the 98th percentiles of grid_s1."""

_PAUSES: Final = frozenset(("sil", "sp"))
_SAID: Final = {"a": "eh"}
"""Letters are named; a reader takes this one for the article."""


@dataclass(frozen=True, eq=False)
class FilmedClip:
    """`distances` (pictures, 3): gap, chin and width in eye distances."""

    name: str
    audio: Path
    text: str
    distances: NDArray[np.float64]

    def sound(self) -> NDArray[np.float32]:
        return load(self.audio)

    @cached_property
    def course(self) -> MouthCourse:
        """Chin and width from where they rest in this clip: the head and its distance differ from clip to clip."""
        gap, chin, width = self.distances.T
        closed = gap <= np.quantile(gap, 0.25)
        return MouthCourse(
            FPS,
            (gap / GAP_OPEN).astype(np.float32),
            ((chin - np.quantile(chin, 0.06)) / CHIN_OPEN).astype(np.float32),
            ((np.median(width[closed]) - width) / WIDTH_NARROW).astype(np.float32),
        )


def read_clips(folder: Path) -> list[FilmedClip]:
    """Every clip of a film's folder, by name."""
    try:
        columns = [int(word) for word in (folder / "points.txt").read_text("utf-8").split()]
        with (folder / "words.tsv").open(encoding="utf-8", newline="") as handle:
            words: dict[str, list[str]] = {}
            for row in csv.DictReader(handle, delimiter="\t"):
                words.setdefault(row["clip"], []).append(row["word"])
        with np.load(folder / "points.npz", allow_pickle=False) as stored:
            points = {name: stored[name].astype(np.float64) for name in sorted(stored.files)}
        return [
            FilmedClip(
                name,
                folder / "audio" / f"{name}.opus",
                " ".join(_SAID.get(word, word) for word in words[name] if word not in _PAUSES),
                np.stack([_distance(track, columns, pairs) for pairs in (GAP, CHIN, WIDTH)], axis=1),
            )
            for name, track in points.items()
        ]
    except (OSError, KeyError, ValueError, IndexError) as err:
        raise DataError(f"{folder} is not a filmed mouth with points.npz, points.txt and words.tsv ({err}).") from err


def _distance(
    track: NDArray[np.float64], columns: Sequence[int], pairs: Sequence[tuple[int, int]]
) -> NDArray[np.float64]:
    one, other = (track[:, [columns.index(pair[end]) for pair in pairs]] for end in (0, 1))
    return np.asarray(np.linalg.norm(one - other, axis=2).mean(axis=1))


def kept_apart(clips: Sequence[FilmedClip]) -> tuple[list[FilmedClip], list[FilmedClip]]:
    """Clips to learn from, and those for the table: the same ones always, whatever the list's order."""
    drawn = sorted(clips, key=lambda clip: (zlib.crc32(clip.name.encode()), clip.name))
    return drawn[KEPT:], drawn[:KEPT]
