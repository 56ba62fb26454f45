"""A line directed on the timeline, and parts of it made anew: nothing else changes, and hand edits stay."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from blender_addon.character import chosen_objects
from blender_addon.directing import settings_shown
from blender_addon.retake import current_line
from blender_addon.source import chosen_source

from koemorph.settings import Settings
from tests.blender_addon.reading import curves, path_of


@pytest.fixture
def keyed(face: Any, panel: Any) -> Any:
    panel.start_frame = 10
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    bpy.context.scene.frame_set(20)
    return face


def drawn(face: Any) -> dict[str, np.ndarray]:
    frames = range(10, 46)
    return {
        path: np.array([curve.evaluate(frame) for frame in frames])
        for path, curve in curves(face.data.shape_keys).items()
    }


def changed(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> list[int]:
    off = np.max([np.abs(after[path] - before[path]) for path in before], axis=0)
    return (10 + np.flatnonzero(off > 1e-5)).tolist()


def line() -> Any:
    return current_line(bpy.context).line


def test_a_part_is_made_anew_and_kept_and_dropped(keyed: Any, panel: Any) -> None:
    curve = curves(keyed.data.shape_keys)[path_of("cheekPuff")]
    curve.keyframe_points[25].co[1] = 0.6  # inside of the part to come
    curve.modifiers.new("NOISE").strength = 0.0
    edited = drawn(keyed)
    panel.part.first, panel.part.last, panel.part.seed, panel.part.mood = 20, 40, 7, "anger"
    assert bpy.ops.koemorph.retake_part() == {"FINISHED"}
    retaken = drawn(keyed)
    where = changed(edited, retaken)
    assert where and where[0] > 20 and where[-1] < 40
    assert retaken[path_of("cheekPuff")][25] >= 0.6 - 1e-4 and len(curve.modifiers) == 1
    assert line().changed == ("cheekPuff",)
    assert bpy.ops.koemorph.update() == {"FINISHED"}, "an update of the line keeps its parts"
    assert changed(retaken, drawn(keyed)) == []
    assert bpy.ops.koemorph.load_settings() == {"FINISHED"} and panel.settings.directions == ""
    assert bpy.ops.koemorph.drop_part() == {"FINISHED"}
    assert changed(edited, drawn(keyed)) == [] and line().parts == ""
    with pytest.raises(RuntimeError, match="no such part"):
        bpy.ops.koemorph.drop_part()
    panel.part.first, panel.part.last = 400, 500
    with pytest.raises(RuntimeError, match="Frames 400 to 500 are not in"):
        bpy.ops.koemorph.retake_part()


def test_sliders_alone_are_taken_for_a_part(keyed: Any, panel: Any) -> None:
    whole = drawn(keyed)
    panel.part.first, panel.part.last, panel.part.seed, panel.part.with_sliders = 12, 44, 0, True
    panel.settings.jaw_strength = 0.0
    assert bpy.ops.koemorph.retake_part() == {"FINISHED"}
    assert "jaw_strength 0" in line().parts
    assert np.abs(drawn(keyed)[path_of("jawOpen")][8:28]).max() < whole[path_of("jawOpen")][8:28].max() / 4


def test_markers_and_keyed_sliders_direct(keyed: Any, panel: Any, expected: Any) -> None:
    scene, settings = bpy.context.scene, panel.settings
    for name, frame in (("mood:joy 0.9", 1), ("Lip_Strength: 0.5", 22), ("shot:12", 22), ("mood:anger", 34)):
        scene.timeline_markers.new(name, frame=frame)
    for frame, value in ((10, 0.5), (34, 1.5)):
        settings.jaw_strength = value
        settings.keyframe_insert("jaw_strength", frame=frame)
    for curve in (one for bag in bags(scene) for one in bag.fcurves):
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    made = Settings.from_dict(line().settings)
    assert made.mood_keys == "0:00 joy 0.90; 0:01 anger 0.50"
    assert made.directions == "0 jaw_strength 0.5; 1 jaw_strength 1.5; 0.4 lip_strength 1.0; 0.6 lip_strength 0.5"
    want = expected("24", made)
    np.testing.assert_allclose(drawn(keyed)[path_of("jawOpen")], want.curve("jawOpen"), atol=1e-4)


def bags(scene: Any) -> Any:
    from blender_addon import compat

    return compat.all_bags(scene.animation_data.action)


def test_keys_on_the_mood_count_as_moods(keyed: Any, panel: Any) -> None:
    for frame, mood, much in ((10, "neutral", 0.2), (22, "joy", 0.8)):
        panel.settings.mood, panel.settings.mood_intensity = mood, much
        panel.settings.keyframe_insert("mood", frame=frame)
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    assert line().settings["mood_keys"] == "0:00 neutral; 0:00.5 joy 0.80"


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("mood:angry", "names no mood; there are neutral, joy"),
        ("mood:joy 3", "needs an intensity from 0 to 1"),
        ("jaw_strenght:2", "is jaw_strength meant"),
        ("jaw_strength:lots", "needs a number"),
        ("jaw_strength:9", "goes from 0 to 2"),
        ("KoeMorph Fase mood:joy", "directs nobody.* is KoeMorph Face meant"),
        ("mood:joy:1", "names no mood"),
    ],
)
def test_a_marker_that_directs_nothing_is_said(addon: Any, keyed: Any, marker: str, said: str) -> None:
    before = drawn(keyed)
    bpy.context.scene.timeline_markers.new(marker, frame=20)
    with pytest.raises(RuntimeError, match=said):
        bpy.ops.koemorph.update()
    assert changed(before, drawn(keyed)) == []


def test_a_marker_may_direct_one_character_alone(keyed: Any, panel: Any) -> None:
    """Called by an object, by what it hangs on, or by a collection; whatever case it is written in."""
    scene, other = bpy.context.scene, keyed.copy()
    other.data, other.name = keyed.data.copy(), "Ben"
    family, parent = bpy.data.collections.new("Family"), bpy.data.objects.new("Anna", None)
    for one, holder in ((other, family), (parent, scene.collection)):
        holder.objects.link(one)
    scene.collection.children.link(family)
    keyed.parent = parent
    told = (("anna: mood:joy 1", 10), ("mood:fear 1", 10), ("Ben jaw_strength:0.5", 12), ("dim mood:low", 14))
    for name, frame in (*told, ("Family mood:anger 1", 22)):
        scene.timeline_markers.new(name, frame=frame)
    for one, moods, directed in ((keyed, "0:00 joy 1.00", False), (other, "0:00 fear 1.00; 0:00.5 anger 1.00", True)):
        bpy.context.view_layer.objects.active = one
        made = settings_shown(bpy.context, chosen_source(bpy.context), chosen_objects(bpy.context))
        assert (made.mood_keys, "jaw_strength 0.5" in made.directions) == (moods, directed)
    scene.frame_set(30)
    for alone in (False, True, True):
        assert bpy.ops.koemorph.mark_mood(mood="anger", intensity=0.5, alone=alone) == {"FINISHED"}
    there = sorted(one.name for one in scene.timeline_markers if one.frame == 30)
    assert there == ["Ben mood:anger 0.5", "mood:anger 0.5"]


def test_mark_mood_is_a_marker(keyed: Any) -> None:
    for mood in ("joy", "anger"):
        assert bpy.ops.koemorph.mark_mood(mood=mood, intensity=0.5) == {"FINISHED"}
    assert [(one.name, one.frame) for one in bpy.context.scene.timeline_markers] == [("mood:anger 0.5", 20)]
    bpy.context.scene.koemorph.settings.keyframe_insert("seed", frame=1)
    with pytest.raises(RuntimeError, match="Seed has keys"):
        bpy.ops.koemorph.update()


def test_moments_stay_on_the_sound_when_its_beginning_is_cut(keyed: Any) -> None:
    from dataclasses import replace
    from fractions import Fraction

    from blender_addon.line import source_from_dict
    from blender_addon.parts import at_source

    told = {**line().settings, "mood_keys": "0:00 joy; 0:02 anger", "directions": "0-0.4 seed 1; 1-2 seed 7"}
    made = replace(line(), settings=told, parts="1-2 seed 7")
    source = source_from_dict(made.source)
    cut = replace(source, recording=replace(source.recording, begin=Fraction(1, 2)))
    moved = at_source(made, cut)
    assert (moved.parts, moved.settings["directions"]) == ("0.5-1.5 seed 7", "0.5-1.5 seed 7")
    assert moved.settings["mood_keys"] == "0:00 joy 1.00; 0:01.5 anger 1.00"
    assert at_source(made, source) == made
