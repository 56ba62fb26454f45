"""One line: what is asked for, the take that the worker makes of it, and its keys, written in one step of undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from maya import cmds

from koemorph.errors import KoeMorphError, SettingsError, TakeError
from koemorph.keying import Keying, plan_keys
from koemorph.recording import PlacedRecording
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import FrameRate

from . import layers, plugin
from .character import Character, character_of, curve_obstacle
from .keys import Write, pending
from .process import session

WRITE_COMMAND = "koemorphWriteKeys"
GRAPH_EDITOR = "graphEditor1FromOutliner"
"""What the Graph Editor shows, while it is open."""


@dataclass(frozen=True, kw_only=True)
class KeyRequest:
    """What is to be done. Frames are the scene's."""

    targets: tuple[str, ...]
    rate: FrameRate
    settings: Settings = field(default_factory=Settings)
    naming: str = ""
    """A mapping preset's name or file; empty chooses the best."""
    layer: str = ""
    layer_mode: str = "additive"
    keying: Keying = field(default_factory=Keying)
    merge: bool = False
    offset: Fraction = Fraction(0)
    """Frames by which the line is moved."""
    span: tuple[float, float] | None = None
    """The first and the last frame that may get keys."""
    model: str = ""
    """The folder of another model than the one that came along."""

    def __post_init__(self) -> None:
        if self.layer_mode not in layers.MODES:
            known = ", ".join(layers.MODES)
            raise SettingsError(f"The layer mode cannot be {self.layer_mode!r}; choose from {known}.")

    def character(self) -> Character:
        return character_of(list(self.targets), self.naming, bool(self.layer))


@dataclass(frozen=True, kw_only=True)
class KeyReport:
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


Progress = Callable[[str, float], bool]
"""Is told a stage and how much is done; says whether to go on."""


def _go_on(stage: str, fraction: float) -> bool:
    return True


def run(wanted: KeyRequest, source: PlacedRecording, progress: Progress = _go_on) -> KeyReport:
    """The whole of it, waiting. Everything that can be refused is refused before the worker starts."""
    wanted.character()
    if wanted.layer:
        layers.check(wanted.layer)
    request = session(wanted.model).ask(source.recording, wanted.settings, wanted.rate)
    take = request.wait(progress)
    return key(wanted, take, source.frame_of(take.start, wanted.rate), source.name, request.warnings)


def key(wanted: KeyRequest, take: Take, first: Fraction, name: str, warnings: tuple[str, ...] = ()) -> KeyReport:
    """Write a take onto the character, its first frame at `first`. One step of undo; nothing is left half done."""
    plugin.load()
    take, first = _within(wanted, take.retime(wanted.rate), first + wanted.offset)
    character = wanted.character()
    if wanted.layer:
        layers.check(wanted.layer)
    plan = plan_keys(take, character.mapping, wanted.keying, first)
    notes = [*warnings, *character.notes]
    with undone_as_one(f"KoeMorph {name}"):
        if wanted.layer:
            layers.prepare(wanted.layer, wanted.layer_mode)
        writes = []
        for target, plugs in character.plugs.items():
            for plug in plugs if target in plan.curves else ():
                there = layers.curve_on(plug, wanted.layer)
                if why := curve_obstacle(there) if there else "":
                    notes.append(f"{plug} {why} and is left alone.")
                    continue
                keys = plan.curves[target]
                curve = layers.curve_for(plug, wanted.layer, float(plan.first), float(keys.values[0]))
                writes.append(Write(curve, keys, plan.samples(target), wanted.merge))
        if not writes:
            raise KoeMorphError(f"No curve of {character.name} can be changed: {notes[-1]}")
        getattr(cmds, WRITE_COMMAND)(pending.add(writes, float(1 / wanted.rate.fps)))
        _show([one.curve for one in writes], float(plan.first), float(plan.last))
    if strayed := pending.strayed:
        notes.append(f"Maya draws {len(strayed)} reduced curves differently; they got a key on every frame.")
    return KeyReport(
        name=name,
        curves=tuple(one.curve for one in writes),
        key_count=sum(len(one.samples if one.curve in strayed else one.keys) for one in writes),
        first=float(plan.first),
        last=float(plan.last),
        notes=tuple(notes),
    )


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


def _within(wanted: KeyRequest, take: Take, first: Fraction) -> tuple[Take, Fraction]:
    if wanted.span is None:
        return take, first
    frames = float(first) + np.arange(take.frame_count)
    inside = np.flatnonzero((frames >= wanted.span[0] - 1e-4) & (frames <= wanted.span[1] + 1e-4))
    if not inside.size:
        low, high = wanted.span
        raise TakeError(
            f"Nothing of the line lies in frames {low:g} to {high:g}; it has {frames[0]:g} to {frames[-1]:g}."
        )
    begin = int(inside[0])
    return take.slice(begin, int(inside[-1]) + 1), first + begin
