"""One take, keyed on the sample face in a real Blender and in the Maya in memory: the same face at every frame."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from koemorph import arkit
from koemorph.engine import Engine
from koemorph.formats import write_take
from koemorph.take import Take
from koemorph.timing import FrameRate

bpy = pytest.importorskip("bpy", reason="bpy is not here: nox -s blender-5.0")

LINE = Path(__file__).parents[2] / "core" / "koemorph" / "example" / "line.flac"
UNITS = {"24": ("film", 24, 1.0), "29.97": ("29.97fps", 30, 1.001), "60": ("ntscf", 60, 1.0)}
FIRST = 37


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="module")
def addon():
    sys.path.insert(0, str(LINE.parents[3]))
    import blender_addon

    if hasattr(bpy.types.Scene, "koemorph"):  # by the tests of the extension, which run before in the same process
        yield blender_addon
        return
    blender_addon.register()
    yield blender_addon
    blender_addon.unregister()
    sys.path.remove(str(LINE.parents[3]))


def in_blender(path: Path, rate: str, style: str, frames: int) -> dict[str, list[float]]:
    """The shapes as Blender evaluates them."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene
    _, scene.render.fps, scene.render.fps_base = UNITS[rate]
    bpy.ops.koemorph.add_sample_face()
    scene.koemorph.start_frame, scene.koemorph.style = FIRST, style.upper()
    assert bpy.ops.koemorph.import_take(filepath=str(path)) == {"FINISHED"}
    blocks = bpy.context.object.data.shape_keys.key_blocks[1:]
    drawn: dict[str, list[float]] = {block.name: [] for block in blocks}
    for frame in range(FIRST, FIRST + frames):
        scene.frame_set(frame)
        for block in blocks:
            drawn[block.name].append(block.value)
    return drawn


def in_maya(maya: Any, path: Path, rate: str, style: str, frames: int) -> dict[str, list[float]]:
    from koemorph_maya import menu, sample_face
    from maya import cmds

    cmds.currentUnit(time=UNITS[rate][0])
    menu.add_sample_face()
    cmds.koemorphImport(file=str(path), startFrame=FIRST, keys=style)
    assert not any("every frame" in note for note in maya.said)
    names = maya.state.nodes[sample_face.SHAPES].aliases
    return {name: maya.drawn(f"{sample_face.SHAPES}.{name}", FIRST, frames) for name in names}


@pytest.mark.parametrize(
    ("rate", "style"),
    [*((rate, "every") for rate in UNITS), *(("24", style) for style in ("linear", "stepped", "bezier"))],
)
def test_the_same_take_is_the_same_at_every_frame(maya, addon, engine, tmp_path, rate, style):
    take: Take = engine.animate(LINE, rate=FrameRate.parse(rate)).slice(0, 40)
    path = tmp_path / "line.take"
    write_take(take, path)
    blender = in_blender(path, rate, style, take.frame_count)
    maya_drawn = in_maya(maya, path, rate, style, take.frame_count)
    assert set(blender) == set(maya_drawn) == set(arkit.SHAPES)
    assert max(np.ptp(values) for values in blender.values()) > 0.1
    for name, values in blender.items():
        np.testing.assert_allclose(values, maya_drawn[name], rtol=0, atol=1e-5, err_msg=name)
        if style == "every":
            np.testing.assert_allclose(values, take.curve(name), rtol=0, atol=1e-5, err_msg=name)
