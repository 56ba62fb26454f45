"""Mouths that are drawn: of several drawings the one is shown whose shape is the strongest.

A 2D mouth is a number: the frame that a Grease Pencil layer holds, the picture of a sequence, a row of a sprite sheet.
Numbers do not add up, so the links of such a target choose instead. A drawing stays for a while, or it only flickers;
closed and bitten lips come at once, since they are what one sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..timing import FrameRate
from . import visemes

LEAST: Final = 1 / 15
"""Seconds for which a drawing is shown at least: at 24 fps on twos."""
_OCULUS: Final = "sil PP FF TH DD kk CH SS nn RR aa E I O U"
SETS: Final[dict[str, tuple[str, str]]] = {
    "Rhubarb": ("A B C D E F G H X", "X A G B B B B B B E D C B E F"),
    "Preston Blair": ("AI E U O C MBP FV L WQ rest", "rest MBP FV C C C C C L C AI E E O U"),
    "Oculus": (_OCULUS, _OCULUS),
}
"""By what draws them: the drawings in their usual order, and which of them shows each of the visemes."""
_FIRST: Final = 1.2
"""How much stronger than they are lips count that close or are bitten."""


def chosen(sources: Sequence[str], weights: NDArray[np.float32], rate: FrameRate) -> NDArray[np.intp]:
    """Which of the sources is shown on each frame; `weights` are (frames, sources)."""
    first = np.isin(sources, (visemes.CLOSED, visemes.BITTEN))
    strengths = weights * np.where(first, _FIRST, 1.0)
    strongest = strengths.argmax(axis=1)
    least = max(1, round(LEAST * float(rate.fps)))
    shown, since = np.empty(len(weights), dtype=np.intp), -least
    for frame, best in enumerate(strongest):
        now = shown[frame - 1] if frame else -1
        if best != now and (first[best] or frame - since >= least):
            soon = best if first[best] else strengths[frame : frame + least].sum(axis=0).argmax()
            now, since = (soon, frame) if soon != now else (now, since)
        shown[frame] = now
    return shown


def numbers(drawn: str, first: int = 1) -> dict[str, int]:
    """For each viseme the number of its drawing, where those of a set follow one another from `first` on."""
    order, shown = (names.split() for names in SETS[drawn])
    return {viseme: first + order.index(name) for viseme, name in zip(visemes.NAMES, shown, strict=True)}
