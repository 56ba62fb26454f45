"""A line taken elsewhere in time: its keys as they are, what a person has changed about them, and its sound."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from maya import cmds

from koemorph.errors import KoeMorphError, RigError

from . import hand_edits, layers, lines
from .character import curve_obstacle
from .clock import exact
from .key_line import undone_as_one
from .lines import KeyedLine
from .source import from_node

_MAYA: Any = cmds
"""Its published types do not have `relative` and `time` where keys are edited. Autodesk's reference of `keyframe` does
(Maya 2011 to 2020): with the option "over" keys go to any time where none is, and a range holds its upper bound.
"""
_BESIDE = 1e-3
"""Frames by which a range stops before a key that is not meant."""


def move(line: KeyedLine, by: Fraction) -> KeyedLine:
    """Nothing is moved if a curve is in the way; keys that lie where the line comes to give way to it."""
    if not line.written:
        raise KoeMorphError(f"The keys of {line.name} were merged with others, so that they cannot be told apart.")
    held = {plug: layers.curve_on(plug, line.wanted.layer) for plug in line.written}
    curves = dict.fromkeys(curve for curve in held.values() if curve)
    for plug, curve in held.items():
        if why := curve_obstacle(curve) if curve else "":
            raise RigError(f"{plug} {why}, so that the line cannot move.")
    if not curves:
        raise KoeMorphError(f"{line.name} has no keys any more; make it again with -update.")
    edits = dict.fromkeys(curve for plug in line.written if (curve := layers.curve_on(plug, hand_edits.LAYER)))
    shift = float(by)
    span = line.wanted.span and (line.wanted.span[0] + shift, line.wanted.span[1] + shift)
    there = replace(
        line,
        source=replace(line.source, first_frame=line.source.first_frame + by),
        wanted=replace(line.wanted, span=span),
        first=line.first + shift,
        last=line.last + shift,
    )
    with undone_as_one(f"KoeMorph {line.name} moved"):
        for curve in curves:
            _move_keys(curve, line.first, line.last, shift)
        for curve in edits:  # the layer rests a frame before and after what was changed
            _move_keys(curve, line.first - 1, line.last + 1, shift)
        _move_sound(line, shift)
        lines.forget(line)
        lines.remember(there)
    return there


def _move_keys(curve: str, first: float, last: float, by: float) -> None:
    if not by:
        return
    beyond = (max(last + _BESIDE, first + by), last + by) if by > 0 else (first + by, min(first - _BESIDE, last + by))
    cmds.cutKey(curve, time=beyond, clear=True)
    _MAYA.keyframe(curve, edit=True, relative=True, timeChange=by, option="over", time=(first, last))


def _move_sound(line: KeyedLine, by: float) -> None:
    """The audio node that plays the recording where the line was."""
    rate, began = line.wanted.rate, Fraction(0)
    for node in cmds.ls(type="audio") or []:
        try:
            heard = from_node(node, rate)
        except KoeMorphError:
            continue  # it plays nothing, so nothing of this line
        same = heard.recording.path == line.source.recording.path
        there = heard.frame_of(began, rate) == line.source.frame_of(began, rate)
        if same and there and not cmds.getAttr(f"{node}.offset", lock=True):
            cmds.setAttr(f"{node}.offset", float(exact(cmds.getAttr(f"{node}.offset"))) + by)
