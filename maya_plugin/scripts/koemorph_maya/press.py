"""One line: an order is taken, a take comes back from the worker, and it is keyed in one step of undo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from maya import cmds

from koemorph import lips
from koemorph.curves import SEALING, TOLERANCE, CurveKeys, reduce_take
from koemorph.errors import KoeMorphError, SettingsError, TakeError
from koemorph.recording import Recording
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import FrameRate

from . import layers, plugin
from .character import Character, character_of, curve_obstacle
from .keys import Write, pending
from .process import Progress, worker

EVERY = "every"
STYLES = (EVERY, "bezier", "linear", "stepped")
WRITE_COMMAND = "koemorphWriteKeys"
GRAPH_EDITOR = "graphEditor1FromOutliner"
"""What the Graph Editor shows, while it is open."""


@dataclass(frozen=True)
class Order:
    """What is to be done. Frames are the scene's."""

    targets: tuple[str, ...]
    rate: FrameRate
    settings: Settings = field(default_factory=Settings)
    naming: str = ""
    """A mapping preset's name or file; empty chooses the best."""
    layer: str = ""
    layer_mode: str = "additive"
    style: str = EVERY
    tolerance: float = TOLERANCE
    merge: bool = False
    offset: Fraction = Fraction(0)
    """Frames by which the line is moved."""
    span: tuple[float, float] | None = None
    """The first and the last frame that may get keys."""

    def __post_init__(self) -> None:
        for name, value, known in (("keys", self.style, STYLES), ("layer mode", self.layer_mode, layers.MODES)):
            if value not in known:
                raise SettingsError(f"The {name} cannot be {value!r}; choose from {', '.join(known)}.")

    def character(self) -> Character:
        return character_of(list(self.targets), self.naming, bool(self.layer))


@dataclass(frozen=True)
class Report:
    name: str
    curves: tuple[str, ...]
    key_count: int
    first: float
    last: float
    notes: tuple[str, ...]

    def text(self) -> str:
        return (
            f"{self.name}: {self.key_count} keys on {len(self.curves)} curves, frames {self.first:g} to {self.last:g}"
        )


def _go_on(stage: str, fraction: float) -> bool:
    return True


def run(order: Order, source: Recording, progress: Progress = _go_on) -> Report:
    """The whole of it, waiting. Everything that can be refused is refused before the worker starts."""
    order.character()
    if order.layer:
        layers.check(order.layer)
    take, warnings = worker.animate(source, order.settings, order.rate, progress)
    return key(order, take, source.frame_of(take.start, order.rate), source.name, warnings)


def key(order: Order, take: Take, first: Fraction, name: str, warnings: tuple[str, ...] = ()) -> Report:
    """Write a take onto the character, its first frame at `first`. One step of undo; nothing is left half done."""
    plugin.load()
    take, first = _within(order, take.retime(order.rate), first + order.offset)
    character = order.character()
    if order.layer:
        layers.check(order.layer)
    mapped = character.mapping.apply(take)
    dense = _dense(mapped, float(first))
    chosen = dense if order.style == EVERY else _reduced(mapped, take, character, order, float(first))
    notes = [*warnings, *character.notes]
    with undone_as_one(f"KoeMorph {name}"):
        if order.layer:
            layers.prepare(order.layer, order.layer_mode)
        writes = []
        for target, plugs in character.plugs.items():
            for plug in plugs if target in chosen else ():
                there = layers.curve_on(plug, order.layer)
                if why := curve_obstacle(there) if there else "":
                    notes.append(f"{plug} {why} and is left alone.")
                    continue
                value = float(chosen[target].values[0])
                curve = layers.curve_for(plug, order.layer, float(first), value)
                writes.append(Write(curve, chosen[target], dense[target], order.merge))
        if not writes:
            raise KoeMorphError(f"No curve of {character.name} can be changed: {notes[-1]}")
        getattr(cmds, WRITE_COMMAND)(pending.add(writes, float(1 / order.rate.fps)))
        _show([one.curve for one in writes], float(first), float(first + mapped.frame_count - 1))
    if strayed := pending.strayed:
        notes.append(f"Maya draws {len(strayed)} reduced curves differently; they got a key on every frame.")
    curves = tuple(one.curve for one in writes)
    count = sum(len(one.samples if one.curve in strayed else one.keys) for one in writes)
    return Report(name, curves, count, float(first), float(first + mapped.frame_count - 1), tuple(notes))


def _show(curves: list[str], first: float, last: float) -> None:
    """In the Graph Editor, the new keys selected."""
    if cmds.about(batch=True):
        return
    cmds.selectKey(*curves, replace=True, keyframe=True, time=(first, last))
    if cmds.selectionConnection(GRAPH_EDITOR, exists=True):
        cmds.selectionConnection(GRAPH_EDITOR, edit=True, clear=True)
        for curve in curves:
            cmds.selectionConnection(GRAPH_EDITOR, edit=True, select=curve)


@contextmanager
def undone_as_one(name: str) -> Iterator[None]:
    """A chunk of Maya's undo queue; if the work fails, what it had begun is undone."""
    cmds.undoInfo(openChunk=True, chunkName=name)
    try:
        yield
    except BaseException:
        cmds.undoInfo(closeChunk=True)
        if cmds.undoInfo(query=True, state=True):
            cmds.undo()
        raise
    cmds.undoInfo(closeChunk=True)


def _within(order: Order, take: Take, first: Fraction) -> tuple[Take, Fraction]:
    if order.span is None:
        return take, first
    frames = float(first) + np.arange(take.frame_count)
    inside = np.flatnonzero((frames >= order.span[0] - 1e-4) & (frames <= order.span[1] + 1e-4))
    if not inside.size:
        low, high = order.span
        raise TakeError(
            f"Nothing of the line lies in frames {low:g} to {high:g}; it has {frames[0]:g} to {frames[-1]:g}."
        )
    begin = int(inside[0])
    return take.slice(begin, int(inside[-1]) + 1), first + begin


def _dense(mapped: Take, first: float) -> dict[str, CurveKeys]:
    frames = first + np.arange(mapped.frame_count, dtype=np.float64)
    flat = np.zeros(mapped.frame_count)
    return {name: CurveKeys(frames, mapped.curve(name).astype(np.float64), flat, "linear") for name in mapped.names}


def _reduced(mapped: Take, take: Take, character: Character, order: Order, first: float) -> dict[str, CurveKeys]:
    sealing = character.mapping.targets_of(SEALING)
    sealed = _sealed(take) if set(sealing) & set(mapped.names) else None
    keyed = reduce_take(mapped, order.tolerance, order.style, sealed, sealing)  # type: ignore[arg-type]
    return {name: curve.placed(first) for name, curve in keyed.curves.items()}


def _sealed(take: Take) -> Any:
    """Frames in which the lips are together; nothing where a take from elsewhere has not all that tells."""
    try:
        return lips.closure(take) >= lips.THRESHOLD
    except TakeError:
        return None
