"""Courses over the film's: one row a clip, one column a channel; ours is brought to the film's mean and spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from ..teacher.heard import CHANNELS, MouthCourse
from .clips import FPS, FilmedClip


def draw(rows: Sequence[tuple[FilmedClip, Mapping[str, MouthCourse]]], path: Path) -> None:
    """Draws `path`; the film is grey, the courses by their labels."""
    figure = Figure(figsize=(18, 1.6 * len(rows) + 1))
    axes = figure.subplots(len(rows), len(CHANNELS), sharex=True, squeeze=False)
    for line, (clip, courses) in zip(axes, rows, strict=True):
        times = np.arange(len(clip.distances)) / FPS
        films = clip.course.channels()
        for number, (axis, name, film) in enumerate(zip(line, CHANNELS, films, strict=True)):
            axis.fill_between(times, film, film.min(), color="0.85")
            for label, course in courses.items():
                ours = course.at(times).channels()[number]
                spread = float(ours.std()) or 1.0
                axis.plot(times, (ours - ours.mean()) / spread * film.std() + film.mean(), label=label, linewidth=1.1)
            axis.set_yticks([])
            axis.set_title(f"{name}: {clip.text}", fontsize=8, loc="left", pad=2)
    axes[0][0].legend(fontsize=8, frameon=False)
    figure.tight_layout(h_pad=0.3)
    figure.savefig(path, dpi=70)
