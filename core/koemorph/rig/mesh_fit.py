"""One preset on one mesh of a rig: each of its targets looked for among the names, and where each link then leads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from .bones import Channel
from .coverage import Rig
from .finder import Finder, Spelled
from .mapping import Calibration, Link, Mapping, Names
from .visemes import SILENT


@dataclass(kw_only=True)
class Found:
    """All keys are source shapes, as in a `Coverage`."""

    links: list[Link] = field(default_factory=list)
    calibrations: list[Calibration] = field(default_factory=list)
    matched: dict[str, Names] = field(default_factory=dict)
    approximated: dict[str, Names] = field(default_factory=dict)
    missing: dict[str, Names] = field(default_factory=dict)
    ambiguous: dict[str, Names] = field(default_factory=dict)
    empty: dict[str, Names] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where one link leads."""

    target: str
    links: tuple[Link, ...] = ()
    unclear: Names = ()
    empty: Names = ()
    joined: bool = False

    @property
    def is_missing(self) -> bool:
        return not (self.links or self.unclear or self.empty)


class MeshFit:
    def __init__(self, rig: Rig, preset: Mapping, names: Spelled, bones: Spelled) -> None:
        self._empty, self._preset = frozenset(rig.empty), preset
        self.shapes = Finder(names, preset, tuple(t for t in preset.targets if not Channel.of(t)))
        wanted = dict.fromkeys(one.bone for one in map(Channel.of, preset.targets) if one)
        self._bones = Finder(bones, preset, tuple(wanted))

    @property
    def named_so(self) -> int:
        """How many targets bear the very names of the preset."""
        return self.shapes.named_so + self._bones.named_so

    @cached_property
    def result(self) -> Found:
        found = Found()
        of: dict[str, list[Link]] = {}
        for link in self._preset.links:
            of.setdefault(link.source, []).append(link)
        renamed: dict[str, dict[str, None]] = {}
        for source, wanted in of.items():
            places = [self._place(link) for link in wanted]
            for link, place in zip(wanted, places, strict=True):
                renamed.setdefault(link.target, {}).update(dict.fromkeys(one.target for one in place.links))
            self._sort(found, source, places)
        for one in self._preset.calibrations:
            found.calibrations += [replace(one, target=name) for name in renamed.get(one.target, {})]
        return found

    def _sort(self, found: Found, source: str, places: list[_Place]) -> None:
        mine = [link for place in places for link in place.links]
        found.links += mine
        empty = tuple(name for place in places for name in place.empty)
        if unclear := tuple(name for place in places for name in place.unclear):
            found.ambiguous[source] = unclear
        elif lacking := tuple(place.target for place in places if place.is_missing):
            found.missing[source] = lacking
        elif empty and not mine:
            if source != SILENT:  # which is the face at rest, on most characters
                found.empty[source] = empty
        else:
            found.matched[source] = tuple(link.target for link in mine)
            if source in self._preset.approximated or any(place.joined for place in places):
                found.approximated[source] = found.matched[source]

    def _place(self, link: Link) -> _Place:
        """The link with the rig's own name: several where the rig splits the target, half of one where it joins it."""
        channel = Channel.of(link.target)
        if channel:
            names = self._bones.find(channel.bone)
            if len(names) > 1:
                return _Place(target=channel.bone, unclear=names)
            return _Place(
                target=channel.bone,
                links=tuple(replace(link, target=replace(channel, bone=name).target) for name in names),
            )
        wanted = link.target
        names = self.shapes.find(wanted)
        full = tuple(name for name in names if name not in self._empty)
        if len(full) > 1:
            return _Place(target=wanted, unclear=full)
        if full:
            return _Place(target=wanted, links=(replace(link, target=full[0]),))
        if names:
            return _Place(target=wanted, empty=names)
        if parts := self.shapes.parts(wanted):
            moving = tuple(part for part in parts if part not in self._empty)
            return _Place(
                target=wanted, links=tuple(replace(link, target=part) for part in moving), empty=() if moving else parts
            )
        joined = self.shapes.whole(wanted)
        if self._empty.intersection(joined):
            return _Place(target=wanted, empty=joined)
        halved = (replace(link, target=name, gain=link.gain / 2, offset=link.offset / 2) for name in joined)
        return _Place(target=wanted, links=tuple(halved), joined=bool(joined))
