"""An animator's own work on a line's curves survives whatever makes the line again, and can be cleared."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from blender_addon.changes import Change
from blender_addon.line import lines_of

from tests.blender_addon.reading import curves, path_of, stored

FRAMES = np.arange(1, 30)


@pytest.fixture(params=["EVERY", "BEZIER"])
def keyed(face: Any, panel: Any, request: Any) -> Any:
    """The face, keyed with the recording."""
    panel.style = request.param
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    bpy.context.scene.frame_set(10)
    return face


def curve_of(face: Any, shape: str) -> Any:
    return curves(face.data.shape_keys)[path_of(shape)]


def drawn(face: Any, shape: str) -> np.ndarray:
    return np.array([curve_of(face, shape).evaluate(frame) for frame in FRAMES])


def raised(curve: Any, first: int, last: int, by: float) -> None:
    """As a person does who takes a few keys and drags them up."""
    for key in curve.keyframe_points:
        if first <= key.co[0] <= last:
            key.co[1] += by
            key.handle_left[1] += by
            key.handle_right[1] += by
    curve.update()


def line_of(face: Any) -> Any:
    return lines_of(face.data.shape_keys.animation_data.action)[0]


def test_an_update_without_changes_is_what_it_was(keyed: Any) -> None:
    before = {path: stored(curve) for path, curve in curves(keyed.data.shape_keys).items()}
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    assert {path: stored(curve) for path, curve in curves(keyed.data.shape_keys).items()} == before
    assert line_of(keyed).changed == ()


def test_changed_keys_are_added_to_what_comes_and_can_be_cleared(keyed: Any, panel: Any) -> None:
    made, jaw = drawn(keyed, "browInnerUp"), drawn(keyed, "jawOpen")
    raised(curve_of(keyed, "browInnerUp"), 5, 20, 0.3)
    off = drawn(keyed, "browInnerUp") - made
    assert off.max() > 0.25
    panel.settings.jaw_strength = 0.5
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    assert line_of(keyed).changed == ("browInnerUp",)
    slack = 0.02 if panel.style == "BEZIER" else 2e-3
    np.testing.assert_allclose(drawn(keyed, "browInnerUp"), made + off, atol=slack)
    assert np.abs(drawn(keyed, "jawOpen") - jaw).max() > 0.01
    for _ in range(2):  # once more, and the change is neither doubled nor lost
        assert bpy.ops.koemorph.update() == {"FINISHED"}
    np.testing.assert_allclose(drawn(keyed, "browInnerUp"), made + off, atol=slack)
    assert bpy.ops.koemorph.clear_changes() == {"FINISHED"}
    np.testing.assert_allclose(drawn(keyed, "browInnerUp"), made, atol=1e-6)
    assert line_of(keyed).changed == ()


def test_modifiers_and_looks_of_a_curve_stay(keyed: Any) -> None:
    curve = curve_of(keyed, "jawOpen")
    curve.modifiers.new("NOISE").strength = 0.1
    curve.color_mode, curve.color, curve.extrapolation = "CUSTOM", (1.0, 0.0, 0.0), "LINEAR"
    before = stored(curve)
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    assert line_of(keyed).changed == (), "what a modifier does is not taken for a change"
    curve = curve_of(keyed, "jawOpen")
    assert [modifier.type for modifier in curve.modifiers] == ["NOISE"]
    assert curve.color_mode == "CUSTOM" and curve.extrapolation == "LINEAR"
    assert stored(curve)["co"] == before["co"]


def test_a_deleted_curve_stays_away_until_changes_are_cleared(keyed: Any) -> None:
    from blender_addon import compat

    block = keyed.data.shape_keys
    compat.curves_of(block).fcurves.remove(curve_of(keyed, "cheekPuff"))
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    assert path_of("cheekPuff") not in curves(block) and line_of(keyed).changed == ("cheekPuff",)
    assert bpy.ops.koemorph.clear_changes() == {"FINISHED"}
    assert path_of("cheekPuff") in curves(block)


def test_a_locked_curve_is_refused_before_anything_is_done(keyed: Any) -> None:
    curve = curve_of(keyed, "jawOpen")
    curve.lock = True
    before = stored(curve)
    with pytest.raises(RuntimeError, match="is locked"):
        bpy.ops.koemorph.update()
    assert stored(curve_of(keyed, "jawOpen")) == before


def test_changes_outside_of_a_shorter_line_come_back_with_it() -> None:
    change = Change(8, np.array([1, 2, 3], dtype=np.float32))
    assert change.over(10).tolist() == [0] * 8 + [1, 2]
    assert change.moved(-9).over(3).tolist() == [2, 3, 0]
    both = change.plus(Change(6, np.array([1, 1, 1], dtype=np.float32)))
    assert (both.first, both.values.tolist()) == (6, [1, 1, 2, 2, 3])
