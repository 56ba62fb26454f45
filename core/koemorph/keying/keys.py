"""What an animator gets to edit: a few keys with handles, in the form that Blender and Maya take in bulk.

Handles end at a third of the way to the neighbouring key. Time is then linear along each Bezier segment, the value a
cubic of time, and Blender, Maya (weighted tangents or not) and a plain Hermite formula all draw the same curve.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TakeError

Interpolation = Literal["bezier", "linear", "stepped"]
INTERPOLATIONS: Final[tuple[Interpolation, ...]] = ("bezier", "linear", "stepped")

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class CurveKeys:
    """The keys of one shape. `frames` rise and need not be whole; `slopes` are values per frame, for Bezier keys only.

    Before the first and after the last key the curve holds.
    """

    frames: Numbers
    values: Numbers
    slopes: Numbers
    interpolation: Interpolation = "bezier"

    def __post_init__(self) -> None:
        if self.interpolation not in INTERPOLATIONS:
            raise TakeError(f"Keys cannot be {self.interpolation!r}; choose from {', '.join(INTERPOLATIONS)}.")
        for name in ("frames", "values", "slopes"):
            numbers = np.array(getattr(self, name), dtype=np.float64)
            if numbers.ndim != 1 or not numbers.size or not np.isfinite(numbers).all():
                raise TakeError(f"The {name} of keys must be a row of numbers, at least one.")
            numbers.flags.writeable = False
            object.__setattr__(self, name, numbers)
        if not len(self.frames) == len(self.values) == len(self.slopes) or (np.diff(self.frames) <= 0).any():
            raise TakeError("Each key needs its own frame, value and slope, and the frames must rise.")

    @classmethod
    def dense(cls, values: NDArray[np.float32], first: float = 0.0) -> CurveKeys:
        """A key on every frame, straight from one to the next."""
        frames = first + np.arange(len(values), dtype=np.float64)
        return cls(
            frames=frames, values=values.astype(np.float64), slopes=np.zeros(len(values)), interpolation="linear"
        )

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def points(self) -> Numbers:
        """(keys, 2): frame and value, as Blender's `co`."""
        return np.stack([self.frames, self.values], axis=1)

    @property
    def offsets_in(self) -> Numbers:
        """(keys, 2): from each key to the end of its left handle; three times this is a weighted tangent of Maya."""
        return self._offsets(-self._thirds()[:-1])

    @property
    def offsets_out(self) -> Numbers:
        """(keys, 2): from each key to the end of its right handle."""
        return self._offsets(self._thirds()[1:])

    @property
    def handles_left(self) -> Numbers:
        """(keys, 2): where left handles end, as Blender's `handle_left`."""
        return self.points + self.offsets_in

    @property
    def handles_right(self) -> Numbers:
        """(keys, 2): where right handles end, as Blender's `handle_right`."""
        return self.points + self.offsets_out

    def placed(self, first: float, step: float = 1.0) -> CurveKeys:
        """The same curve in a scene: frame 0 comes to `first`, and each frame is `step` of the scene's frames long."""
        return CurveKeys(
            frames=first + step * self.frames,
            values=self.values,
            slopes=self.slopes / step,
            interpolation=self.interpolation,
        )

    def at(self, frames: ArrayLike) -> Numbers:
        """The curve's values at any frames."""
        wanted = np.clip(np.asarray(frames, dtype=np.float64), self.frames[0], self.frames[-1])
        left = np.clip(np.searchsorted(self.frames, wanted, side="right") - 1, 0, max(0, len(self) - 2))
        right = np.minimum(left + 1, len(self) - 1)
        if self.interpolation == "stepped":
            return self.values[np.where(wanted >= self.frames[right], right, left)]
        if self.interpolation == "linear":
            return np.asarray(np.interp(wanted, self.frames, self.values))
        length = np.where(right > left, self.frames[right] - self.frames[left], 1.0)
        u = (wanted - self.frames[left]) / length
        rise, leave, arrive = hermite(u)
        return np.asarray(
            self.values[left] * (1.0 - rise)
            + self.values[right] * rise
            + length * (self.slopes[left] * leave + self.slopes[right] * arrive)
        )

    def _offsets(self, run: Numbers) -> Numbers:
        return np.stack([run, run * self.slopes], axis=1)

    def _thirds(self) -> Numbers:
        """A third of each distance between keys, with the outermost repeated for the handles that reach outside."""
        lengths = np.diff(self.frames) if len(self) > 1 else np.ones(1)
        return np.concatenate([lengths[:1], lengths, lengths[-1:]])[: len(self) + 1] / 3.0


def hermite(u: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """At `u` (0 to 1) of a segment: the share of the way from value to value, and the weights of the two slopes."""
    square = u * u
    cube = square * u
    return 3.0 * square - 2.0 * cube, cube - 2.0 * square + u, cube - square
