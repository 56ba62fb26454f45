# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person has changed about a line's keys, so that the line can be made again without losing it.

An Action keeps each line's keys as they were written. What its curves are off from them when the line is made again is
the person's; it is added, frame by frame, to whatever comes then, and kept with the line until it is cleared. Modifiers
of curves are never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from koemorph.errors import KoeMorphError
from koemorph.hosts.kept import kept_arrays
from koemorph.keying import CurveKeys
from koemorph.keying.keys import INTERPOLATIONS

from . import keys
from .keys import At, Channel
from .line import Line

PROPERTY = "koemorph_written"
"""The Action's custom property: by line and slot, keys as they were written and what was changed about them."""
_LEAST = 1e-4
"""Less than this, in a shape's full travel, is no change."""
_APART = 1e-3
"""Frames within which a key stands where it was written."""


@dataclass(frozen=True, eq=False)
class Change:
    """Added to a curve from the line's frame `first` on, counted from the line's own first frame."""

    first: int
    values: NDArray[np.float32]

    def over(self, frames: int) -> NDArray[np.float32]:
        """As long as the line is now; what lies outside of it stays in the change."""
        whole = np.zeros(frames, dtype=np.float32)
        begin, end = max(self.first, 0), min(self.first + len(self.values), frames)
        if begin < end:
            whole[begin:end] = self.values[begin - self.first : end - self.first]
        return whole

    def moved(self, by: int) -> Change:
        return Change(self.first + by, self.values)

    def plus(self, other: Change) -> Change:
        first = min(self.first, other.first)
        end = max(self.first + len(self.values), other.first + len(other.values))
        return Change(first, self.moved(-first).over(end - first) + other.moved(-first).over(end - first))


@dataclass(frozen=True, eq=False)
class Changes:
    """Of one line on one data-block."""

    curves: Mapping[At, Change] = field(default_factory=dict)
    removed: frozenset[At] = frozenset()
    """Curves that the person has deleted: they stay away."""

    def moved(self, by: int) -> Changes:
        return Changes({at: change.moved(by) for at, change in self.curves.items()}, self.removed)


def write_down(action: Any, line: Line, slot: int, channels: Iterable[Channel], changes: Changes) -> None:
    """Remember keys as they are now."""
    channels = list(channels)
    packed = BytesIO()
    np.savez(
        packed,
        paths=np.array([one.path for one in channels], dtype=str),
        indices=np.array([one.index for one in channels], dtype=np.int32),
        counts=np.array([len(one.keys) for one in channels], dtype=np.int32),
        frames=_row(one.keys.frames - line.first for one in channels),
        values=_row(one.keys.values for one in channels),
        slopes=_row(one.keys.slopes for one in channels if one.keys.interpolation == "bezier"),
        interpolation=np.array([one.keys.interpolation for one in channels], dtype=str),
        removed=np.array([path for path, _ in sorted(changes.removed)], dtype=str),
        removed_indices=np.array([index for _, index in sorted(changes.removed)], dtype=np.int32),
        changed=np.array([path for path, _ in changes.curves], dtype=str),
        changed_indices=np.array([index for _, index in changes.curves], dtype=np.int32),
        changed_firsts=np.array([change.first for change in changes.curves.values()], dtype=np.int32),
        changed_counts=np.array([len(change.values) for change in changes.curves.values()], dtype=np.int32),
        changed_values=_row(change.values for change in changes.curves.values()),
    )
    if PROPERTY not in action:
        action[PROPERTY] = {}
    action[PROPERTY][_name(line, slot)] = packed.getvalue()


def forget(action: Any, line: Line) -> None:
    held = action.get(PROPERTY)
    for name in [name for name in (held.keys() if held else ()) if name.startswith(f"{line.key} ")]:
        del held[name]


def found(action: Any, bag: Any, line: Line, slot: int) -> Changes | None:
    """What was changed about the line's curves; None where nobody knows what was written."""
    held = action.get(PROPERTY)
    packed = held.get(_name(line, slot)) if held and line.key else None
    if packed is None:
        return None
    try:
        stored = kept_arrays(packed, f"What {action.name} keeps of {line.key}")
    except KoeMorphError:
        return None
    kept, removed = _kept(stored)
    for channel in _channels(stored, line):
        at = (channel.path, channel.index)
        curve = bag.fcurves.find(channel.path, index=channel.index)
        if curve is None:
            removed.add(at)
        elif (change := _change(curve, channel.keys, line)) is not None:
            kept[at] = kept[at].plus(change) if at in kept else change
    return Changes(kept, frozenset(removed))


def _change(curve: Any, written: CurveKeys, line: Line) -> Change | None:
    there, meant = keys.rows(curve, [line.span], inside=True), keys.table(written)
    frames, rest = (there["co"], meant["co"]), [(there[name], meant[name]) for name in ("handle_left", "handle_right")]
    if written.interpolation != "bezier":
        rest = []
    if len(frames[0]) == len(frames[1]) and (there["interpolation"] == meant["interpolation"]).all():
        tolerance = np.array([_APART, _LEAST / 10])
        if all((np.abs(now - was) <= tolerance).all() for now, was in (frames, *rest)):
            return None
    moments = np.arange(line.first, line.last + 0.5)
    off = (keys.drawn(curve, moments) - written.at(moments)).astype(np.float32)
    moved = np.flatnonzero(np.abs(off) > _LEAST)
    if not moved.size:
        return None
    first, last = int(moved[0]), int(moved[-1])
    return Change(first, off[first : last + 1])


def _channels(stored: Any, line: Line) -> Iterable[Channel]:
    counts = stored["counts"]
    ends = np.cumsum(counts)
    frames, values, slopes = (stored[name].astype(np.float64) for name in ("frames", "values", "slopes"))
    used = 0
    for path, index, kind, count, end in zip(
        stored["paths"], stored["indices"], stored["interpolation"], counts, ends, strict=True
    ):
        part, steep = slice(end - count, end), np.zeros(count)
        if kind == "bezier":
            steep, used = slopes[used : used + count], used + count
        yield Channel(
            str(path),
            CurveKeys(
                frames=line.first + frames[part],
                values=values[part],
                slopes=steep,
                interpolation=INTERPOLATIONS[INTERPOLATIONS.index(kind)],
            ),
            int(index),
        )


def _kept(stored: Any) -> tuple[dict[At, Change], set[At]]:
    """What was kept of earlier changes."""
    counts = stored["changed_counts"]
    parts = np.split(stored["changed_values"], np.cumsum(counts)[:-1]) if len(counts) else []
    changed = zip(stored["changed"], stored["changed_indices"], stored["changed_firsts"], parts, strict=True)
    kept = {(str(path), int(index)): Change(int(first), values) for path, index, first, values in changed}
    removed = zip(stored["removed"], stored["removed_indices"], strict=True)
    return kept, {(str(path), int(index)) for path, index in removed}


def _row(parts: Iterable[NDArray[Any]]) -> NDArray[np.float32]:
    return np.concatenate([np.zeros(0), *parts]).astype(np.float32)


def _name(line: Line, slot: int) -> str:
    return f"{line.key} {slot}"
