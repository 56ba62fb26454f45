"""Key reduction: a take's dense samples to few keys that an animator can edit, with a guaranteed error."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..errors import TakeError
from ..take import Take
from .evaluate import as_blender, as_maya
from .keys import INTERPOLATIONS, CurveKeys, Interpolation
from .reduce import TOLERANCE, reduce_curves

__all__ = [
    "INTERPOLATIONS",
    "SEALING",
    "TOLERANCE",
    "CurveKeys",
    "Interpolation",
    "KeyedTake",
    "as_blender",
    "as_maya",
    "reduce_curves",
    "reduce_take",
]


SEALING: Final = (*arkit.JAW, *arkit.LIPS)
"""What has to stay as it is where lips are sealed."""


@dataclass(frozen=True, eq=False)
class KeyedTake:
    """A take as keys. Frame 0 of the keys is the take's first frame; `errors` are by shape, as a host will draw them.

    Half-way between two frames the samples say nothing: the error there is against the straight line between them,
    and for stepped keys against the earlier one.
    """

    take: Take
    curves: Mapping[str, CurveKeys]
    errors: Mapping[str, float]
    half_frame_errors: Mapping[str, float]

    @property
    def key_count(self) -> int:
        return sum(len(curve) for curve in self.curves.values())

    @property
    def kept(self) -> float:
        """Keys per sample, 0 to 1."""
        return self.key_count / self.take.values.size

    def summary(self) -> str:
        worst = max(self.errors, key=lambda name: self.errors[name])
        between = max(self.half_frame_errors.values())
        return (
            f"{self.key_count} keys instead of {self.take.values.size} ({self.kept:.1%}), at most "
            f"{self.errors[worst]:.4f} off on a frame ({worst}), {between:.4f} between frames"
        )


def reduce_take(
    take: Take,
    tolerance: float = TOLERANCE,
    interpolation: Interpolation = "bezier",
    sealed: NDArray[np.bool_] | None = None,
    sealing: Collection[str] = SEALING,
) -> KeyedTake:
    """Keys for every shape of a take. In frames where the lips are `sealed`, jaw and lips stay exactly as they are.

    `sealing` names jaw and lips in a take that bears a rig's names, see `Mapping.targets_of`.
    """
    exact = None
    if sealed is not None:
        if np.shape(sealed) != (take.frame_count,):
            raise TakeError(f"Seals of the form {np.shape(sealed)} do not fit a take of {take.frame_count} frames.")
        columns = np.array([name in sealing for name in take.names])
        if not columns.any():
            raise TakeError("None of this take's shapes seals the lips; name those that do.")
        exact = np.asarray(sealed, dtype=bool)[:, None] & columns
    curves = dict(zip(take.names, reduce_curves(take.values, tolerance, interpolation, exact), strict=True))
    between = np.arange(2 * take.frame_count - 1) / 2
    errors, half_errors = {}, {}
    for name, keys in curves.items():
        samples = np.repeat(take.curve(name).astype(np.float64), 2)[:-1]
        if interpolation != "stepped":
            samples[1::2] = (samples[:-1:2] + samples[2::2]) / 2
        off = np.abs(as_blender(keys, between) - samples)
        errors[name], half_errors[name] = float(off[::2].max()), float(off[1::2].max(initial=0.0))
    return KeyedTake(take, curves, errors, half_errors)
