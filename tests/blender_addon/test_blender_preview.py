"""The face follows the sliders, and is left as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest
from blender_addon.preview import preview
from blender_addon.process import worker
from blender_addon.properties import settings_of

from koemorph import arkit
from tests.blender_addon.reading import pose, state

FRAME = 9


@pytest.fixture
def keyed(face: Any, panel: Any) -> Any:
    """A face with a line, at a frame in the middle of it, the preview on."""
    bpy.ops.koemorph.animate()
    bpy.context.scene.frame_set(FRAME)
    assert bpy.ops.koemorph.live_preview() == {"FINISHED"} and preview.on
    yield face
    preview.stop()


def values(one: Any) -> dict[str, float]:
    """As they are now, without evaluating anything."""
    return {block.name: block.value for block in one.data.shape_keys.key_blocks[1:]}


def settle(panel: Any, **changed: Any) -> None:
    """Move sliders and wait until the face shows it."""
    for name, value in changed.items():
        setattr(panel.settings, name, value)
    for _ in range(200):
        preview.tick(0.05)
        if preview.shown and not worker.busy:
            preview.tick()
            if not worker.busy:
                return
    raise AssertionError(preview.error or "nothing is previewed")


def test_the_current_frame_follows_the_sliders_and_keys_stay(keyed: Any, panel: Any, expected: Any) -> None:
    before, was = state(), values(keyed)
    preview.tick()
    assert values(keyed) == was and not preview.shown
    for changed in ({"temperature": 0.45}, {"lower_face_smoothing": 0.2, "face_strength": 0.6}):
        settle(panel, **changed)
        take = expected("24", settings_of(panel.settings))
        shown = values(keyed)
        assert shown == pytest.approx({name: float(take.curve(name)[FRAME - 1]) for name in arkit.SHAPES}, abs=1e-5)
        assert shown != was and state() == before
    bpy.context.scene.frame_set(20)
    shown = values(keyed)
    assert shown == pytest.approx({name: float(take.curve(name)[19]) for name in arkit.SHAPES}, abs=1e-5)
    bpy.context.scene.frame_set(FRAME)
    assert bpy.ops.koemorph.live_preview() == {"FINISHED"} and not preview.on
    assert values(keyed) == was and state() == before


def test_settings_of_the_line_bring_its_keys_back(keyed: Any, panel: Any) -> None:
    was = values(keyed)
    settle(panel, temperature=0.45)
    assert values(keyed) != was
    bpy.ops.koemorph.load_settings()
    preview.tick()
    assert values(keyed) == was and not preview.shown


def test_update_keys_what_is_shown_in_one_step_of_undo(keyed: Any, panel: Any) -> None:
    name = keyed.name
    bpy.ops.ed.undo_push(message="keyed")
    before, was = state(), values(keyed)
    settle(panel, face_strength=0.5)
    shown = values(keyed)
    bpy.ops.ed.undo_push(message="slider")
    assert bpy.ops.koemorph.update("EXEC_DEFAULT", True) == {"FINISHED"}
    assert state() != before and not preview.shown
    assert pose(keyed, FRAME) == pytest.approx(shown, abs=1e-5)
    preview.tick()
    assert not preview.shown
    bpy.ops.ed.undo()
    assert state() == before
    bpy.context.view_layer.update()
    assert values(bpy.data.objects[name]) == pytest.approx(was, abs=1e-6)


def test_undoing_a_slider_brings_the_keys_back(keyed: Any, panel: Any) -> None:
    """Blender keeps a step after each drag, with the previewed face in it."""
    name, was = keyed.name, values(keyed)
    for number, strength in enumerate((0.5, 0.2)):
        settle(panel, face_strength=strength)
        bpy.ops.ed.undo_push(message=f"slider {number}")
    bpy.ops.ed.undo()
    bpy.context.view_layer.update()
    assert bpy.context.scene.koemorph.settings.face_strength == 0.5
    assert values(bpy.data.objects[name]) == pytest.approx(was, abs=1e-6)


def test_nothing_previewed_is_saved_or_left_behind(keyed: Any, panel: Any, tmp_path: Path) -> None:
    was, name = values(keyed), keyed.name
    settle(panel, face_strength=0.5)
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    assert values(keyed) == was
    settle(panel, face_strength=0.2)
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert not preview.on
    assert values(bpy.data.objects[name]) == was


def test_another_face_ends_it_and_no_line_is_said(keyed: Any, panel: Any) -> None:
    was = values(keyed)
    settle(panel, face_strength=0.5)
    bpy.ops.koemorph.add_sample_face()
    preview.tick()
    assert values(keyed) == was and "no line" in preview.error
    bpy.data.objects.remove(keyed)
    preview.tick()
    assert "no line" in preview.error
