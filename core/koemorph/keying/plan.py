"""What a host writes of a take: for each target its keys at frames of the scene, and a report on them.

Hosts only write: the mapping is applied here, the lips that are sealed are found here, and so is how far the curve
that a host will draw strays from the performance.
"""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit, lips
from ..rig import Mapping
from ..take import Take
from .evaluate import as_drawn
from .keys import CurveKeys
from .styles import Keying

SEALING: Final = (*arkit.JAW, *arkit.LIPS)
"""What has to stay as it is where lips are sealed."""


@dataclass(frozen=True, eq=False, kw_only=True)
class KeyPlan:
    """Keys by target. `take` has the same curves, dense and under the targets' names."""

    take: Take
    keying: Keying
    first: Fraction
    """The frame of the scene that the take's first frame comes to."""
    curves: Lookup[str, CurveKeys]
    exact: NDArray[np.bool_] | None = None
    """(frames, targets): where lips are sealed and curves may not stray; None where they never are."""
    stepped: frozenset[str] = frozenset()
    """Targets that leap from one number to the next, in whatever style others are keyed: drawn mouths."""

    @property
    def last(self) -> Fraction:
        return self.first + self.take.frame_count - 1

    @property
    def key_count(self) -> int:
        return sum(len(curve) for curve in self.curves.values())

    @property
    def kept(self) -> float:
        """Keys per sample, 0 to 1."""
        return self.key_count / self.take.values.size

    def samples(self, target: str) -> CurveKeys:
        """A key on every frame, for where a host draws few keys differently."""
        return CurveKeys.dense(self.take.curve(target), float(self.first))

    def with_changes(self, changes: Lookup[str, NDArray[np.float32]]) -> KeyPlan:
        """Keys of some targets with what a person has changed about them, to be added frame by frame."""
        columns = [self.take.names.index(target) for target in changes]
        values = self.take.values[:, columns] + np.stack(list(changes.values()), axis=1)
        take = replace(self.take, names=tuple(changes), values=values.astype(np.float32))
        exact = None if self.exact is None else self.exact[:, columns]
        stepped = self.stepped & set(changes)
        curves = _curves(take, self.keying, float(self.first), exact, stepped)
        return replace(self, take=take, curves=curves, exact=exact)

    @property
    def error(self) -> float:
        """How far a host's curves are off at most on a frame, in a shape's full travel."""
        return max(on for on, _ in self.errors.values())

    @cached_property
    def errors(self) -> Lookup[str, tuple[float, float]]:
        """By target: at most on a frame and half-way between two, as Blender draws the curves.

        Half-way the samples say nothing: the error is against the straight line between them, and for stepped keys
        against the earlier one.
        """
        between = np.arange(2 * self.take.frame_count - 1) / 2
        found = {}
        for target, keys in self.curves.items():
            samples = np.repeat(self.take.curve(target).astype(np.float64), 2)[:-1]
            if keys.interpolation != "stepped":
                samples[1::2] = (samples[:-1:2] + samples[2::2]) / 2
            off = np.abs(as_drawn(keys, float(self.first) + between) - samples)
            found[target] = float(off[::2].max()), float(off[1::2].max(initial=0.0))
        return found


def plan_keys(take: Take, mapping: Mapping | None, keying: Keying, first_frame: Fraction = Fraction(0)) -> KeyPlan:
    """Keys for all that a mapping drives, or for the take's own shapes. Sealed lips stay exactly sealed.

    `take` bears ARKit's names; its first frame comes to `first_frame` of the scene, whose rate it has.
    """
    mapped = take if mapping is None else mapping.apply(take)
    sealing = SEALING if mapping is None else mapping.targets_of(SEALING)
    columns = np.array([name in sealing for name in mapped.names])
    sealed = lips.sealed(take) if columns.any() and keying.how.reduced else None
    exact = None if sealed is None else sealed[:, None] & columns
    stepped = frozenset() if mapping is None else mapping.picking
    curves = _curves(mapped, keying, float(first_frame), exact, stepped)
    return KeyPlan(take=mapped, keying=keying, first=first_frame, curves=curves, exact=exact, stepped=stepped)


def _curves(
    mapped: Take, keying: Keying, first: float, exact: NDArray[np.bool_] | None, stepped: frozenset[str]
) -> dict[str, CurveKeys]:
    leaping = {name: _leaps(mapped.curve(name), first) for name in mapped.names if name in stepped}
    keyed = keying.how.keys(mapped.values, keying, exact)
    return {name: leaping.get(name) or keys.placed(first) for name, keys in zip(mapped.names, keyed, strict=True)}


def _leaps(values: NDArray[np.float32], first: float) -> CurveKeys:
    """A key where the number changes."""
    at = np.concatenate([[0], np.flatnonzero(np.diff(values)) + 1])
    return CurveKeys(
        frames=first + at, values=values[at].astype(np.float64), slopes=np.zeros(len(at)), interpolation="stepped"
    )
