# SPDX-License-Identifier: GPL-3.0-or-later
"""One line: what is asked for, the take that the worker makes of it, and its keys, written in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy

from koemorph.errors import KoeMorphError
from koemorph.keying import Keying, KeyPlan, plan_keys
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import FrameRate

from . import compat, destination, keys
from .character import Character, character_of, chosen_objects
from .destination import NLA, Place
from .line import Line, remember, source_as_dict
from .process import Rendering
from .properties import keying_of, settings_of
from .source import Source, chosen_source, scene_rate

WIDEST = 10.0
"""How far Blender lets a shape key's slider go."""


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
    places: Callable[[Character], list[Place]] | None = None
    """For a line that is made again: where it was."""

    def character(self) -> Character:
        found = [bpy.data.objects.get(name) for name in self.objects]
        if None in found:
            raise KoeMorphError("The character was deleted or renamed meanwhile; select it and press again.")
        return character_of(found, self.naming)


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
    wanted = KeyRequest(
        source=source or chosen_source(context),
        objects=tuple(one.name for one in chosen_objects(context)),
        settings=settings or settings_of(panel.settings),
        rate=scene_rate(context.scene),
        keying=keying_of(panel),
        naming=panel.naming,
        where=panel.where,
        blend=panel.blend,
    )
    destination.check(wanted.character().owners, wanted.where)
    return wanted


def start(wanted: KeyRequest) -> Rendering:
    return Rendering(wanted.source, wanted.settings, wanted.rate)


def run(wanted: KeyRequest, wait: float = 0.2) -> KeyReport:
    """The whole of it, waiting: for scripts, tests and Blender without a window."""
    rendering = start(wanted)
    try:
        while not rendering.advance(wait):
            pass
        assert rendering.take is not None
        return key(wanted, rendering.take, rendering.warnings)
    finally:
        rendering.close()


def key(wanted: KeyRequest, take: Take, warnings: tuple[str, ...] = ()) -> KeyReport:
    """Write the take onto the character. Nothing is changed if anything is in the way."""
    character = wanted.character()
    if wanted.places is None:
        destination.check(character.owners, wanted.where)
    first, name = wanted.source.frame_of(take.start, wanted.rate), wanted.source.name
    plan = plan_keys(take, character.mapping, wanted.keying, first)
    found = wanted.places(character) if wanted.places else destination.places(character.owners, wanted.where, name)
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
        slots=tuple(compat.handle(compat.slot_of(place.bag)) for place in found) if compat.SLOTTED else (),
    )
    count = sum(_key_place(place, wanted, line, plan) for place in found)
    return KeyReport(line, count, (*warnings, *character.notes))


def _key_place(place: Place, wanted: KeyRequest, line: Line, plan: KeyPlan) -> int:
    """Returns how many keys there are."""
    block = place.owner.block
    owned = {target: path for target, path in place.owner.targets.items() if target in plan.curves}
    channels = [keys.Channel(path, plan.curves[target], index) for target, (path, index) in owned.items()]
    keys.write(place.bag, channels, line.span)
    _widen(block, owned, plan.take)
    remember(place.action, line)
    if place.strip is not None:
        destination.refit_strip(place.strip, line)
    elif wanted.where == NLA:
        destination.lay_strip(place, line, wanted.blend)
    block.update_tag()
    return sum(len(channel.keys) for channel in channels)


def _widen(block: Any, owned: dict[str, tuple[str, int]], mapped: Take) -> None:
    """Sliders reach as far as the keys, or Blender would cut them off."""
    blocks: Any = getattr(block, "key_blocks", None)
    for target in owned if blocks else ():
        values = mapped.curve(target)
        shape, low, high = blocks[target], float(values.min()), float(values.max())
        if low < shape.slider_min:
            shape.slider_min = max(low, -WIDEST)
        if high > shape.slider_max:
            shape.slider_max = min(high, WIDEST)
