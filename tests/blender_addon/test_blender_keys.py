"""Keys in the scene are the take, at every frame and between frames, at every rate."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import bpy
import numpy as np
import pytest
from blender_addon import compat
from blender_addon.key_line import request_of, run

from koemorph import arkit
from koemorph.keying import Keying, plan_keys
from koemorph.settings import Settings
from tests.blender_addon.reading import curves, path_of, pose, state, stored


@pytest.mark.parametrize(("fps", "base"), [(24, 1.0), (25, 1.0), (30, 1.001), (30, 1.0), (60, 1.0)])
def test_every_frame_and_half_frame_is_the_take(face: Any, panel: Any, expected: Any, fps: int, base: float) -> None:
    render = bpy.context.scene.render
    render.fps, render.fps_base = fps, base
    panel.start_frame = 37
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    take = expected(f"{fps * 1000}/1001" if base != 1.0 else str(fps))
    drawn = curves(face.data.shape_keys)
    assert set(drawn) == {path_of(name) for name in arkit.SHAPES}
    for name in arkit.SHAPES:
        curve, values = drawn[path_of(name)], take.curve(name)
        assert len(curve.keyframe_points) == take.frame_count
        read = [curve.evaluate(37 + number / 2) for number in range(2 * take.frame_count - 1)]
        np.testing.assert_allclose(read[::2], values, atol=1e-4)
        np.testing.assert_allclose(read[1::2], (values[:-1] + values[1:]) / 2, atol=1e-4)
    for frame in (37, 37 + take.frame_count // 2, 36 + take.frame_count):
        shown = pose(face, frame)
        for name in arkit.SHAPES:
            assert shown[name] == pytest.approx(float(take.curve(name)[frame - 37]), abs=1e-4), (name, frame)


@pytest.mark.parametrize("style", ["BEZIER", "LINEAR", "STEPPED"])
def test_few_keys_draw_what_the_core_promises(face: Any, panel: Any, expected: Any, style: str) -> None:
    panel.style, panel.tolerance = style, 0.02
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    take = expected("24")
    promised = plan_keys(take, None, Keying(style=style.lower(), tolerance=0.02), Fraction(1))
    drawn = curves(face.data.shape_keys)
    for name in arkit.SHAPES:
        curve, keys = drawn[path_of(name)], promised.curves[name]
        assert len(curve.keyframe_points) == len(keys)
        moments = np.arange(2 * take.frame_count - 1) / 2
        read = np.array([curve.evaluate(1 + moment) for moment in moments])
        np.testing.assert_allclose(read, keys.at(1 + moments), atol=1e-4)
        assert np.abs(read[::2] - take.curve(name)).max() <= 0.02 + 1e-4


def test_keys_outside_and_other_channels_stay_as_they_are(face: Any, panel: Any) -> None:
    block = face.data.shape_keys
    panel.start_frame = 100
    jaw, other = block.key_blocks["jawOpen"], face.shape_key_add(name="freckles")
    for frame in (5, 20, 50, 110, 120, 900, 950, 1000):
        for shape, value in ((jaw, 0.3), (other, 0.7)):
            shape.value = value + frame / 10000
            shape.keyframe_insert("value", frame=frame)
    block.keyframe_insert("eval_time", frame=3)
    before = curves(block)
    for curve in (before[path_of("jawOpen")], before[path_of("freckles")]):
        for point in curve.keyframe_points:
            point.handle_left_type = point.handle_right_type = "FREE"
            point.interpolation = "BACK"
            point.back = 2.5
    untouched = {path: stored(curve) for path, curve in before.items() if path != path_of("jawOpen")}
    columns = {
        name: [
            point[name]
            for point in _points(before[path_of("jawOpen")])
            if point["frame"] in {5, 20, 50, 900, 950, 1000}
        ]
        for name in ("co", "handle_left", "handle_right", "interpolation", "back", "handle_left_type")
    }
    panel.where = "ACTIVE"
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    after = curves(block)
    assert {path: stored(after[path]) for path in untouched} == untouched
    jaw_after = _points(after[path_of("jawOpen")])
    for name, values in columns.items():
        assert [point[name] for point in jaw_after if not 100 <= point["frame"] < 136] == values
    assert [point["frame"] for point in jaw_after if 100 <= point["frame"] < 136] == list(range(100, 136))


def test_the_panel_counts_what_will_be_replaced(face: Any, panel: Any) -> None:
    from blender_addon import destination
    from blender_addon.character import character_of
    from blender_addon.keys import Span

    jaw = face.data.shape_keys.key_blocks["jawOpen"]
    for frame in (1, 5, 9, 90):
        jaw.keyframe_insert("value", frame=frame)
    owners = character_of([face]).owners
    assert destination.replaced_keys(owners, "ACTIVE", Span(5, 30)) == 2
    assert destination.replaced_keys(owners, "ACTIVE", Span(10, 89)) == 0
    assert destination.replaced_keys(owners, "NEW", Span(5, 30)) == 0


def test_one_press_is_one_step_of_undo_and_redo(face: Any, panel: Any) -> None:
    name = face.name
    bpy.ops.ed.undo_push(message="before")
    before = state()
    assert bpy.ops.koemorph.animate("EXEC_DEFAULT", True) == {"FINISHED"}
    after = state()
    assert after != before
    bpy.ops.ed.undo()
    assert state() == before
    bpy.ops.ed.redo()
    assert state() == after
    assert bpy.data.objects[name].data.shape_keys.animation_data.action is not None


def test_sliders_reach_as_far_as_the_keys(face: Any, panel: Any, expected: Any) -> None:
    settings = {"clamp": False, "shape_edits": "jawOpen x2 +1.5; browInnerUp -0.5"}
    for name, value in settings.items():
        setattr(panel.settings, name, value)
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    take = expected("24", Settings().with_values(**settings))
    blocks = face.data.shape_keys.key_blocks
    assert take.curve("jawOpen").max() > 1.4 and take.curve("browInnerUp").min() < -0.1
    shown = pose(face, 10)
    for name in ("jawOpen", "browInnerUp"):
        assert blocks[name].slider_min <= take.curve(name).min() + 1e-5
        assert blocks[name].slider_max >= take.curve(name).max() - 1e-5
        assert shown[name] == pytest.approx(float(take.curve(name)[9]), abs=1e-4)


def test_a_long_line_is_keyed_in_bulk(face: Any, panel: Any, some_take: Any) -> None:
    """52 curves of 3600 keys; keyframe_insert would take minutes."""
    from blender_addon.key_line import key

    placed = request_of(bpy.context)
    take = some_take(3600, "24")
    began = time.perf_counter()
    report = key(placed, take)
    assert time.perf_counter() - began < 5.0
    assert report.key_count == 52 * 3600
    curve = curves(face.data.shape_keys)[path_of("jawOpen")]
    assert [curve.evaluate(1 + n) for n in (0, 1799, 3599)] == pytest.approx(
        [float(take.curve("jawOpen")[n]) for n in (0, 1799, 3599)], abs=1e-6
    )


def test_scripts_get_the_report(face: Any, panel: Any) -> None:
    report = run(request_of(bpy.context))
    assert report.line.span.first == 1 and report.key_count == 52 * 36
    assert compat.curves_of(face.data.shape_keys) is not None


def _points(curve: Any) -> list[dict[str, Any]]:
    return [
        {
            "frame": point.co[0],
            "co": tuple(point.co),
            "handle_left": tuple(point.handle_left),
            "handle_right": tuple(point.handle_right),
            "interpolation": point.interpolation,
            "back": point.back,
            "handle_left_type": point.handle_left_type,
        }
        for point in curve.keyframe_points
    ]
