"""Whether lips meet when they should, and only then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.performance.phrases import runs

TOLERANCE: Final = 0.040
"""Seconds by which a contact may be early or late."""

Flags = NDArray[np.bool_]
Values = NDArray[np.floating]


@dataclass(kw_only=True)
class Contacts:
    """One kind of contact: how many should be, are made in time, and are made where there is none.

    A touch further than the tolerance from any wanted contact is wrong once, or as often as there are phones that it
    closes for at least half of their time; so lips that are always together are wrong with every other phone.
    """

    wanted: int = 0
    made: int = 0
    wrong: int = 0

    def add(
        self,
        spans: Sequence[tuple[float, float]],
        others: Sequence[tuple[float, float]],
        touching: Flags,
        time: Values,
    ) -> None:
        fps = 1 / (time[1] - time[0]) if len(time) > 1 else 60.0
        near = np.zeros(len(time), dtype=bool)
        for start, end in spans:
            around = (time >= start - TOLERANCE) & (time <= end + TOLERANCE)
            near |= around
            self.wanted += 1
            self.made += bool(touching[around].any())
        alone = touching & ~near
        open_phones = [(time >= start) & (time < end) for start, end in others]
        spoken = np.any(open_phones, axis=0) if open_phones else np.zeros(len(time), dtype=bool)
        mostly = [np.flatnonzero(alone & phone) for phone in open_phones if alone[phone].sum() >= phone.sum() / 2 > 0]
        for first, stop in runs(alone):
            closed = sum(bool(((frames >= first) & (frames < stop)).any()) for frames in mostly)
            # Lips that stay together in a pause are wrong only where they stay so well into speech.
            said = spoken[first:stop]
            free = TOLERANCE * fps if not said.all() else 0.0
            self.wrong += max(closed, int(said.sum() > free))

    def joined(self, other: Contacts) -> Contacts:
        return Contacts(**{name: count + getattr(other, name) for name, count in vars(self).items()})

    @property
    def recall(self) -> float:
        return self.made / self.wanted if self.wanted else float("nan")

    @property
    def precision(self) -> float:
        return self.made / (self.made + self.wrong) if self.made + self.wrong else float("nan")

    @property
    def f1(self) -> float:
        """0 where nothing was made; undefined where nothing was wanted."""
        return 2 * self.made / (self.made + self.wrong + self.wanted) if self.wanted else float("nan")
