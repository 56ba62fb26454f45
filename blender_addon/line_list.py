# SPDX-License-Identifier: GPL-3.0-or-later
"""All lines of a character, each with the places that it plays at: to be muted, moved and removed as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import bpy

from koemorph.errors import KoeMorphError

from . import changes, compat, head, keys, markers, tracks
from .keys import Span
from .line import Found, Line, forget, lines_on, remember, source_as_dict, source_from_dict
from .source import Source
from .strips import lay_out, refit


@dataclass(frozen=True)
class Placed:
    """A line, the data-blocks that have it and how each plays it, and the objects that these belong to."""

    line: Line
    places: tuple[tuple[Any, Found], ...]
    objects: tuple[str, ...]

    @property
    def span(self) -> Span:
        return self.places[0][1].span

    @property
    def strips(self) -> list[Any]:
        """Of the NLA, one for each data-block; none where an Action plays the line."""
        return [found.strip for _, found in self.places if found.strip is not None]

    @property
    def muted(self) -> bool:
        return not any(found.seen for _, found in self.places)

    @property
    def about(self) -> str:
        """Its mood, where it was given one."""
        mood = str(self.line.settings.get("mood_keys") or self.line.settings.get("mood") or "")
        return "" if mood in ("", "none", "neutral") else mood

    def called(self, key: str) -> bool:
        return key == name_of(self.line)


def name_of(line: Line) -> str:
    """What buttons call a line by; those of older versions are known by their name and place."""
    return line.key or f"{line.name} {line.first:g}"


def lines_of_objects(objects: Iterable[Any]) -> list[Placed]:
    """By their first frames."""
    found: dict[tuple[str, str], Placed] = {}
    for one in objects:
        same: dict[str, tuple[str, str]] = {}
        for block in _blocks(one):
            for at in lines_on(block):
                name = same.setdefault(at.line.key or repr(at.line), (at.action.name, repr(at.line)))
                known = found.setdefault(name, Placed(at.line, (), ()))
                places = known.places
                if not any(block == there for there, _ in places):
                    places = (*places, (block, at))
                objects_of = tuple(dict.fromkeys((*known.objects, one.name)))
                found[name] = Placed(at.line, places, objects_of)
    return sorted(found.values(), key=lambda placed: placed.span.first)


def line_called(objects: Iterable[Any], key: str) -> Placed:
    placed = next((one for one in lines_of_objects(objects) if one.called(key)), None)
    if placed is None:
        raise KoeMorphError("The line is no longer there; it was removed or made again.")
    return placed


def as_strips(lines: Iterable[Placed]) -> None:
    """An Action plays all of its lines or none; strips of the NLA are muted one by one."""
    for block in {block for placed in lines for block, found in placed.places if found.strip is None}:
        lay_out(block)


def mute_all_but(placed: Placed, others: list[Placed]) -> None:
    """Only the line itself, of all that are strips; and all of them if that is so already."""
    strips = [strip for other in others if other.line != placed.line for strip in other.strips]
    alone = all(strip.mute for strip in strips) and not placed.muted
    for strip in strips:
        strip.mute = not alone
    for strip in placed.strips:
        strip.mute = False


def move(placed: Placed, source: Source, by: float) -> None:
    """Its keys as they are, an animator's among them, to where its sound is."""
    line = placed.line
    there = replace(line, source=source_as_dict(source), first=line.first + by, last=line.last + by)
    for block, found in placed.places:
        bag = compat.bag_of(found.action, compat.active_slot(found.strip or block.animation_data))
        if bag is not None:
            keys.move(bag, list(line.channels), line.span, by)
        if found.strip is not None:
            refit(block.animation_data, found.strip, there)
        block.update_tag()
    for action in {found.action for _, found in placed.places}:
        forget(action, line)
        remember(action, there)
    markers.moved(line, by)


def move_by(placed: Placed, by: float) -> None:
    """As a person asks for it, where the line's own sound does not say where it is."""
    source = source_from_dict(placed.line.source)
    if source.kind != "FILE":
        raise KoeMorphError(f"{placed.line.name} follows {source.holder}; move that, and press Follow Sounds.")
    move(placed, replace(source, first_frame=source.first_frame + round(by)), round(by))


def remove(placed: Placed) -> None:
    """Its keys and its strips; what stands outside of its frames stays, and so do curves with modifiers."""
    line = placed.line
    markers.clear(bpy.data.scenes, line)
    for block, found in placed.places:
        bag = compat.bag_of(found.action, compat.active_slot(found.strip or block.animation_data))
        if bag is not None:
            keys.clear(bag, list(line.channels), line.span)
        if found.strip is not None:
            _remove_strip(block.animation_data, found.strip)
        forget(found.action, line)
        changes.forget(found.action, line)
        tracks.forget(found.action, line)
        head.rest(block)
        block.update_tag()


def _remove_strip(data: Any, strip: Any) -> None:
    for track in data.nla_tracks:
        if any(strip == one for one in track.strips):
            track.strips.remove(strip)
            if not track.strips:
                data.nla_tracks.remove(track)
            return


def _blocks(one: Any) -> Iterator[Any]:
    yield one
    if one.type == "MESH" and one.data.shape_keys:
        yield one.data.shape_keys
    if one.koemorph.head.helper:
        yield one.koemorph.head.helper
