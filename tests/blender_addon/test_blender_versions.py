"""Scenes saved by one Blender and opened by the next. KOEMORPH_BLENDER_SCENES names the folder in which they are left.

Run it with an older Blender and then with a newer one, as the sessions of nox do: the second opens what the first left.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import bpy
import pytest
from blender_addon import compat
from blender_addon.line import lines_on

from koemorph import arkit
from koemorph.settings import Settings
from tests.blender_addon.reading import choose, pose

FOLDER = os.environ.get("KOEMORPH_BLENDER_SCENES", "")
FRAMES = (0, 1, 7.5, 20, 36, 40, 51, 60.5, 86, 95)


def _older() -> list[Path]:
    """What Blenders before this one left."""
    here = bpy.app.version[:2]
    named = ((re.fullmatch(r"blender-(\d+)\.(\d+)\.blend", path.name), path) for path in Path(FOLDER).glob("*.blend"))
    return sorted(path for found, path in named if found and (int(found[1]), int(found[2])) < here)


def told() -> dict[str, Any]:
    """What must be the same in the next Blender."""
    faces = sorted((one for one in bpy.data.objects if one.type == "MESH"), key=lambda one: one.name)
    return {
        one.name: {
            "poses": [pose(one, frame) for frame in FRAMES],
            "lines": [[found.line.name, found.line.first, found.shift] for found in lines_on(one.data.shape_keys)],
            "mapping": [[row.source, row.target, row.gain] for row in one.koemorph.rows],
        }
        for one in faces
    }


def poses(face: dict[str, Any]) -> list[dict[str, float]]:
    """Those to be compared: outside of an older Blender's strips, 5.0 itself shows every shape at 1."""
    strips_alone = compat.SHAPES_REST_AT_ONE and face["mapping"]
    return [shown for frame, shown in zip(FRAMES, face["poses"], strict=True) if not strips_alone or 51 <= frame <= 86]


@pytest.mark.skipif(not FOLDER, reason="KOEMORPH_BLENDER_SCENES names no folder")
def test_a_scene_is_left_for_the_next_blender(face: Any, panel: Any) -> None:
    """One face with an Action, another with a strip in the NLA and a mapping of its own."""
    bpy.ops.koemorph.animate()
    bpy.ops.koemorph.add_sample_face()
    choose(bpy.context.object)
    bpy.ops.koemorph.mapping_match()
    panel.where, panel.start_frame, panel.settings.face_strength = "NLA", 51, 0.5
    bpy.ops.koemorph.animate()
    folder = Path(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"blender-{bpy.app.version[0]}.{bpy.app.version[1]}.blend"
    path.with_suffix(".json").write_text(json.dumps(told()), "utf-8")
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    assert path.is_file()


@pytest.mark.skipif(not FOLDER or not _older(), reason="no older Blender has left a scene")
@pytest.mark.parametrize("path", _older() if FOLDER else [], ids=lambda path: path.stem)
def test_scenes_of_older_blenders_go_on(context: Any, recording: Path, expected: Any, path: Path) -> None:
    left = json.loads(path.with_suffix(".json").read_text("utf-8"))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    found = told()
    assert found.keys() == left.keys() and len(found) == 2
    for name, was in left.items():
        now = found[name]
        assert (now["lines"], now["mapping"]) == (was["lines"], was["mapping"])
        for before, after in zip(poses(was), poses(now), strict=True):
            assert after == pytest.approx(before, abs=1e-4)
    panel = bpy.context.scene.koemorph
    assert panel.where == "NLA" and panel.settings.face_strength == 0.5
    for name in found:
        choose(bpy.data.objects[name])
        bpy.context.scene.frame_set(20)
        assert bpy.ops.koemorph.load_settings() == {"FINISHED"}
        assert bpy.ops.koemorph.update(recording=str(recording)) == {"FINISHED"}
    for name, was in left.items():
        ((_, first, _),) = was["lines"]
        take = expected("24", Settings(face_strength=0.5 if was["mapping"] else 1.0))
        for frame in (0, 19, take.frame_count - 1):
            now = {shape: float(take.curve(shape)[frame]) for shape in arkit.SHAPES}
            assert pose(bpy.data.objects[name], first + frame) == pytest.approx(now, abs=1e-4)
