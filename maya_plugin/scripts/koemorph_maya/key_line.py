"""One line: what is asked for, the take that the worker makes of it, and its keys, written in one step of undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from maya import cmds

from koemorph.errors import KoeMorphError, TakeError
from koemorph.keying import plan_keys
from koemorph.recording import PlacedRecording
from koemorph.take import Take
from koemorph.timing import FrameRate
from koemorph.trust.words import listed

from . import hand_edits, layers, lines, plugin
from .bones import keep_rests, rest_of
from .character import curve_obstacle, obstacle
from .keys import Write, pending
from .lines import KeyedLine, packed
from .nodes import movers
from .process import session
from .request import KeyRequest

WRITE_COMMAND = "koemorphWriteKeys"
GRAPH_EDITOR = "graphEditor1FromOutliner"
"""What the Graph Editor shows, while it is open."""


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
    take, warnings = made(wanted, source, progress)
    return key(wanted, take, source.frame_of(take.start, wanted.rate), source.name, warnings, source)


def made(wanted: KeyRequest, source: PlacedRecording, progress: Progress = _go_on) -> tuple[Take, tuple[str, ...]]:
    """The take of a line, and what there is to know of it. What was heard once is remembered by the worker."""
    request = session(wanted.model).ask(
        source.recording, wanted.settings, wanted.rate, script=wanted.script, edited=wanted.edited
    )
    return request.wait(progress), request.warnings


def key(
    wanted: KeyRequest,
    take: Take,
    first: Fraction,
    name: str,
    warnings: tuple[str, ...] = (),
    source: PlacedRecording | None = None,
) -> KeyReport:
    """Write a take onto the character, its first frame at `first`. One step of undo; nothing is left half done.

    With its `source` the line is remembered; what somebody has changed about the keys of the one that it replaces is
    kept on a layer.
    """
    plugin.load()
    if source:
        edited = wanted.edited or (take.tracks if take.edited else None)
        wanted = replace(wanted, script=wanted.script or take.script, edited=edited)
    take, first = _within(wanted, take.retime(wanted.rate), first + wanted.offset)
    character = wanted.character()
    if wanted.layer:
        layers.check(wanted.layer)
    plan = plan_keys(take, character.mapping, wanted.keying, first)
    notes = [*warnings, *character.notes]
    line = source and KeyedLine(source=source, wanted=wanted, first=float(plan.first), last=float(plan.last))
    with undone_as_one(f"KoeMorph {name}"):
        if line:
            notes += _keep_hand_edits(line)
        if wanted.layer:
            layers.prepare(wanted.layer, wanted.layer_mode)
        keep_rests(plug for plugs in character.plugs.values() for plug in plugs)
        writes, written = [], {}
        for target, plugs in character.plugs.items():
            for plug in plugs if target in plan.curves else ():
                there = layers.curve_on(plug.name, wanted.layer)
                if why := curve_obstacle(there) if there else "":
                    notes.append(f"{plug.name} {why} and is left alone.")
                    continue
                keys, samples = plug.placed(plan.curves[target]), plug.placed(plan.samples(target))
                curve = layers.curve_for(plug.name, wanted.layer, float(plan.first), float(keys.values[0]))
                writes.append(Write(curve=curve, keys=keys, samples=samples, merge=wanted.merge))
                written[plug.name] = packed(keys.at(samples.frames))
        if not writes:
            raise KoeMorphError(f"No curve of {character.name} can be changed: {notes[-1]}")
        write_all(writes, wanted.rate)
        if line:
            lines.remember(replace(line, written={} if wanted.merge else written))
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


def remove(line: KeyedLine) -> int:
    """Forget a line and take its keys away; what a person keyed before and after it stays. Returns how many there were.

    The layer with hand edits is theirs and stays as well.
    """
    curves = [curve for plug in line.written if (curve := layers.curve_on(plug, line.wanted.layer))]
    free = [curve for curve in curves if not curve_obstacle(curve)]
    with undone_as_one(f"KoeMorph {line.name} removed"):
        count = sum(int(cmds.cutKey(curve, time=(line.first, line.last), clear=True)) for curve in free)
        for plug in line.written:
            if not obstacle(plug) and not movers(plug):
                cmds.setAttr(plug, rest_of(plug))
        lines.forget(line)
    return count


def write_all(writes: list[Write], rate: FrameRate) -> None:
    """All at once, by the command that can take it back."""
    getattr(cmds, WRITE_COMMAND)(pending.add(writes, float(1 / rate.fps)))


def _keep_hand_edits(line: KeyedLine) -> Iterator[str]:
    """Lift what was changed about the lines that this one replaces."""
    for earlier in lines.lines():
        writes, changed = hand_edits.lifted(earlier) if line.replaces(earlier) else ([], ())
        if writes:
            write_all(writes, line.wanted.rate)
            yield (
                f"What you have changed about {listed(changed)} is kept on the layer {hand_edits.LAYER}; delete it "
                "there to have the line as it was made."
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
