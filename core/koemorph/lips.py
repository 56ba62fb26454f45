"""What the lips do, read from ARKit curves alone: the one measure of it that lip seal, teacher and evaluation share.

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

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .arkit import sides
from .errors import TakeError
from .take import Curves, Take

Measure = NDArray[np.float32]

THRESHOLD: Final = 0.5
"""Closure and labiodental contact count as made from here on."""

CLOSED_GAP: Final = 0.04
GAP_WIDTH: Final = 0.012
BITE: Final = 0.3
BITE_WIDTH: Final = 0.04

OPENING: Final = {
    "jawOpen": 1.0,
    "mouthClose": -1.0,
    "mouthLowerDown": 0.22,
    "mouthUpperUp": 0.18,
    "mouthFunnel": 0.12,
}
"""What parts the lips, and by how much."""
COVERING: Final = {"mouthPress": 0.10, "mouthRollUpper": 0.10, "mouthRollLower": 0.05, "mouthShrugLower": 0.05}
"""What closes the rest of a small gap."""
BITING: Final = {"mouthRollLower": 1.0, "mouthUpperUp": 0.5, "mouthPress": -3.0}
ROUNDING: Final = {"mouthPucker": 1.0, "mouthFunnel": 0.6, "mouthStretch": -0.3, "mouthSmile": -0.15}


def weighted(curves: Curves, names: Sequence[str], weights: Mapping[str, float]) -> Measure:
    """The weighted sum of some shapes' curves (frames, shapes); a name without its side is the mean of both."""
    missing = [side for name in weights for side in sides(name) if side not in names]
    if missing:
        raise TakeError(f"What the lips do cannot be read without {', '.join(missing)}.")
    total = np.zeros(len(curves), dtype=np.float32)
    for name, weight in weights.items():
        both = sides(name)
        for side in both:
            total += np.float32(weight / len(both)) * curves[:, names.index(side)]
    return total


def lip_gap(take: Take) -> Measure:
    """How far the lips are apart, in units of jawOpen; 0 or less when they touch."""
    return weighted(take.values, take.names, OPENING) - weighted(take.values, take.names, COVERING)


def closure(take: Take) -> Measure:
    """Lips together, 0 to 1."""
    return _logistic((CLOSED_GAP - lip_gap(take)) / GAP_WIDTH)


def sealed(take: Take) -> NDArray[np.bool_] | None:
    """Frames in which the lips are together; None where a take from elsewhere has not all that tells."""
    try:
        return np.asarray(closure(take) >= THRESHOLD)
    except TakeError:
        return None


def bite(take: Take) -> Measure:
    """How far the lower lip is turned in under the upper teeth; contact from `BITE` on."""
    return weighted(take.values, take.names, BITING)


def labiodental(take: Take) -> Measure:
    """Lower lip at the upper teeth, 0 to 1."""
    return _logistic((bite(take) - BITE) / BITE_WIDTH) * (1 - closure(take))


def rounding(take: Take) -> Measure:
    """Lips narrowed and brought forward, 0 to about 1."""
    return np.clip(weighted(take.values, take.names, ROUNDING), 0.0, None)


def _logistic(x: Measure) -> Measure:
    return np.asarray(0.5 * (1.0 + np.tanh(x / 2)), dtype=np.float32)
