# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines as strips of the NLA: one that moves finds room, and an Action that holds several is laid out as strips.

A strip cannot pass another of its track: Blender would push that along. So it changes tracks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np

from koemorph.errors import OutputError
from koemorph.keying import CurveKeys

from . import compat, keys, targets
from .keys import At, Span
from .line import Line, lines_of, span_of

TRACK = "KoeMorph"
_OURS = re.compile(rf"{TRACK}(\.\d+)?")
_COPIED = (
    *("name", "blend_type", "extrapolation", "mute", "repeat", "scale", "use_auto_blend", "blend_in", "blend_out"),
    *("use_reverse", "use_sync_length", "influence"),
)


def new_strip(track: Any, name: str, action: Any, slot: Any, span: Span) -> Any:
    """A strip that plays these frames of the Action where they stand, and nothing outside of them."""
    strip = track.strips.new(name, int(span.first), action)
    compat.use_slot(strip, slot)
    strip.action_frame_start, strip.action_frame_end = span.first, span.last
    strip.frame_end_ui = span.last
    strip.frame_start_ui = span.first
    strip.extrapolation = "NOTHING"
    return strip


def refit(data: Any, strip: Any, line: Line) -> None:
    """The line was made again or moved, perhaps to other frames: the strip plays those, as far from them as it was."""
    shift = strip.frame_start - strip.action_frame_start
    played, shown = span_of(line), span_of(line, shift)
    track = next(one for one in data.nla_tracks if any(strip == own for own in one.strips))
    way = Span(min(shown.first, strip.frame_start), max(shown.last, strip.frame_end))
    if not _free(track, way, strip):
        strip = _elsewhere(data, track, strip, shown)
    strip.action_frame_end = max(strip.action_frame_end, played.last)  # a strip never begins after its end
    strip.action_frame_start, strip.action_frame_end = played.first, played.last
    strip.frame_end_ui = max(strip.frame_end_ui, shown.last)
    strip.frame_start_ui, strip.frame_end_ui = shown.first, shown.last


def roomy_track(data: Any, span: Span) -> Any:
    """A track of ours above all others that has nothing in these frames."""
    top = data.nla_tracks[-1] if data.nla_tracks else None
    if top is not None and _OURS.fullmatch(top.name) and not top.lock and _free(top, span):
        return top
    track = data.nla_tracks.new()
    track.name = TRACK
    return track


def _free(track: Any, span: Span, besides: Any = None) -> bool:
    return all(
        one == besides or one.frame_end <= span.first + 1e-3 or one.frame_start >= span.last - 1e-3
        for one in track.strips
    )


def _elsewhere(data: Any, track: Any, strip: Any, shown: Span) -> Any:
    """The same strip, on a track that has room for it."""
    if strip.use_animated_influence or len(strip.modifiers):
        raise OutputError(
            f"The strip {strip.name} would come to lie on another, and has an influence or modifiers of its own; move "
            "it to another track of the NLA first."
        )
    kept = {name: getattr(strip, name) for name in _COPIED}
    action, slot = strip.action, compat.active_slot(strip)
    track.strips.remove(strip)
    made = new_strip(roomy_track(data, shown), kept["name"], action, slot, shown)
    for name, value in kept.items():
        setattr(made, name, value)
    return made


def lay_out(block: Any) -> None:
    """In place of a data-block's active Action, a strip for each of its lines, and one for what is between them.

    The Action itself is not touched; together they play what it played.
    """
    data = block.animation_data
    action, slot = data.action, compat.active_slot(data)
    bag = compat.curves_of(block)
    assert bag is not None, "there is an Action to lay out"
    handle = compat.handle(slot)
    lines = [one for one in lines_of(action) if not one.slots or handle in one.slots]
    lines.sort(key=lambda one: one.first)
    if any(after.first < before.last for before, after in pairwise(lines)):
        raise OutputError(f"Lines of {action.name} overlap, so that they cannot be strips of their own.")
    frames = sorted({point.co[0] for curve in bag.fcurves for point in curve.keyframe_points})
    blend = data.action_blend_type
    data.action = None
    if compat.SHAPES_REST_AT_ONE and block.id_type == "KEY":
        lay_rest(block, [(curve.data_path, curve.array_index) for curve in bag.fcurves])
    between = data.nla_tracks.new()
    between.name = action.name
    edges = [float("-inf"), *(edge for one in lines for edge in (one.first, span_of(one).last)), float("inf")]
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        own = [frame for frame in frames if begin < frame < end]
        if own:
            shown = Span(own[0], max(own[-1], own[0] + 1.0))
            strip = new_strip(between, action.name, action, slot, shown)
            strip.blend_type, strip.extrapolation = blend, "HOLD_FORWARD"
    for line in lines:
        span = span_of(line)
        new_strip(roomy_track(data, span), line.name, action, slot, span).blend_type = blend
    if not between.strips:
        data.nla_tracks.remove(between)


def lay_rest(block: Any, paths: Iterable[At]) -> None:
    """Below all lines, a strip that holds the face as it is where nothing else does."""
    data = block.animation_data
    strips = [strip for track in data.nla_tracks for strip in track.strips if strip.action]
    bags = [compat.bag_of(strip.action, compat.active_slot(strip)) for strip in strips]
    free = [at for at in paths if not any(bag and bag.fcurves.find(at[0], index=at[1]) for bag in bags)]
    if not free:
        return
    name = f"{TRACK} Rest"
    action = compat.new_action(name, block)
    bag = compat.bag_of_new_slot(action, block)
    frame, flat = np.array([1.0]), np.zeros(1)
    held = ((path, index, np.array([targets.read(block, path, index)])) for path, index in free)
    channels = [
        keys.Channel(path, CurveKeys(frames=frame, values=value, slopes=flat, interpolation="linear"), index)
        for path, index, value in held
    ]
    keys.write(bag, channels, Span(1.0, 1.0))
    track = data.nla_tracks.new()
    track.name = name
    strip = track.strips.new(name, 1, action)
    compat.use_slot(strip, compat.slot_of(bag))
    strip.blend_type, strip.extrapolation = "REPLACE", "HOLD"
