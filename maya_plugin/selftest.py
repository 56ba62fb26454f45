"""What to run in a real Maya: `mayapy selftest.py`. Prints a report that is worth sending to us, good or bad.

It makes a scene of its own, keys takes made of numbers, and looks at what Maya then has: no recording, no worker.
Run it in mayapy, or in a Maya whose scene may be thrown away.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from fractions import Fraction

from libraries import find_libraries

find_libraries()

import numpy as np  # noqa: E402

UNITS = ("film", "pal", "ntsc", "ntscf", "23.976fps", "29.97fps", "47.952fps", "59.94fps", "120fps")
FRAMES = 48


def main() -> int:
    import maya.standalone

    maya.standalone.initialize(name="python")
    from koemorph_maya.batch import PLUGIN
    from maya import cmds

    cmds.loadPlugin(str(PLUGIN))
    print(f"Maya {cmds.about(version=True)} ({cmds.about(operatingSystem=True)}), Python {sys.version.split()[0]}")
    failures = 0
    for name, check in CHECKS.items():
        try:
            check()
            print(f"  good  {name}")
        except Exception:  # noqa: BLE001 (whatever goes wrong belongs in the report)
            failures += 1
            print(f"  BAD   {name}\n{traceback.format_exc()}")
    print(f"{len(CHECKS) - failures} of {len(CHECKS)} good")
    return 1 if failures else 0


def keyed(unit: str = "film", style: str = "every", layer: str = "", frames: int = FRAMES) -> tuple[list[str], object]:
    """A new scene with one face, and one smooth take keyed from frame 101 on; returns the curves and the values."""
    from koemorph_maya import press
    from koemorph_maya.clock import scene_rate
    from maya import cmds

    from koemorph.take import Take

    cmds.file(new=True, force=True)
    cmds.undoInfo(state=True)
    cmds.currentUnit(time=unit)
    base, goal = cmds.polySphere(name="face")[0], cmds.polySphere(name="jawOpen")[0]
    cmds.blendShape(goal, base, name="faceShapes")
    values = (0.5 + 0.4 * np.sin(np.arange(frames) / 7))[:, None].astype(np.float32)
    take = Take(("jawOpen",), values, scene_rate())
    order = press.Order(("face",), scene_rate(), style=style, layer=layer, layer_mode="override")
    report = press.key(order, take, Fraction(101), "selftest")
    for note in report.notes:
        print(f"        note: {note}")
    return list(report.curves), values[:, 0]


def check_times() -> None:
    from maya import cmds

    for unit in UNITS:
        curves, values = keyed(unit)
        times = cmds.keyframe(curves[0], query=True, timeChange=True)
        np.testing.assert_allclose(times, 101 + np.arange(FRAMES), atol=1e-6, err_msg=unit)
        drawn = [cmds.getAttr("faceShapes.jawOpen", time=time) for time in times]
        np.testing.assert_allclose(drawn, values, atol=1e-5, err_msg=unit)


def check_bezier() -> None:
    from koemorph_maya.keys import pending
    from maya import cmds

    curves, values = keyed(style="bezier")
    assert not pending.strayed, "Maya understands tangents otherwise than reckoned; all frames were keyed instead"
    assert cmds.keyframe(curves[0], query=True, keyframeCount=True) < FRAMES / 2
    drawn = [cmds.getAttr("faceShapes.jawOpen", time=101 + frame) for frame in range(FRAMES)]
    np.testing.assert_allclose(drawn, values, atol=0.0101)


def check_undo() -> None:
    from maya import cmds

    curves, _ = keyed()
    for _ in range(2):
        cmds.undo()
        assert not cmds.listConnections("faceShapes.jawOpen", source=True, destination=False), "undo left a curve"
        cmds.redo()
        assert cmds.keyframe(curves[0], query=True, keyframeCount=True) == FRAMES, "redo lost keys"


def check_layer() -> None:
    from maya import cmds

    curves, values = keyed(layer="dialogue")
    assert cmds.animLayer("dialogue", query=True, findCurveForPlug="faceShapes.jawOpen") == curves
    drawn = [cmds.getAttr("faceShapes.jawOpen", time=101 + frame) for frame in range(FRAMES)]
    np.testing.assert_allclose(drawn, values, atol=1e-5)


def check_lock() -> None:
    from koemorph_maya.character import obstacle
    from maya import cmds

    keyed()
    cmds.setAttr("faceShapes.jawOpen", lock=True)
    assert obstacle("faceShapes.jawOpen") == "is locked"


CHECKS: dict[str, Callable[[], None]] = {
    "keys stand on whole frames and hold their values at every rate": check_times,
    "few Bezier keys draw the same curve": check_bezier,
    "undo, redo, undo, redo": check_undo,
    "an animation layer": check_layer,
    "a locked weight": check_lock,
}

if __name__ == "__main__":
    sys.exit(main())
