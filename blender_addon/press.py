# SPDX-License-Identifier: GPL-3.0-or-later
"""One press of the button: an order is taken, a take comes back from the worker, and it is keyed in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import bpy
import numpy as np

from koemorph import lips
from koemorph.curves import SEALING, CurveKeys, Interpolation, reduce_take
from koemorph.errors import KoeMorphError, TakeError
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import FrameRate

from . import compat, destination, keys
from .character import Character, character_of, chosen_objects
from .destination import NLA, Place
from .line import Line, remember, source_as_dict
from .process import Rendering
from .properties import settings_of
from .source import Source, chosen_source, scene_rate

EVERY = "EVERY"
STYLES: dict[str, Interpolation] = {"BEZIER": "bezier", "LINEAR": "linear", "STEPPED": "stepped"}
WIDEST = 10.0
"""How far Blender lets a shape key's slider go."""


@dataclass(frozen=True)
class Order:
    """What is to be done, by names: while the worker works, a person may undo, rename or delete."""

    source: Source
    objects: tuple[str, ...]
    settings: Settings
    rate: FrameRate
    naming: str
    where: str
    blend: str
    style: str
    tolerance: float
    places: Callable[[Character], list[Place]] | None = None
    """For a line that is made again: where it was."""

    def character(self) -> Character:
        found = [bpy.data.objects.get(name) for name in self.objects]
        if None in found:
            raise KoeMorphError("The character was deleted or renamed meanwhile; select it and press again.")
        return character_of(found, self.naming)


@dataclass(frozen=True)
class Report:
    line: Line
    key_count: int
    notes: tuple[str, ...]

    def text(self) -> str:
        span = self.line.span
        return f"{self.line.name}: {self.key_count} keys, frames {span.first:g} to {span.last:g}"


def order(context: Any, source: Source | None = None, settings: Settings | None = None) -> Order:
    """As the panel says. Everything that can be refused is refused here, before the worker starts."""
    panel = context.scene.koemorph
    placed = Order(
        source or chosen_source(context),
        tuple(one.name for one in chosen_objects(context)),
        settings or settings_of(panel.settings),
        scene_rate(context.scene),
        panel.naming,
        panel.where,
        panel.blend,
        panel.style,
        panel.tolerance,
    )
    destination.check(placed.character().owners, placed.where)
    return placed


def start(placed: Order) -> Rendering:
    return Rendering(placed.source, placed.settings, placed.rate)


def run(placed: Order, wait: float = 0.2) -> Report:
    """The whole of it, waiting: for scripts, tests and Blender without a window."""
    rendering = start(placed)
    try:
        while not rendering.advance(wait):
            pass
        assert rendering.take is not None
        return key(placed, rendering.take, rendering.warnings)
    finally:
        rendering.close()


def key(placed: Order, take: Take, warnings: tuple[str, ...] = ()) -> Report:
    """Write the take onto the character. Nothing is changed if anything is in the way."""
    character = placed.character()
    if placed.places is None:
        destination.check(character.owners, placed.where)
    mapped = character.mapping.apply(take)
    first = placed.source.frame_of(take.start, placed.rate)
    curves = _curves(mapped, take, character, placed, first)
    name = placed.source.name
    found = placed.places(character) if placed.places else destination.places(character.owners, placed.where, name)
    line = Line(
        name,
        source_as_dict(placed.source),
        placed.settings.to_dict(),
        float(first),
        float(first + take.frame_count - 1),
        placed.style,
        placed.tolerance,
        placed.naming,
        tuple(dict.fromkeys(path for owner in character.owners for path in owner.paths)),
        tuple(compat.handle(compat.slot_of(place.bag)) for place in found) if compat.SLOTTED else (),
    )
    count = sum(_key_place(place, placed, line, curves, mapped) for place in found)
    return Report(line, count, (*warnings, *character.notes))


def _key_place(place: Place, placed: Order, line: Line, curves: dict[str, CurveKeys], mapped: Take) -> int:
    """Returns how many keys there are."""
    block = place.owner.block
    owned = {target: path for target, path in place.owner.targets.items() if target in curves}
    channels = [keys.Channel(path, curves[target], index) for target, (path, index) in owned.items()]
    keys.write(place.bag, channels, line.span)
    _widen(block, owned, mapped)
    remember(place.action, line)
    if place.strip is not None:
        destination.refit_strip(place.strip, line)
    elif placed.where == NLA:
        destination.lay_strip(place, line, placed.blend)
    block.update_tag()
    return sum(len(channel.keys) for channel in channels)


def _curves(mapped: Take, take: Take, character: Character, placed: Order, first: Fraction) -> dict[str, CurveKeys]:
    if placed.style == EVERY:
        frames = float(first) + np.arange(mapped.frame_count, dtype=np.float64)
        flat = np.zeros(mapped.frame_count)
        return {name: CurveKeys(frames, mapped.curve(name).astype(np.float64), flat, "linear") for name in mapped.names}
    sealed, sealing = _sealed(take), character.mapping.targets_of(SEALING)
    if not set(sealing) & set(mapped.names):
        sealed = None
    keyed = reduce_take(mapped, placed.tolerance, STYLES[placed.style], sealed, sealing)
    return {name: curve.placed(float(first)) for name, curve in keyed.curves.items()}


def _sealed(take: Take) -> Any:
    """Frames in which the lips are together; nothing where a take from elsewhere has not all that tells."""
    try:
        return lips.closure(take) >= lips.THRESHOLD
    except TakeError:
        return None


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
