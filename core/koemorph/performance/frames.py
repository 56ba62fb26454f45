"""The frames of a result: at which moments of the line they stand, and where in the incoming curves they are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..settings import Settings
from ..take import Curves, resample
from ..timing import FrameRate

_BLOCK: Final = 4096


@dataclass(frozen=True, kw_only=True)
class Frames:
    """`count` frames of `rate`, the first one `before` frames before the line begins.

    The incoming curves are read `lead` seconds later than the frame stands, so that the face moves earlier. Of a line
    they may be a `part`, with so many frames earlier and later in it.
    """

    rate: FrameRate
    count: int
    before: int = 0
    lead: Fraction = Fraction(0)
    earlier: int = 0
    later: int = 0

    @classmethod
    def around(cls, duration: Fraction, rate: FrameRate, settings: Settings) -> Frames:
        """All frames of a line with its pre-roll and post-roll."""
        before, after = (rate.frame(_exact(seconds)) for seconds in (settings.pre_roll, settings.post_roll))
        return cls(
            rate=rate,
            count=before + rate.frame_count(duration) + after,
            before=before,
            lead=_exact(settings.lead) / 1000,
        )

    def part(self, first: int, stop: int) -> Frames:
        """Frames `first` to `stop` - 1 of these."""
        return replace(
            self,
            count=stop - first,
            before=self.before - first,
            earlier=self.earlier + first,
            later=self.later + self.count - stop,
        )

    @property
    def whole(self) -> Frames:
        """All frames of the line that these are a part of."""
        return self.part(-self.earlier, self.count + self.later)

    @property
    def own(self) -> slice:
        """Which these are of the `whole`."""
        return slice(self.earlier, self.earlier + self.count)

    @property
    def first_moment(self) -> Fraction:
        """Seconds from the line's beginning to the first frame: 0 or less."""
        return -self.rate.seconds(self.before)

    def moments(self) -> NDArray[np.float64]:
        """Seconds from the line's beginning to each frame."""
        return (np.arange(self.count) - self.before) / float(self.rate.fps)

    def moments_read(self) -> NDArray[np.float64]:
        """Seconds from the first incoming curve value to where each frame is read."""
        return self.moments() + float(self.lead)

    def read(self, curves: Curves, source: FrameRate) -> Curves:
        """Curves at these frames; beyond their ends they hold. May be the very same memory."""
        return resample(curves, source, self.rate, self.count, self.first_moment + self.lead)


def blocks(count: int) -> Iterator[slice]:
    """All of some rows, thousands at a time: hours of them then need little room beside themselves."""
    return (slice(first, min(first + _BLOCK, count)) for first in range(0, count, _BLOCK))


def _exact(value: float) -> Fraction:
    """What an animator typed: 0.1 is a tenth."""
    return Fraction(str(value))
