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
