# SPDX-License-Identifier: GPL-3.0-or-later
"""One line: what is asked for, the take that the worker makes of it, and its keys, written in one go."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import bpy

from koemorph.errors import KoeMorphError
from koemorph.keying import Keying, KeyPlan, plan_keys
from koemorph.runtime.take_request import TakeRequest
from koemorph.settings import Settings
from koemorph.speech.script import Script
from koemorph.speech.track import Tracks
from koemorph.take import Take
from koemorph.timing import FrameRate
from koemorph.trust.words import listed

from . import changes, compat, destination, head, keys, markers, strips, targets, tracks
from .changes import Changes
from .character import character_of, chosen_objects
from .destination import NLA, Place
from .directing import settings_shown
from .keys import At
from .line import Line, forget, remember, source_as_dict
from .look import looking
from .owner import Character
from .process import worker
from .properties import keying_of
from .script import chosen_script, told_of
from .sound_track import lay_sound
from .source import Source, chosen_source, scene_rate
from .unseen import unplayed


@dataclass(frozen=True, kw_only=True)
class KeyRequest:
    """What is to be done, by names: while the worker works, a person may undo, rename or delete."""

    source: Source
    objects: tuple[str, ...]
    settings: Settings
    rate: FrameRate
    keying: Keying
    naming: str
    where: str
    blend: str
    with_sound: bool = False
    """Whether the recording is put into the sequencer as well."""
    script: Script | None = None
    beside: bool = False
    """Whether that lies beside the recording."""
    edited: Tracks | None = None
    """Phones and words that somebody edited, which then count alone."""
    notes: tuple[str, ...] = ()
    """What there was to say while it was ordered."""
    shift: float = 0.0
    """Frames by which the NLA strip of a line that is made again moves it."""
    moved: float = 0.0
    """Frames by which the sound of a line that is made again has moved since."""
    places: Callable[[Character], list[Place]] | None = None
    """For a line that is made again: where it was."""
    parts: str = ""
    """Of a line that is made again: directions of its parts, which the settings have already."""

    @property
    def found(self) -> list[Any]:
        """The objects, as long as they are there."""
        found = [bpy.data.objects.get(name) for name in self.objects]
        if None in found:
            raise KoeMorphError("The character was deleted or renamed meanwhile; select it and press again.")
        return found

    def character(self) -> Character:
        return character_of(self.found, self.naming)


@dataclass(frozen=True)
class KeyReport:
    line: Line
    key_count: int
    notes: tuple[str, ...]

    def text(self) -> str:
        span = self.line.span
        return f"{self.line.name}: {self.key_count} keys, frames {span.first:g} to {span.last:g}"


def request_of(context: Any, source: Source | None = None, settings: Settings | None = None) -> KeyRequest:
    """As the panel says. Everything that can be refused is refused here, before the worker starts."""
    panel = context.scene.koemorph
    source = source or chosen_source(context)
    script, notes = chosen_script(context, source)
    objects = chosen_objects(context)
    wanted = KeyRequest(
        source=source,
        objects=tuple(one.name for one in objects),
        settings=settings or settings_shown(context, source, objects),
        rate=scene_rate(context.scene),
        keying=keying_of(panel),
        naming=panel.naming,
        where=panel.where,
        blend=panel.blend,
        with_sound=panel.with_sound and source.kind == "FILE",
        script=script,
        beside=script is not None and panel.script.script is None,
        notes=notes,
    )
    destination.check(wanted.character().owners, wanted.where)
    return wanted


def start(wanted: KeyRequest) -> TakeRequest:
    return worker.ask(wanted.source, wanted.settings, wanted.rate, script=wanted.script, edited=wanted.edited)


def run(wanted: KeyRequest, wait: float = 0.2) -> KeyReport:
    """The whole of it, waiting: for scripts, tests and Blender without a window."""
    rendering = start(wanted)
    try:
        while not rendering.advance(wait):
            pass
        assert rendering.take is not None
        return key(wanted, rendering.take, rendering.warnings)
    finally:
        rendering.cancel()


def key(wanted: KeyRequest, take: Take, warnings: tuple[str, ...] = ()) -> KeyReport:
    """Write the take onto the character. Nothing is changed if anything is in the way."""
    character = wanted.character()
    if wanted.places is None:
        destination.check(character.owners, wanted.where)
    if head.prepare(wanted.found):
        character = wanted.character()
    first, name = wanted.source.frame_of(take.start, wanted.rate), wanted.source.name
    still = head.told_of(wanted.found, take)
    take, looked = looking(take, character, wanted.found, float(first) + wanted.shift)
    plan = plan_keys(take, character.mapping, wanted.keying, first)
    found = wanted.places(character) if wanted.places else destination.places(character.owners, wanted.where, name)
    kept = [_kept(place, plan, wanted.moved) for place in found]
    owned = [{at: target for target, at in place.owner.targets.items()} for place in found]
    line = Line(
        name=name,
        source=source_as_dict(wanted.source),
        settings=wanted.settings.to_dict(),
        first=float(plan.first),
        last=float(plan.last),
        style=wanted.keying.style.upper(),
        tolerance=wanted.keying.tolerance,
        naming=wanted.naming,
        channels=tuple(dict.fromkeys(path for owner in character.owners for path in owner.paths)),
        slots=tuple(place.slot for place in found) if compat.SLOTTED else (),
        key=uuid.uuid4().hex,
        changed=_named(owned, [(*one.curves, *one.removed) for one in kept]),
        parts=wanted.parts,
        script=take.script.to_dict() if take.script else None,
        beside=wanted.beside and take.script == wanted.script,
        told=told_of(take),
        edited=take.edited,
    )
    row = _row(found)
    for place in found:
        if place.previous is not None:
            forget(place.action, place.previous)
            changes.forget(place.action, place.previous)
            tracks.forget(place.action, place.previous)
    count = sum(_key_place(place, wanted, line, plan, one) for place, one in zip(found, kept, strict=True))
    for place in found:
        tracks.write_down(place.action, line, take.tracks, row)
        if place.previous is not None:
            markers.renewed(place.previous, line, take.tracks, _shift(place))
    removed = _named(owned, [one.removed for one in kept])
    told = wanted.notes if take.script == wanted.script else ()
    notes = [*told, *warnings, *character.notes, *still, *looked, *_told(found, line, removed)]
    for place in found:
        owner, strip = place.owner, place.strip is not None or wanted.where == NLA
        notes += unplayed(owner.block, owner.described, place.bag, owner.targets, strip=strip)
    if wanted.with_sound:
        notes += lay_sound(wanted.source, line.last)
    return KeyReport(line, count, tuple(notes))


def _shift(place: Place) -> float:
    """Frames by which an NLA strip moves the line."""
    return place.strip.frame_start - place.strip.action_frame_start if place.strip is not None else 0.0


def _row(found: list[Place]) -> int:
    """Which phone is chosen in the list of the line that was there."""
    held = (tracks.of(place.action, place.previous) for place in found if place.previous is not None)
    return next((one.row for one in held if one is not None), 0)


def _kept(place: Place, plan: KeyPlan, moved: float) -> Changes:
    """What a person has changed about the line that was there, at the frames of the new one."""
    if place.previous is None or place.changes is None:
        return Changes()
    return place.changes.moved(round(place.previous.first + moved - float(plan.first)))


def _named(owned: list[dict[At, str]], curves: list[Iterable[At]]) -> tuple[str, ...]:
    """Curves by their targets."""
    return tuple(
        dict.fromkeys(names[at] for names, each in zip(owned, curves, strict=True) for at in each if at in names)
    )


def _told(found: list[Place], line: Line, removed: tuple[str, ...]) -> Iterator[str]:
    if changed := [name for name in line.changed if name not in removed]:
        yield f"What you have changed about {listed(changed)} is kept; clear it to have the line as it was made."
    if removed:
        yield f"The curves of {listed(removed)} were deleted and stay away; clear your changes to have them again."
    if any(place.previous is not None and place.changes is None for place in found):
        yield f"{line.name} was keyed by an older version; what you had changed about its keys could not be told apart."


def _key_place(place: Place, wanted: KeyRequest, line: Line, plan: KeyPlan, kept: Changes) -> int:
    """Returns how many keys there are."""
    block, curves = place.owner.block, dict(plan.curves)
    owned = {t: at for t, at in place.owner.targets.items() if t in curves and at not in kept.removed}
    added = {t: kept.curves[at].over(plan.take.frame_count) for t, at in owned.items() if at in kept.curves}
    extents = [plan.take]
    if added:
        changed = plan.with_changes(added)
        curves |= changed.curves
        extents.append(changed.take)
    channels = [keys.Channel(path, curves[target], index) for target, (path, index) in owned.items()]
    spans = [line.span]
    if place.previous is not None:
        spans.append(place.previous.span)
        keys.clear(place.bag, list(set(place.previous.channels) - set(owned.values())), place.previous.span)
    keys.write(place.bag, channels, *spans)
    for take in extents:
        targets.widen(block, [target for target in owned if target in take.names], take)
    for gone in remember(place.action, line):
        changes.forget(place.action, gone)
        tracks.forget(place.action, gone)
    changes.write_down(place.action, line, place.slot, channels, kept)
    if place.strip is not None:
        strips.refit(block.animation_data, place.strip, line)
    elif wanted.where == NLA:
        destination.lay_strip(place, line, wanted.blend)
    block.update_tag()
    return sum(len(channel.keys) for channel in channels)
