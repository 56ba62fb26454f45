"""From the 52 shapes to a rig's own: which shape drives which, how much, and in which range."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import TakeError
from ..take import Take

Range = tuple[float, float]

_LEAST_WHOLE: Final = 0.02
"""Below this the whole of a share is too small to divide by."""


@dataclass(frozen=True)
class Link:
    """One shape driving one target: `gain` x the value, moved from one range to another, plus `offset`.

    In this order: as a share of another shape (0 to 1), from `source_range` to 0..1 with anything beyond it cut off,
    turned round when `inverted`, from 0..1 to `target_range`, times gain, plus offset.
    """

    source: str
    target: str
    gain: float = 1.0
    offset: float = 0.0
    inverted: bool = False
    source_range: Range | None = None
    target_range: Range | None = None
    share_of: str | None = None

    def values(self, take: Take) -> NDArray[np.float32]:
        values = take.curve(self.source)
        if self.share_of is not None:
            values = np.clip(values / np.maximum(take.curve(self.share_of), _LEAST_WHOLE), 0.0, 1.0)
        if self.source_range is not None:
            low, high = self.source_range
            values = np.clip((values - low) / (high - low), 0.0, 1.0)
        if self.inverted:
            values = 1.0 - values
        if self.target_range is not None:
            low, high = self.target_range
            values = low + values * (high - low)
        return np.asarray(self.gain * values + self.offset, dtype=np.float32)

    def reads(self, take: Take) -> bool:
        return self.source in take.names and (self.share_of is None or self.share_of in take.names)


@dataclass(frozen=True)
class Mapping:
    """All links of a rig. A target with several links gets their sum, kept within `limits` where those are given."""

    name: str
    links: tuple[Link, ...]
    description: str = ""
    also: tuple[str, ...] = ()
    """Other names under which people look for it."""
    limits: Range | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(link.source for link in self.links))

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(link.target for link in self.links))

    def of(self, source: str) -> tuple[Link, ...]:
        return tuple(link for link in self.links if link.source == source)

    def targets_of(self, sources: Collection[str]) -> tuple[str, ...]:
        """All that any of these shapes drives."""
        return tuple(dict.fromkeys(link.target for link in self.links if link.source in sources))

    def with_links(self, links: tuple[Link, ...]) -> Mapping:
        return replace(self, links=links)

    def apply(self, take: Take) -> Take:
        """The take under the target's names. Links whose shape the take lacks do nothing."""
        links = [link for link in self.links if link.reads(take)]
        if not links:
            raise TakeError(f"The mapping {self.name} reads none of this take's shapes ({_some(take.names)}).")
        targets = tuple(dict.fromkeys(link.target for link in links))
        column = {target: i for i, target in enumerate(targets)}
        values = np.zeros((take.frame_count, len(targets)), dtype=np.float32)
        for link in links:
            values[:, column[link.target]] += link.values(take)
        if self.limits is not None:
            np.clip(values, *self.limits, out=values)
        return replace(take, names=targets, values=values, provenance={**take.provenance, "mapping": self.name})


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
