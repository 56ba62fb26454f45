"""The table as pictures: what groups and conditions reach, and how far the lips are apart in a line of each group."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from koemorph import lips
from koemorph.speech.articulation import resolve
from koemorph.take import Take

from ..speech.utterance import SILENCE, Phone

AIMS: Final = {"closure_f1": 0.88, "labiodental_f1": 0.82, "rounding_auc": 0.94}
"""What a native reader's lines are to reach."""
COLOURS: Final = {"closure_f1": "C3", "labiodental_f1": "C0", "rounding_auc": "C2"}
LONGEST: Final = 6.0
"""Seconds of a line that are drawn."""


Rows = Mapping[str, Mapping[str, float]]
"""name -> figures"""


def draw_figures(groups: Rows, conditions: Rows, to: Path) -> None:
    """Bars by group of voices, and by condition; dotted lines are the aims."""
    figure = Figure(figsize=(10, 0.62 * (len(groups) + len(conditions)) + 1.6))
    axes = figure.subplots(2, 1, height_ratios=[len(groups), len(conditions)])
    for axis, rows, title in ((axes[0], groups, "voices never trained on"), (axes[1], conditions, "the native reader")):
        _bars(axis, rows, title)
    axes[0].legend(loc="lower right", fontsize=8)
    figure.tight_layout()
    figure.savefig(to, dpi=90)


def _bars(axis: Axes, rows: Rows, title: str) -> None:
    place = np.arange(len(rows))
    for number, (key, aim) in enumerate(AIMS.items()):
        values = [row[key] for row in rows.values()]
        axis.barh(place + 0.25 * (number - 1), values, 0.22, color=COLOURS[key], label=key.replace("_", " "))
        axis.axvline(aim, color=COLOURS[key], linestyle=":", linewidth=1)
    axis.set_yticks(place, list(rows))
    axis.invert_yaxis()
    axis.set_xlim(0, 1)
    axis.set_title(title, fontsize=10, loc="left")


def draw_lines(lines: Sequence[tuple[str, Sequence[Phone], Mapping[str, Take]]], to: Path) -> None:
    """For each (title, phones, takes by name): how far the lips are apart; shaded where they have to meet."""
    figure = Figure(figsize=(16, 2.6 * len(lines)))
    for axis, (title, phones, takes) in zip(np.ravel(figure.subplots(len(lines), 1)), lines, strict=True):
        for name, take in takes.items():
            time = np.arange(take.frame_count) / float(take.rate.fps)
            axis.plot(time, lips.lip_gap(take), label=name, linewidth=1.1)
        axis.axhline(lips.CLOSED_GAP, color="0.6", linestyle=":", linewidth=1)
        for number, phone in enumerate(one for one in phones if one.start < LONGEST and one.symbol != SILENCE):
            if resolve(phone.symbol).parts[0][0].close == 1:
                axis.axvspan(phone.start, phone.release or phone.end, color="red", alpha=0.12, linewidth=0)
            at = (phone.start + min(phone.end, LONGEST)) / 2
            above = axis.get_xaxis_transform()
            axis.text(at, (1.02, 1.1)[number % 2], phone.symbol, ha="center", fontsize=8, transform=above)
        axis.set_xlim(0, LONGEST)
        axis.set_ylabel(title, fontsize=8)
        axis.legend(loc="upper right", fontsize=7)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # phones that the font lacks
        figure.tight_layout()
        figure.savefig(to, dpi=80)
