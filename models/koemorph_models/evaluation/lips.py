"""What the lips do, read from ARKit curves alone: the measures that the teacher keeps and the evaluation counts.

All three are continuous, so that a threshold-free AUC can be taken as well as an F1 at `THRESHOLD`.

- gap = jawOpen - mouthClose + 0.22 lowerDown + 0.18 upperUp + 0.12 funnel
        - 0.10 press - 0.10 rollUpper - 0.05 rollLower - 0.05 shrugLower
  in units of jawOpen, left and right averaged. The jaw parts the lips and mouthClose undoes just that; raising,
  lowering and funnelling the lips part them further, pressing and rolling them covers a little. The weights are
  those of typical ARKit heads, where jawOpen moves the lower lip some four to five times as far as lowerDown.
- closure = logistic((0.04 - gap) / 0.012): half at a gap of 0.04, which on a life-size head is about 1.5 mm.
- labiodental = logistic((rollLower + 0.5 upperUp - 3 press - 0.3) / 0.04) times (1 - closure): the lower lip turned
  in under a raised upper lip and not pressed against it.
- rounding = pucker + 0.6 funnel - 0.3 stretch - 0.15 smile, clipped at 0: how much narrower than rest the mouth is.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.take import Take

Measure = NDArray[np.float32]

THRESHOLD: Final = 0.5
"""Closure and labiodental contact count as made from here on."""
ROUNDED: Final = 0.25
"""A mouth counts as rounded from here on."""

CLOSED_GAP: Final = 0.04
GAP_WIDTH: Final = 0.012
BITE: Final = 0.3
BITE_WIDTH: Final = 0.04


def _both(take: Take, name: str) -> Measure:
    return np.asarray((take.curve(name + "Left") + take.curve(name + "Right")) / 2, dtype=np.float32)


def _logistic(x: Measure) -> Measure:
    return np.asarray(0.5 * (1.0 + np.tanh(x / 2)), dtype=np.float32)


def lip_gap(take: Take) -> Measure:
    """How far the lips are apart, in units of jawOpen; 0 or less when they touch."""
    gap = (
        take.curve("jawOpen")
        - take.curve("mouthClose")
        + 0.22 * _both(take, "mouthLowerDown")
        + 0.18 * _both(take, "mouthUpperUp")
        + 0.12 * take.curve("mouthFunnel")
        - 0.10 * _both(take, "mouthPress")
        - 0.10 * take.curve("mouthRollUpper")
        - 0.05 * take.curve("mouthRollLower")
        - 0.05 * take.curve("mouthShrugLower")
    )
    return np.asarray(gap, dtype=np.float32)


def closure(take: Take) -> Measure:
    """Lips together, 0 to 1."""
    return _logistic((CLOSED_GAP - lip_gap(take)) / GAP_WIDTH)


def bite(take: Take) -> Measure:
    """How far the lower lip is turned in under the upper teeth; contact from `BITE` on."""
    return np.asarray(
        take.curve("mouthRollLower") + 0.5 * _both(take, "mouthUpperUp") - 3 * _both(take, "mouthPress"), np.float32
    )


def labiodental(take: Take) -> Measure:
    """Lower lip at the upper teeth, 0 to 1."""
    return _logistic((bite(take) - BITE) / BITE_WIDTH) * (1 - closure(take))


def rounding(take: Take) -> Measure:
    """Lips narrowed and brought forward, 0 to about 1."""
    narrow = take.curve("mouthPucker") + 0.6 * take.curve("mouthFunnel")
    wide = 0.3 * _both(take, "mouthStretch") + 0.15 * _both(take, "mouthSmile")
    return np.clip(narrow - wide, 0.0, None)
