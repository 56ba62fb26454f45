"""What to run in a real Maya: `mayapy selftest.py`. Prints a report that is worth sending to us, good or bad.

It makes scenes of its own, keys takes made of numbers and one bundled line, and looks at what Maya then has. For the
panel and the menu too, run it in a Maya whose scene may be thrown away, from the Script Editor:

    import sys; sys.path.append(r"...modules/KoeMorph"); import selftest; selftest.main()
"""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

from libraries import find_libraries

find_libraries()

import numpy as np  # noqa: E402
from maya import cmds  # noqa: E402

if not hasattr(cmds, "about"):  # in mayapy there are no commands before this
    import maya.standalone

    maya.standalone.initialize(name="python")

from koemorph_maya import key_line, plugin, sample_face  # noqa: E402
from koemorph_maya.clock import scene_rate  # noqa: E402
from koemorph_maya.keys import pending  # noqa: E402
from koemorph_maya.request import KeyRequest  # noqa: E402
from koemorph_maya.source import from_node  # noqa: E402
from selftest_lines import CHECKS as LINE_CHECKS  # noqa: E402
from selftest_lines import FRAMES, VALUES, WEIGHT  # noqa: E402

import koemorph  # noqa: E402
from koemorph import formats  # noqa: E402
from koemorph.face import load_face  # noqa: E402
from koemorph.keying import Keying  # noqa: E402
from koemorph.take import Take  # noqa: E402

UNITS = ("film", "pal", "ntsc", "ntscf", "23.976fps", "29.97fps", "47.952fps", "59.94fps", "120fps")
OURS: Any = cmds
"""With the commands of our own plug-in, and some flags that the published types do not know."""


class Report:
    """Says what is so and what is not."""

    def __init__(self) -> None:
        self.good, self.bad = 0, 0

    def check(self, name: str, work: Callable[[], None]) -> None:
        try:
            work()
            self.good += 1
            print(f"  good  {name}")
        except Exception:  # noqa: BLE001 (whatever goes wrong belongs in the report)
            self.bad += 1
            print(f"  BAD   {name}\n{traceback.format_exc()}")


def main() -> int:
    print(f"KoeMorph {koemorph.__version__}, Maya {cmds.about(version=True)}, {platform.platform()}")
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__} from {Path(np.__file__).parents[1].name}")
    report = Report()
    report.check("the plug-in loads", plugin.load)
    for name, work in CHECKS.items():
        report.check(name, work)
    for name, work in LINE_CHECKS.items():
        fresh()
        report.check(name, work)
    if cmds.about(batch=True):
        print("  not looked at: panel, menu and Graph Editor, which a Maya with a window has")
    else:
        for name, work in IN_A_WINDOW.items():
            report.check(name, work)
    print(f"{report.good} of {report.good + report.bad} good")
    return 1 if report.bad else 0


def fresh(unit: str = "film") -> None:
    """A new scene with one face."""
    cmds.file(new=True, force=True)
    cmds.undoInfo(state=True)
    cmds.currentUnit(time=unit)
    base, goal = cmds.polySphere(name="face")[0], cmds.polySphere(name="jawOpen")[0]
    cmds.blendShape(goal, base, name="faceShapes")


def keyed(unit: str = "film", style: str = "every", layer: str = "", mode: str = "override") -> str:
    """One smooth take keyed on a fresh face from frame 101 on; returns the curve."""
    fresh(unit)
    order = KeyRequest(targets=("face",), rate=scene_rate(), keying=Keying(style=style), layer=layer, layer_mode=mode)
    report = key_line.key(order, Take(("jawOpen",), VALUES[:, None], scene_rate()), Fraction(101), "selftest")
    for note in report.notes:
        print(f"        note: {note}")
    (curve,) = report.curves
    return curve


def drawn(plug: str = WEIGHT) -> list[float]:
    return [cmds.getAttr(plug, time=101 + frame) for frame in range(FRAMES)]


def check_times() -> None:
    for unit in UNITS:
        curve = keyed(unit)
        times: Any = cmds.keyframe(curve, query=True, timeChange=True)
        np.testing.assert_allclose(times, 101 + np.arange(FRAMES), atol=1e-6, err_msg=unit)
        np.testing.assert_allclose(drawn(), VALUES, atol=1e-5, err_msg=unit)


def check_bezier() -> None:
    curve = keyed(style="bezier")
    assert not pending.strayed, "Maya understands tangents otherwise than reckoned; all frames were keyed instead"
    assert cmds.keyframe(curve, query=True, keyframeCount=True) < FRAMES / 2
    np.testing.assert_allclose(drawn(), VALUES, atol=0.0101)


def check_undo() -> None:
    """Through the command, as artists do it: one step back, one step forth."""
    fresh()
    with _take_file() as path:
        OURS.koemorphImport(file=str(path), targets="face", startFrame=101, layer="dialogue", layerMode="override")
    for _ in range(2):
        np.testing.assert_allclose(drawn(), VALUES, atol=1e-5)
        cmds.undo()
        assert not cmds.listConnections(WEIGHT, source=True, destination=False), "undo left something"
        assert not cmds.objExists("dialogue"), "undo left the layer"
        cmds.redo()


def check_kept() -> None:
    fresh()
    for frame in (1, 120, 500):
        cmds.setKeyframe(WEIGHT, time=frame, value=0.25)
    order = KeyRequest(targets=("face",), rate=scene_rate())
    key_line.key(order, Take(("jawOpen",), VALUES[:, None], scene_rate()), Fraction(101), "selftest")
    assert [cmds.getAttr(WEIGHT, time=frame) for frame in (1, 500)] == [0.25, 0.25]
    np.testing.assert_allclose(drawn(), VALUES, atol=1e-5)


def check_layers() -> None:
    keyed(layer="dialogue")
    np.testing.assert_allclose(drawn(), VALUES, atol=1e-5)
    fresh()
    cmds.setAttr(WEIGHT, 0.25)
    order = KeyRequest(targets=("face",), rate=scene_rate(), layer="more", layer_mode="additive")
    key_line.key(order, Take(("jawOpen",), VALUES[:, None], scene_rate()), Fraction(101), "selftest")
    np.testing.assert_allclose(drawn(), VALUES + 0.25, atol=1e-5)


def check_sample_face() -> None:
    with _folder() as folder:
        path = folder / "face.ma"
        path.write_text(sample_face.scene(), "ascii")
        cmds.file(str(path), open=True, force=True)
    assert "52 of 52" in OURS.koemorphCoverage(targets=sample_face.MESH)
    face = load_face()
    assert cmds.polyEvaluate(sample_face.MESH, face=True) == len(face.quads)
    wanted = 100 * face.delta("jawOpen")
    moved = int(np.linalg.norm(wanted, axis=1).argmax())
    closed = cmds.pointPosition(f"{sample_face.MESH}.vtx[{moved}]")
    cmds.setAttr(f"{sample_face.SHAPES}.jawOpen", 1.0)
    opened = cmds.pointPosition(f"{sample_face.MESH}.vtx[{moved}]")
    np.testing.assert_allclose(np.subtract(opened, closed), wanted[moved], atol=1e-3)


def check_sound() -> None:
    fresh("pal")
    sound = cmds.createNode("audio", name="line")
    cmds.setAttr(f"{sound}.filename", str(_example()), type="string")
    for name, frame in (("offset", 10), ("sourceStart", 5), ("sourceEnd", 20)):
        cmds.setAttr(f"{sound}.{name}", frame)
    source = from_node(sound, scene_rate())
    assert source.first_frame == 10, source
    assert (source.recording.begin, source.recording.end) == (Fraction(1, 5), Fraction(4, 5)), source


def check_worker() -> None:
    """The libraries of this module, and the model, in a process of mayapy's."""
    fresh()
    print(f"        {OURS.koemorphKey(file=str(_example()), targets='face', startFrame=1)}")


def check_menu() -> None:
    assert cmds.menu("koemorphMenu", exists=True)


def check_panel() -> None:
    from koemorph_maya import menu, panel

    menu.open_panel()
    assert cmds.workspaceControl(panel.CONTROL, exists=True)
    cmds.deleteUI(panel.CONTROL)
    assert not [job for job in OURS.scriptJob(listJobs=True) or [] if "MayaHost" in str(job)], "the panel still hears"


def check_graph_editor() -> None:
    curve = keyed()
    assert OURS.keyframe(query=True, selected=True, name=True) == [curve]


def _example() -> Path:
    return Path(koemorph.__file__).parent / "example" / "line.flac"


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="koemorph-") as name:
        yield Path(name)


@contextmanager
def _take_file() -> Iterator[Path]:
    with _folder() as folder:
        formats.write_take(Take(("jawOpen",), VALUES[:, None], scene_rate()), folder / "line.take")
        yield folder / "line.take"


CHECKS: dict[str, Callable[[], None]] = {
    "keys stand on whole frames and hold their values at every rate": check_times,
    "few Bezier keys draw the same curve": check_bezier,
    "undo, redo, undo, redo of a command": check_undo,
    "keys outside of the line stay": check_kept,
    "animation layers, override and additive": check_layers,
    "the sample face": check_sample_face,
    "offset and trim of an audio node": check_sound,
    "a recording through the worker": check_worker,
}
IN_A_WINDOW: dict[str, Callable[[], None]] = {
    "the menu": check_menu,
    "the panel opens and closes": check_panel,
    "the new keys are selected": check_graph_editor,
}

if __name__ == "__main__":
    sys.exit(main())
