"""Curves beside the film: r within clips, the median over clips, of lip gap, chin and narrowness.

A man's eye distances are nobody's shape values, so only the course over a clip is compared, not its size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from koemorph import lips
from koemorph.take import Take

from ..teacher.heard import CHANNELS, MouthCourse
from .clips import FPS, FilmedClip


def read_course(take: Take) -> MouthCourse:
    """What curves do with the lips, in shape values: `lips.lip_gap`, jawOpen, `lips.rounding`."""
    return MouthCourse(
        float(take.rate.fps), lips.lip_gap(take), np.asarray(take.curve("jawOpen"), np.float32), lips.rounding(take)
    )


def agreement(course: MouthCourse, clip: FilmedClip) -> dict[str, float]:
    """r of each channel with the film over one clip; 0 for a channel that does not move."""
    times = np.arange(len(clip.distances)) / FPS
    pairs = zip(CHANNELS, course.at(times).channels(), clip.course.channels(), strict=True)
    return {
        name: float(np.corrcoef(ours, film)[0, 1]) if ours.std() > 0 < film.std() else 0.0 for name, ours, film in pairs
    }


def summary(found: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The median over clips."""
    rows = list(found)
    return {name: float(np.median([row[name] for row in rows])) for name in CHANNELS}
