"""What a person has changed about a line's keys, before the line is made again: it moves to a layer of its own.

The additive layer holds, frame by frame, what the line's curves were off from what was keyed. Whatever is keyed below
it later, it stays; muted or deleted in Maya's own Layer Editor it is gone.
"""

from __future__ import annotations

import numpy as np
from maya import cmds
from numpy.typing import NDArray

from koemorph.keying import CurveKeys

from . import layers
from .keys import CLOSE, Write, drawn
from .lines import KeyedLine

LAYER = "koemorphHandEdits"


def lifted(line: KeyedLine) -> tuple[list[Write], tuple[str, ...]]:
    """What has to be written onto the layer so that nothing of a person's is lost, and whose curves that is of.

    The layer and its curves are made by this; curves that somebody has deleted are no change that can be added.
    """
    changed = {
        plug: off for plug in line.written if (off := _off(line, plug)) is not None and np.abs(off).max() > 2 * CLOSE
    }
    if changed:
        layers.prepare(LAYER, "additive")
    return [_write(line, plug, off) for plug, off in changed.items()], tuple(changed)


def _off(line: KeyedLine, plug: str) -> NDArray[np.float64] | None:
    """How far an attribute's own curve is from what was keyed; None where it has none any longer."""
    node, _, attribute = plug.partition(".")
    if not (cmds.objExists(node) and cmds.attributeQuery(attribute, node=node, exists=True)):
        return None
    curve = layers.curve_on(plug, line.wanted.layer)
    return drawn(curve, line.frames) - line.values(plug) if curve else None


def _write(line: KeyedLine, plug: str, off: NDArray[np.float64]) -> Write:
    """Added to what the layer has there already, with nothing before it and nothing after."""
    moved = np.flatnonzero(np.abs(off) > CLOSE)
    first, last = int(moved[0]), int(moved[-1])
    frames = line.first + np.arange(first - 1, last + 2, dtype=np.float64)
    values = np.concatenate([[0.0], off[first : last + 1], [0.0]])
    there = layers.curve_on(plug, LAYER)
    values += drawn(there, frames) if there else 0.0
    keys = CurveKeys(frames=frames, values=values, slopes=np.zeros(len(frames)), interpolation="linear")
    return Write(curve=layers.curve_for(plug, LAYER, float(frames[0]), float(values[0])), keys=keys, samples=keys)
