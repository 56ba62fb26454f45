"""A Take: named curves over time, what every part of KoeMorph hands to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import TakeError
from .timing import FrameRate, round_half_up

Curves = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Take:
    """`values[n, i]` is the shape `names[i]` at `start + n / rate` seconds of the recording.

    Shapes travel by name; the order of `names` means nothing. Values are read-only float32.
    """

    names: tuple[str, ...]
    values: Curves
    rate: FrameRate
    start: Fraction = Fraction(0)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        values = np.asarray(self.values, dtype=np.float32)
        if values.ndim != 2 or values.shape[1] != len(self.names):
            raise TakeError(f"A take of {len(self.names)} shapes cannot hold values of the form {values.shape}.")
        if len(set(self.names)) != len(self.names):
            twice = sorted({name for name in self.names if self.names.count(name) > 1})
            raise TakeError(f"A take cannot hold the same shape twice ({', '.join(twice)}).")
        if not values.size:
            raise TakeError("A take needs at least one shape and one frame.")
        if not np.isfinite(values).all():
            frame, column = (int(i) for i in np.argwhere(~np.isfinite(values))[0])
            raise TakeError(f"{self.names[column]} is not a number at frame {frame}.")
        values = values.view()
        values.flags.writeable = False
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "names", tuple(self.names))

    @property
    def frame_count(self) -> int:
        return len(self.values)

    @property
    def duration(self) -> Fraction:
        """Seconds, counting the last frame for its whole length."""
        return self.frame_count / self.rate.fps

    def curve(self, name: str) -> Curves:
        """One shape's values."""
        try:
            return self.values[:, self.names.index(name)]
        except ValueError:
            raise TakeError(f"This take has no shape called {name!r}.") from None

    def with_values(self, values: Curves) -> Take:
        return replace(self, values=values)

    def slice(self, first: int, stop: int) -> Take:
        """Frames first to stop - 1, keeping their moments in the recording."""
        if not 0 <= first < stop <= self.frame_count:
            raise TakeError(f"Frames {first} to {stop - 1} are not in a take of {self.frame_count} frames.")
        return replace(self, values=self.values[first:stop], start=self.start + first / self.rate.fps)

    def merge(self, other: Take) -> Take:
        """This take with the shapes of `other` added or replaced; both must cover the same frames."""
        if (other.rate, other.frame_count, other.start) != (self.rate, self.frame_count, self.start):
            raise TakeError("Two takes can be merged only when rate, start and number of frames agree.")
        kept = [i for i, name in enumerate(self.names) if name not in other.names]
        names = (*(self.names[i] for i in kept), *other.names)
        return replace(self, names=names, values=np.concatenate([self.values[:, kept], other.values], axis=1))

    def retime(self, rate: FrameRate) -> Take:
        """The same motion at another frame rate, read at the exact moments of its frames."""
        if rate == self.rate:
            return self
        count = max(1, round_half_up(self.duration * rate.fps))
        return replace(self, values=resample(self.values, self.rate, rate, count), rate=rate)


def resample(values: Curves, source: FrameRate, target: FrameRate, count: int) -> Curves:
    """`count` frames of `target` read from frames of `source`, linear between them, holding the last one.

    Positions are integer ratios, so a coinciding frame is copied exactly, however far into an hour.
    """
    step = source.fps / target.fps
    fits = count * step.numerator < 2**63
    scaled = np.arange(count, dtype=np.int64 if fits else object) * step.numerator
    before: NDArray[np.int64] = np.minimum(scaled // step.denominator, len(values) - 1).astype(np.int64)
    if step.denominator == 1:
        return values[before]
    after = np.minimum(before + 1, len(values) - 1)
    toward = ((scaled % step.denominator) / step.denominator).astype(np.float32)[:, None]
    return np.asarray(values[before] * (1.0 - toward) + values[after] * toward, dtype=np.float32)
