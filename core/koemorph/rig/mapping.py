"""From the 52 shapes to a rig's own: which shape drives which, how much, and in which range."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import TakeError
from ..take import Take
from ..timing import FrameRate
from . import drawings, visemes
from .bones import Channel, Modes, as_channel, written, written_names

Names = tuple[str, ...]
Range = tuple[float, float]

_LEAST_WHOLE: Final = 0.02
"""Below this the whole of a share is too small to divide by."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """One shape driving one target: `gain` x the value, moved from one range to another, plus `offset`.

    In this order: as a share of another shape (0 to 1), from `source_range` to 0..1 with anything beyond it cut off,
    turned round when `inverted`, from 0..1 to `target_range`, times gain, plus offset. The target is the name of a
    shape, a path that a host understands, or a `Channel` of a bone, whose gain is then in degrees or scene units.
    """

    source: str
    target: str
    gain: float = 1.0
    offset: float = 0.0
    inverted: bool = False
    source_range: Range | None = None
    target_range: Range | None = None
    share_of: str | None = None
    picks: bool = False
    """The target shows `gain`, a whole number, where of all its links this one's shape is strongest: a drawn mouth."""

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


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How far one target of this character really goes: `rest` + `gain` x the sum of its links, kept within bounds.

    In the target's own units: 0 to 1 for shapes, degrees or scene units for channels of bones.
    """

    target: str
    gain: float = 1.0
    rest: float = 0.0
    minimum: float | None = None
    maximum: float | None = None

    def of(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        values = self.rest + self.gain * values
        if self.minimum is not None or self.maximum is not None:
            values = np.clip(values, self.minimum, self.maximum)
        return np.asarray(values, dtype=np.float32)


@dataclass(frozen=True)
class Mapping:
    """All links of a rig. A target with several links gets their sum, as its calibration and the limits have it."""

    name: str
    links: tuple[Link, ...]
    description: str = ""
    also: Names = ()
    """Other names under which people look for it."""
    limits: Range | None = None
    """Lowest and highest value of all targets but channels of bones, which have limits of their own."""
    approximated: Names = ()
    """Shapes that this rig can only come near to."""
    calibrations: tuple[Calibration, ...] = ()
    prefixes: Names = ()
    """What the targets may begin with instead of the first of these; # stands for any digits."""
    aliases: tuple[tuple[str, Names], ...] = ()
    """Targets, and the other names that rigs of this family have for them."""
    modes: Modes = ()
    """How the character's bones turn, if a host has said so: channels then come out as what that host keys."""

    @property
    def sources(self) -> Names:
        return tuple(dict.fromkeys(link.source for link in self.links))

    @property
    def picking(self) -> frozenset[str]:
        """Targets that show one number after another, and nothing between."""
        return frozenset(link.target for link in self.links if link.picks)

    @property
    def targets(self) -> Names:
        return written_names(dict.fromkeys(link.target for link in self.links), self.modes)

    def of(self, source: str) -> tuple[Link, ...]:
        return tuple(link for link in self.links if link.source == source)

    def targets_of(self, sources: Collection[str]) -> Names:
        """All that any of these shapes drives, by itself or through the visemes."""
        heard = {*sources, *(visemes.NAMES if visemes.SPOKEN & set(sources) else ())}
        return written_names(dict.fromkeys(link.target for link in self.links if link.source in heard), self.modes)

    def with_links(self, links: tuple[Link, ...]) -> Mapping:
        return replace(self, links=links)

    def with_bones(self, modes: Modes) -> Mapping:
        """For a host that says how each bone turns: links to a bone's path become links to its channel where needed."""
        turning = dict(modes)
        links = tuple(_by_channel(link, turning) for link in self.links)
        return replace(self, links=links, modes=tuple(sorted(turning.items())))

    def calibrated(self, *, target: str, gain: float = 1.0, maximum: float | None = None) -> Mapping:
        """With one target's gain and maximum set; its rest and minimum stay."""
        before = next((one for one in self.calibrations if one.target == target), Calibration(target=target))
        after = replace(before, gain=gain, maximum=maximum)
        others = tuple(one for one in self.calibrations if one.target != target)
        return replace(self, calibrations=others if after == Calibration(target=target) else (*others, after))

    def alone(self, target: str, share: float) -> Take:
        """One frame in which this target goes so far of its full, and all others rest: what a person tests it by."""
        first = next(link for link in self.links if link.target == target)
        told = dict.fromkeys(one for link in self.links for one in (link.source, link.share_of) if one)
        names = tuple(dict.fromkeys((*told, *(visemes.NAMES if any(name in visemes.NAMES for name in told) else ()))))
        rest = Take(names, np.zeros((1, len(names)), dtype=np.float32), FrameRate.parse(60))
        full = {first.source: share, first.share_of: 1.0}
        values = np.array([[full.get(name, 0.0) for name in names]], dtype=np.float32)
        links = tuple(link if link == first else _resting(link, rest) for link in self.links)
        return self.with_links(links).apply(replace(rest, values=values))

    def apply(self, take: Take) -> Take:
        """The take under the target's names. Links whose shape the take lacks do nothing."""
        if any(link.source in visemes.NAMES and link.source not in take.names for link in self.links):
            take = visemes.added(take)
        links = [link for link in self.links if link.reads(take)]
        if not links:
            raise TakeError(f"The mapping {self.name} reads none of this take's shapes ({_some(take.names)}).")
        targets = tuple(dict.fromkeys(link.target for link in links))
        column = {target: i for i, target in enumerate(targets)}
        values = np.zeros((take.frame_count, len(targets)), dtype=np.float32)
        for link in links:
            if not link.picks:
                values[:, column[link.target]] += link.values(take)
        for target in self.picking & set(column):
            values[:, column[target]] = _picked([link for link in links if link.target == target], take)
        for one in self.calibrations:
            if one.target in column:
                values[:, column[one.target]] = one.of(values[:, column[one.target]])
        if self.limits is not None:
            shapes = [i for target, i in column.items() if Channel.of(target) is None and target not in self.picking]
            values[:, shapes] = np.clip(values[:, shapes], *self.limits)
        mapped = replace(take, names=targets, values=values, provenance={**take.provenance, "mapping": self.name})
        return written(mapped, self.modes)


def _resting(link: Link, rest: Take) -> Link:
    """What the link does while its shape is at rest, whatever the shape does."""
    return replace(link, gain=0.0, offset=float(link.values(rest)[0]), picks=False)


def _picked(links: list[Link], take: Take) -> NDArray[np.float32]:
    weights = np.stack([take.curve(link.source) for link in links], axis=1)
    numbers = np.array([round(link.gain) for link in links], dtype=np.float32)
    return numbers[drawings.chosen([link.source for link in links], weights, take.rate)]


def _by_channel(link: Link, turning: dict[str, str]) -> Link:
    """A path such as pose.bones["jaw"].rotation_euler[0], in radians, does nothing on a bone without Euler angles."""
    found = as_channel(link.target, turning)
    if found is None:
        return link
    channel, factor = found
    return replace(link, target=channel.target, gain=link.gain * factor, offset=link.offset * factor)


def _some(names: Names) -> str:
    return ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
