"""A mouth's course over time: how a film shows it or a reader hears it, in units that any face can follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .expression import smooth

Curve = NDArray[np.float32]

CHANNELS: Final = ("gap", "chin", "narrowness")


@dataclass(frozen=True, eq=False)
class MouthCourse:
    """Moment n is at n / `rate` seconds.

    `gap` between the lips and `chin` (how far it has sunk) are 0 at rest and 1 where the mouth is open as few vowels
    open it; `narrowness` is 0 at rest, 1 for lips rounded as few vowels round them, below 0 for spread ones.
    """

    rate: float
    gap: Curve
    chin: Curve
    narrowness: Curve

    def at(self, seconds: NDArray[np.floating]) -> MouthCourse:
        """The same course at other, evenly spaced moments; its ends are held."""
        step = float(seconds[1] - seconds[0]) if len(seconds) > 1 else 1 / self.rate
        read = [np.interp(seconds * self.rate, np.arange(len(one)), one).astype(np.float32) for one in self.channels()]
        return MouthCourse(1 / step, *read)

    def smoothed(self, seconds: float) -> MouthCourse:
        """Without what is faster than lips."""
        rate = round(self.rate)
        steady = [smooth(one.astype(np.float64), seconds, rate).astype(np.float32) for one in self.channels()]
        return MouthCourse(self.rate, *steady)

    def channels(self) -> tuple[Curve, Curve, Curve]:
        return self.gap, self.chin, self.narrowness
