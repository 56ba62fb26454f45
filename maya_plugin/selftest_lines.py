"""What `selftest.py` looks at of lines that a scene remembers, and of whom they are keyed on."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from koemorph_maya import hand_edits, key_line, lines, moving
from koemorph_maya.character import obstacle
from koemorph_maya.clock import scene_rate
from koemorph_maya.request import KeyRequest
from koemorph_maya.shapes import empty_shapes
from maya import cmds

from koemorph.recording import PlacedRecording, Recording
from koemorph.take import Take

FRAMES = 48
VALUES = (0.5 + 0.4 * np.sin(np.arange(FRAMES) / 7)).astype(np.float32)
WEIGHT = "faceShapes.jawOpen"


def check_lines() -> None:
    """A key that somebody moves is there after the line is made again, on a layer; then the line is taken away."""
    _key("jawOpen")
    cmds.setKeyframe(WEIGHT, time=110, value=0.95)
    changed = _drawn(WEIGHT)
    _key("jawOpen")
    np.testing.assert_allclose(_drawn(WEIGHT), changed, atol=1e-4)
    assert cmds.objExists(hand_edits.LAYER)
    cmds.undo()
    assert not cmds.objExists(hand_edits.LAYER), "undo left the layer"
    np.testing.assert_allclose(_drawn(WEIGHT), changed, atol=1e-4)
    (line,) = lines.lines()
    assert key_line.remove(line) >= FRAMES and not lines.lines()
    assert not cmds.listConnections(WEIGHT, source=True, destination=False)


def check_moved() -> None:
    """Keys on every frame come to where others of them were, forth and back."""
    _key("jawOpen")
    kept = _drawn(WEIGHT)
    for by in (5, -7):
        (line,) = lines.lines()
        first = moving.move(line, Fraction(by)).first
        np.testing.assert_allclose(_drawn(WEIGHT, first), kept, atol=1e-4)
        (curve,) = cmds.listConnections(WEIGHT, source=True, destination=False)
        assert cmds.keyframe(curve, query=True, keyframeCount=True) == FRAMES, "keys were lost, or left behind"


def check_head() -> None:
    """A joint turns from where it rests, in degrees whatever Maya keeps."""
    cmds.createNode("joint", name="neck", skipSelect=True)
    cmds.setAttr("neck.rotateY", 3.0)
    for _ in range(2):
        _key("headYaw", "jawOpen", head="neck")
        np.testing.assert_allclose(_drawn("neck.rotateY"), 3.0 + np.degrees(VALUES), atol=1e-3)


def check_lock() -> None:
    cmds.setAttr(WEIGHT, lock=True)
    assert obstacle(WEIGHT) == "is locked"


def check_empty() -> None:
    """The goal of the scene's face is the face itself: once its mesh is gone, its target is empty."""
    assert not empty_shapes("faceShapes")
    cmds.delete("jawOpen")
    assert empty_shapes("faceShapes") == {"jawOpen"}


def _key(*names: str, **wanted: Any) -> None:
    take = Take(names, np.tile(VALUES[:, None], len(names)), scene_rate())
    source = PlacedRecording(Recording(Path("line.wav")), Fraction(101))
    request = KeyRequest(targets=("face",), rate=scene_rate(), **wanted)
    key_line.key(request, take, Fraction(101), "line", source=source)


def _drawn(plug: str, first: float = 101) -> list[float]:
    return [cmds.getAttr(plug, time=first + frame) for frame in range(FRAMES)]


CHECKS: dict[str, Callable[[], None]] = {
    "lines, hand edits on their layer, a line taken away": check_lines,
    "a line taken elsewhere": check_moved,
    "the head's turns on a joint": check_head,
    "a locked weight": check_lock,
    "a target that moves nothing": check_empty,
}
"""Each in a new scene with one face."""
