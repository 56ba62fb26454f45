"""The list of a character's lines: mute, solo, move, update and remove, each with a mood where it was given one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest
from blender_addon import compat
from blender_addon.line import PROPERTY, lines_of
from blender_addon.line_list import lines_of_objects, name_of

from tests.blender_addon.reading import curves, path_of, pose, stored


@pytest.fixture
def two(face: Any, panel: Any) -> Any:
    """Two lines in strips of the NLA, the second with a mood."""
    panel.where = "NLA"
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    panel.start_frame, panel.settings.mood = 60, "joy"
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    return face


def listed(face: Any) -> list[Any]:
    return lines_of_objects([face])


def test_lines_are_listed_in_order_with_their_frames_and_moods(two: Any) -> None:
    assert [(one.span.first, one.span.last, one.about) for one in listed(two)] == [(1, 36, ""), (60, 95, "joy")]


@pytest.mark.parametrize("strange", ["[" * 100_000, "[1e999]", "5", 5, '[5, {"x": 1}, {"channels": 3}, []]'])
def test_lines_of_a_strangers_file_are_left_out(strange: Any) -> None:
    action = bpy.data.actions.new("strange")
    action[PROPERTY] = strange
    assert lines_of(action) == ()


def test_mute_and_solo(two: Any) -> None:
    first, _ = listed(two)
    assert bpy.ops.koemorph.line_mute(line=name_of(first.line)) == {"FINISHED"}
    assert [one.muted for one in listed(two)] == [True, False]
    assert bpy.ops.koemorph.line_solo(line=name_of(first.line)) == {"FINISHED"}
    assert [one.muted for one in listed(two)] == [False, True]
    assert bpy.ops.koemorph.line_solo(line=name_of(first.line)) == {"FINISHED"}
    assert [one.muted for one in listed(two)] == [False, False]


def test_a_line_moves_with_its_sound_and_its_changes(two: Any) -> None:
    action = listed(two)[1].places[0][1].action
    jaw = next(
        curve for bag in compat.all_bags(action) for curve in bag.fcurves if curve.data_path == path_of("jawOpen")
    )
    jaw.keyframe_points[5].co[1] = 0.77
    assert bpy.ops.koemorph.line_move(line=name_of(listed(two)[1].line), by=20) == {"FINISHED"}
    moved = listed(two)[1]
    assert (moved.span.first, moved.strips[0].frame_start, jaw.keyframe_points[0].co[0]) == (80, 80, 80)
    assert jaw.keyframe_points[5].co[1] == pytest.approx(0.77)
    if sounds := [strip for strip in compat.strips(bpy.context.scene) if strip.type == "SOUND"]:
        assert {compat.strip_time(strip).heard for strip in sounds} == {1, 80}


def test_a_line_of_the_list_is_made_again_wherever_the_current_frame_is(two: Any, panel: Any) -> None:
    bpy.context.scene.frame_set(70)
    before = [one.line for one in listed(two)]
    assert bpy.ops.koemorph.update(line=name_of(before[0])) == {"FINISHED"}
    after = [one.line for one in listed(two)]
    assert after[0].settings["mood"] == "joy" and after[0].key != before[0].key and after[1] == before[1]


def test_a_line_that_moves_past_another_leaves_it_alone(two: Any) -> None:
    first, second = listed(two)
    for by, spans in ((100, [(60, 95), (101, 136)]), (-30, [(60, 95), (71, 106)])):
        assert bpy.ops.koemorph.line_move(line=name_of(first.line), by=by) == {"FINISHED"}
        assert [(one.span.first, one.span.last) for one in listed(two)] == spans
    assert [one.strips[0].frame_start for one in listed(two)] == [60, 71]
    assert listed(two)[0].line == second.line


def test_lines_of_one_action_are_muted_one_by_one(face: Any, panel: Any) -> None:
    panel.where = "ACTIVE"
    for panel.start_frame in (1, 60):
        assert bpy.ops.koemorph.animate() == {"FINISHED"}
    block = face.data.shape_keys
    jaw = curves(block)[path_of("jawOpen")]
    for frame, value in ((44, 0.0), (48, 0.7), (52, 0.0)):
        jaw.keyframe_points.insert(frame, value)
    before = {frame: pose(face, frame)["jawOpen"] for frame in (5, 20, 46, 48, 70, 80)}
    assert max(before[5], before[20]) > 0.01
    first, second = listed(face)
    action = block.animation_data.action
    kept = [stored(curve) for bag in compat.all_bags(action) for curve in bag.fcurves]
    assert bpy.ops.koemorph.line_mute(line=name_of(first.line)) == {"FINISHED"}
    assert [one.muted for one in listed(face)] == [True, False]
    muted = {frame: pose(face, frame)["jawOpen"] for frame in before}
    assert muted == pytest.approx({**before, 5: 0.0, 20: 0.0})
    assert bpy.ops.koemorph.line_solo(line=name_of(first.line)) == {"FINISHED"}
    assert [one.muted for one in listed(face)] == [False, True]
    assert bpy.ops.koemorph.line_solo(line=name_of(first.line)) == {"FINISHED"}
    assert {frame: pose(face, frame)["jawOpen"] for frame in before} == pytest.approx(before)
    assert [stored(curve) for bag in compat.all_bags(action) for curve in bag.fcurves] == kept
    bpy.context.scene.frame_set(70)
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    assert [one.span for one in listed(face)] == [first.span, second.span]


def test_a_removed_line_leaves_the_others(two: Any) -> None:
    first, second = listed(two)
    kept = second.places[0][1].action
    before = [stored(curve) for bag in compat.all_bags(kept) for curve in bag.fcurves]
    assert bpy.ops.koemorph.line_remove(line=name_of(first.line)) == {"FINISHED"}
    assert [one.line for one in listed(two)] == [second.line]
    assert [stored(curve) for bag in compat.all_bags(kept) for curve in bag.fcurves] == before
    with pytest.raises(RuntimeError, match="no longer there"):
        bpy.ops.koemorph.line_remove(line=name_of(first.line))


def test_of_an_action_the_lines_keys_go_and_others_stay(face: Any, panel: Any) -> None:
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    block = face.data.shape_keys
    curves(block)[path_of("jawOpen")].keyframe_points.insert(200, 0.5)
    assert bpy.ops.koemorph.line_remove(line=name_of(listed(face)[0].line)) == {"FINISHED"}
    left = curves(block)
    assert [point.co[0] for point in left[path_of("jawOpen")].keyframe_points] == [200] and len(left) == 1


def test_a_line_that_follows_a_strip_is_not_moved_away_from_it(face: Any, panel: Any, recording: Path) -> None:
    pytest.importorskip("aud", reason="this bpy has no sound strips")
    compat.new_sound_strip(bpy.context.scene, "line", str(recording), 1, 5)
    panel.source, panel.strip = "STRIP", "line"
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    with pytest.raises(RuntimeError, match="follows line; move that"):
        bpy.ops.koemorph.line_move(line=name_of(listed(face)[0].line), by=3)
