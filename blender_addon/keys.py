# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in bulk: a whole curve in a handful of calls, whatever stood outside of the range put back as it was."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from koemorph.keying import CurveKeys

from . import compat

GROUP = "KoeMorph"

_COLUMNS: dict[str, tuple[type[np.generic], int]] = {
    "co": (np.float32, 2),
    "handle_left": (np.float32, 2),
    "handle_right": (np.float32, 2),
    "handle_left_type": (np.int32, 1),
    "handle_right_type": (np.int32, 1),
    "interpolation": (np.int32, 1),
    "easing": (np.int32, 1),
    "type": (np.int32, 1),
    "back": (np.float32, 1),
    "amplitude": (np.float32, 1),
    "period": (np.float32, 1),
    "select_control_point": (np.bool_, 1),
    "select_left_handle": (np.bool_, 1),
    "select_right_handle": (np.bool_, 1),
}
"""All that a key holds."""
_INTERPOLATION = {"bezier": "BEZIER", "linear": "LINEAR", "stepped": "CONSTANT"}
_THIRD = np.array([1 / 3, 0.0], dtype=np.float32)
"""Where the handles of a key without slope end."""

Table = dict[str, NDArray[Any]]
At = tuple[str, int]
"""Path and index of a curve."""


@dataclass(frozen=True)
class Span:
    """Frames from first to last, both included."""

    first: float
    last: float

    def holds(self, frames: NDArray[Any]) -> NDArray[np.bool_]:
        return (frames >= self.first - 1e-4) & (frames <= self.last + 1e-4)


@dataclass(frozen=True)
class Channel:
    """One animated number: its path from the data-block, and the keys it gets."""

    path: str
    keys: CurveKeys
    index: int = 0


def write(bag: Any, channels: list[Channel], *spans: Span) -> None:
    """Replace what the channels' curves hold inside of the spans. Curves that are not there yet are made."""
    for channel in channels:
        curve, wanted = bag.fcurves.find(channel.path, index=channel.index), table(channel.keys)
        if curve is None:
            curve = compat.new_curve(bag, channel.path, channel.index, GROUP)
        else:
            wanted = _merged(rows(curve, spans), wanted)
        _fill(curve, wanted)


def clear(bag: Any, paths: list[At], span: Span) -> None:
    """Take away the keys inside of the span; a curve that is left without any goes too, if it has no modifiers."""
    for path, index in paths:
        curve = bag.fcurves.find(path, index=index)
        if curve is not None:
            kept = rows(curve, [span])
            if len(kept["type"]) or len(curve.modifiers):
                _fill(curve, kept)
            else:
                bag.fcurves.remove(curve)


def move(bag: Any, paths: list[At], span: Span, by: float) -> None:
    """Take the keys inside of the span elsewhere, as they are; what is where they come to is replaced."""
    there = Span(span.first + by, span.last + by)
    for path, index in paths:
        curve = bag.fcurves.find(path, index=index)
        if curve is not None:
            moved = rows(curve, [span], inside=True)
            for name in ("co", "handle_left", "handle_right"):
                moved[name][:, 0] += by
            kept = rows(curve, [span])
            stays = ~there.holds(kept["co"][:, 0])
            _fill(curve, _merged({name: values[stays] for name, values in kept.items()}, moved))


def count(bag: Any, paths: list[At], span: Span) -> int:
    """How many keys `write` would replace. Quick enough to be asked whenever a panel is drawn."""
    total = 0
    for path, index in paths:
        curve = bag.fcurves.find(path, index=index)
        if curve is not None:
            points = _Frames(curve.keyframe_points)
            total += bisect_right(points, span.last + 1e-4) - bisect_left(points, span.first - 1e-4)
    return total


def locked(bag: Any, paths: list[At]) -> list[str]:
    curves = (bag.fcurves.find(path, index=index) for path, index in paths)
    return [curve.data_path for curve in curves if curve is not None and curve.lock]


class _Frames:
    """Keys as a sorted row of frames, for bisection."""

    def __init__(self, points: Any) -> None:
        self._points = points

    def __len__(self) -> int:
        return len(self._points)

    def __getitem__(self, position: int) -> float:
        return float(self._points[position].co[0])


def table(keys: CurveKeys) -> Table:
    """Keys in Blender's own numbers."""
    smooth = keys.interpolation == "bezier"
    handles = number_of("handle_left_type", "ALIGNED" if smooth else "AUTO_CLAMPED")
    same = {
        "handle_left_type": handles,
        "handle_right_type": handles,
        "interpolation": number_of("interpolation", _INTERPOLATION[keys.interpolation]),
        "easing": number_of("easing", "AUTO"),
        "type": number_of("type", "KEYFRAME"),
        "back": 1.70158,
        "amplitude": 0.8,
        "period": 4.1,
        "select_control_point": False,
        "select_left_handle": False,
        "select_right_handle": False,
    }
    points = keys.points.astype(np.float32)
    return {
        "co": points,
        "handle_left": keys.handles_left.astype(np.float32) if smooth else points - _THIRD,
        "handle_right": keys.handles_right.astype(np.float32) if smooth else points + _THIRD,
        **{name: np.full((len(keys), 1), value, dtype=_COLUMNS[name][0]) for name, value in same.items()},
    }


def rows(curve: Any, spans: Sequence[Span], inside: bool = False) -> Table:
    """A curve's keys outside of all spans, or those inside of any."""
    points = curve.keyframe_points
    frames = _column(points, "co")[:, 0]
    within = np.zeros(len(points), dtype=bool)
    for span in spans:
        within |= span.holds(frames)
    wanted = within == inside
    if not wanted.any():
        return {name: np.empty((0, width), dtype=kind) for name, (kind, width) in _COLUMNS.items()}
    return {name: _column(points, name)[wanted] for name in _COLUMNS}


def _column(points: Any, name: str) -> NDArray[Any]:
    kind, width = _COLUMNS[name]
    values = np.empty(len(points) * width, dtype=kind)
    points.foreach_get(name, values)
    return values.reshape(-1, width)


def drawn(curve: Any, frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """A curve's values, without what its modifiers do."""
    muted = [(modifier, modifier.mute) for modifier in curve.modifiers]
    for modifier, _ in muted:
        modifier.mute = True
    values = np.array([curve.evaluate(frame) for frame in frames.tolist()])
    for modifier, mute in muted:
        modifier.mute = mute
    return values


def _merged(kept: Table, new: Table) -> Table:
    if not len(kept["type"]):
        return new
    both = {name: np.concatenate([kept[name], new[name]]) for name in _COLUMNS}
    order = np.argsort(both["co"][:, 0], kind="stable")
    return {name: values[order] for name, values in both.items()}


def _fill(curve: Any, wanted: Table) -> None:
    """Only columns in which keys differ from new ones are written: each costs as much as the values themselves."""
    points = curve.keyframe_points
    points.clear()
    points.add(len(wanted["type"]))
    if len(points):
        new = points[0]
        automatic = number_of("handle_left_type", "AUTO_CLAMPED")
        for name, values in wanted.items():
            laid = name in _LAID and (wanted[f"{name}_type"] == automatic).all()
            if not laid and not (name in _SINGLE and (values == _number(new, name)).all()):
                points.foreach_set(name, np.ascontiguousarray(values).ravel())
    curve.update()


_LAID = ("handle_left", "handle_right")
"""What `update` itself lays where their type is automatic."""
_SINGLE = tuple(name for name, (_, width) in _COLUMNS.items() if width == 1)


def _number(key: Any, name: str) -> float:
    value = getattr(key, name)
    return number_of(name, value) if isinstance(value, str) else value


@cache
def number_of(prop: str, name: str) -> int:
    return int(bpy.types.Keyframe.bl_rna.properties[prop].enum_items[name].value)
