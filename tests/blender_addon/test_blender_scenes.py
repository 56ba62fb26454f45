"""Characters, NLA strips, linked files, strips of the sequencer: what real scenes do."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from blender_addon import compat
from blender_addon.key_line import key, request_of, start
from blender_addon.line import lines_of
from blender_addon.process import worker
from blender_addon.source import from_strip

from koemorph import arkit
from koemorph.errors import Cancelled, KoeMorphError
from koemorph.formats import read_take, write_take
from koemorph.runtime.take_request import TakeRequest
from koemorph.settings import Settings
from tests.blender_addon.reading import choose, curves, path_of, pose, state, stored


def jaw(one: Any) -> Any:
    return curves(one.data.shape_keys)[path_of("jawOpen")]


def second_face() -> Any:
    bpy.ops.koemorph.add_sample_face()
    return bpy.context.object


def test_two_characters_keep_apart(face: Any, panel: Any, expected: Any) -> None:
    choose(face)
    bpy.ops.koemorph.animate()
    mine = stored(jaw(face))
    other = second_face()
    panel.settings.seed, panel.settings.face_strength, panel.start_frame = 7, 0.5, 11
    bpy.ops.koemorph.animate()
    assert stored(jaw(face)) == mine
    assert jaw(other).keyframe_points[0].co[0] == 11
    one, two = (each.data.shape_keys.animation_data.action for each in (face, other))
    assert one != two and lines_of(one)[0].first == 1 and lines_of(two)[0].first == 11


@pytest.mark.skipif(not compat.SLOTTED, reason="Actions of this Blender have no slots")
def test_two_characters_in_one_action_have_slots_of_their_own(face: Any, panel: Any) -> None:
    choose(face)
    bpy.ops.koemorph.animate()
    action = face.data.shape_keys.animation_data.action
    mine = stored(jaw(face))
    other = second_face()
    data = other.data.shape_keys.animation_data_create()
    data.action = action
    data.action_slot = compat.new_slot(action, other.data.shape_keys)
    panel.where, panel.start_frame = "ACTIVE", 21
    bpy.ops.koemorph.animate()
    assert data.action == action and jaw(other).keyframe_points[0].co[0] == 21
    assert stored(jaw(face)) == mine and len(action.slots) == 2
    assert {line.first for line in lines_of(action)} == {1.0, 21.0}
    choose(face)
    panel.where, panel.settings.face_strength = "NEW", 0.3
    theirs = stored(jaw(other))
    bpy.ops.koemorph.update()
    assert stored(jaw(face)) != mine and stored(jaw(other)) == theirs


def test_an_action_that_moves_somebody_else_is_not_touched(face: Any, panel: Any) -> None:
    choose(face)
    bpy.ops.koemorph.animate()
    block, other = face.data.shape_keys, second_face().data.shape_keys
    data = other.animation_data_create()
    data.action = block.animation_data.action
    if compat.SLOTTED:
        data.action_slot = block.animation_data.action_slot
    choose(face)
    panel.where = "ACTIVE"
    before = state()
    with pytest.raises(RuntimeError, match="also moves"):
        bpy.ops.koemorph.animate()
    assert state() == before


def test_face_and_teeth_are_keyed_together(face: Any, panel: Any, expected: Any) -> None:
    mesh = bpy.data.meshes.new("Teeth")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    teeth = bpy.data.objects.new("Teeth", mesh)
    bpy.context.collection.objects.link(teeth)
    for name in ("Basis", "jawOpen", "tongueOut"):
        teeth.shape_key_add(name=name).value = 0.0
    choose(face, teeth)
    panel.scope = "SELECTED"
    bpy.ops.koemorph.animate()
    take = expected("24")
    assert set(curves(mesh.shape_keys)) == {path_of("jawOpen"), path_of("tongueOut")}
    assert len(curves(face.data.shape_keys)) == 52
    assert (
        pose(teeth, 9)["jawOpen"]
        == pose(face, 9)["jawOpen"]
        == pytest.approx(float(take.curve("jawOpen")[8]), abs=1e-4)
    )


def test_the_previous_action_is_not_lost(face: Any, panel: Any) -> None:
    face.data.shape_keys.key_blocks["jawOpen"].keyframe_insert("value", frame=4)
    previous = face.data.shape_keys.animation_data.action
    bpy.ops.koemorph.animate()
    assert face.data.shape_keys.animation_data.action != previous
    assert previous.use_fake_user and previous.users > 0


def test_an_nla_strip_plays_and_does_not_leak(face: Any, panel: Any, expected: Any) -> None:
    block = face.data.shape_keys
    block.key_blocks["jawOpen"].value = 0.77
    block.key_blocks["jawOpen"].keyframe_insert("value", frame=1)
    panel.where, panel.start_frame = "NLA", 31
    take = expected("24")
    for _ in range(2):
        bpy.ops.koemorph.animate()
    for frame in (31, 40, 30 + take.frame_count):
        assert pose(face, frame)["jawOpen"] == pytest.approx(float(take.curve("jawOpen")[frame - 31]), abs=1e-4)
    for frame in (1, 30, 80):
        shown = pose(face, frame)
        assert shown.pop("jawOpen") == pytest.approx(0.77, abs=1e-4)
        assert set(shown.values()) == {0.0}
    tracks = block.animation_data.nla_tracks
    assert [strip.name for track in tracks for strip in track.strips if track.name == "KoeMorph"] == ["line"] or len(
        [strip for track in tracks for strip in track.strips if track.name == "KoeMorph"]
    ) == 1


def strips_of(one: Any) -> list[Any]:
    """Those that play lines."""
    tracks = one.data.shape_keys.animation_data.nla_tracks
    return [strip for track in tracks for strip in track.strips if lines_of(strip.action)]


def test_updating_an_nla_line_keeps_its_strip(face: Any, panel: Any, expected: Any) -> None:
    panel.where = "NLA"
    bpy.ops.koemorph.animate()
    (strip,) = strips_of(face)
    strip.frame_start_ui = 51
    panel.settings.face_strength = 0.4
    bpy.context.scene.frame_set(60)
    bpy.ops.koemorph.update()
    strips = strips_of(face)
    assert len(strips) == 1 and strips[0].frame_start == 51
    take = expected("24", Settings(face_strength=0.4))
    assert pose(face, 60)["jawOpen"] == pytest.approx(float(take.curve("jawOpen")[9]), abs=1e-4)


def test_an_update_replaces_the_line_and_nothing_else(face: Any, panel: Any, expected: Any) -> None:
    shape = face.data.shape_keys.key_blocks["jawOpen"]
    for frame in (1, 20, 300):
        shape.keyframe_insert("value", frame=frame)
    panel.where, panel.start_frame = "ACTIVE", 101
    bpy.ops.koemorph.animate()
    panel.settings.face_strength = 0.5
    bpy.ops.koemorph.update()
    take = expected("24", Settings(face_strength=0.5))
    frames = [point.co[0] for point in jaw(face).keyframe_points]
    assert frames == [1, 20, *range(101, 101 + take.frame_count), 300]
    assert jaw(face).evaluate(109) == pytest.approx(float(take.curve("jawOpen")[8]), abs=1e-4)
    (line,) = lines_of(face.data.shape_keys.animation_data.action)
    assert line.settings["face_strength"] == 0.5
    panel.settings.face_strength = 1.5
    bpy.ops.koemorph.load_settings()
    assert panel.settings.face_strength == 0.5


def test_a_line_is_recorded_anew_in_its_place(
    face: Any, panel: Any, recording: Path, engine: Any, tmp_path: Path
) -> None:
    import soundfile

    samples, rate = soundfile.read(recording)
    shorter = tmp_path / "retake.wav"
    soundfile.write(shorter, samples[: rate // 2][::-1], rate)
    panel.start_frame = 11
    bpy.ops.koemorph.animate()
    bpy.ops.koemorph.update(recording=str(shorter))
    frames = [point.co[0] for point in jaw(face).keyframe_points]
    assert frames == list(range(11, 23))


def test_bones_and_properties_can_be_targets(face: Any, panel: Any, expected: Any) -> None:
    rig_data = bpy.data.armatures.new("Rig")
    rig = bpy.data.objects.new("Rig", rig_data)
    bpy.context.collection.objects.link(rig)
    choose(rig)
    bpy.ops.object.mode_set(mode="EDIT")
    bone = rig_data.edit_bones.new("jaw")
    bone.tail = (0, 1, 0)
    bpy.ops.object.mode_set(mode="OBJECT")
    rig.pose.bones["jaw"].rotation_mode = "XYZ"
    rig["smile"] = 0.0
    for source, target, gain in (
        ("jawOpen", 'pose.bones["jaw"].rotation_euler[0]', 0.4),
        ("mouthSmileLeft", '["smile"]', 0.5),
        ("mouthSmileRight", '["smile"]', 0.5),
    ):
        row = rig.koemorph.rows.add()
        row.source, row.target, row.gain = source, target, gain
    bpy.ops.koemorph.animate()
    take = expected("24")
    drawn = curves(rig)
    assert set(drawn) == {'pose.bones["jaw"].rotation_euler', '["smile"]'}
    bpy.context.scene.frame_set(9)
    assert rig.pose.bones["jaw"].rotation_euler[0] == pytest.approx(0.4 * take.curve("jawOpen")[8], abs=1e-4)
    both = (take.curve("mouthSmileLeft")[8] + take.curve("mouthSmileRight")[8]) / 2
    assert rig["smile"] == pytest.approx(float(both), abs=1e-4)


def test_a_mapping_is_edited_saved_and_loaded(face: Any, panel: Any, expected: Any, tmp_path: Path) -> None:
    face.data.shape_keys.key_blocks["jawOpen"].name = "MyJaw"
    bpy.ops.koemorph.mapping_match()
    rows = face.koemorph.rows
    assert len(rows) == 51
    bpy.ops.koemorph.mapping_add()
    rows[-1].source, rows[-1].target, rows[-1].gain = "jawOpen", "MyJaw", 0.5
    path = tmp_path / "mine.json"
    bpy.ops.koemorph.mapping_save(filepath=str(path))
    bpy.ops.koemorph.mapping_clear()
    bpy.ops.koemorph.mapping_load(filepath=str(path))
    bpy.ops.koemorph.animate()
    take = expected("24")
    curve = curves(face.data.shape_keys)[path_of("MyJaw")]
    assert curve.evaluate(9) == pytest.approx(0.5 * float(take.curve("jawOpen")[8]), abs=1e-4)


def test_cancelled_work_changes_nothing(face: Any, panel: Any) -> None:
    before = state()
    rendering = start(request_of(bpy.context))
    rendering.cancel()
    with pytest.raises(Cancelled):
        _finish(rendering)
    assert state() == before
    assert bpy.ops.koemorph.animate() == {"FINISHED"}


def test_a_killed_worker_is_replaced_without_a_word(face: Any, panel: Any) -> None:
    import os
    import signal

    panel.channel = "LEFT"
    before = state()
    placed = request_of(bpy.context)
    rendering = start(placed)
    os.kill(worker.pid, signal.SIGKILL)
    _finish(rendering)
    assert state() == before
    assert bpy.ops.koemorph.animate() == {"FINISHED"}


def test_a_character_that_is_gone_meanwhile_is_an_error(face: Any, panel: Any, expected: Any) -> None:
    placed = request_of(bpy.context)
    bpy.data.objects.remove(face)
    with pytest.raises(KoeMorphError, match="deleted or renamed"):
        key(placed, expected("24"))


def _finish(rendering: TakeRequest) -> None:
    for _ in range(500):
        if rendering.advance(0.1):
            return
    raise AssertionError("the worker did not answer")


def test_saved_and_loaded_it_is_the_same(face: Any, panel: Any, tmp_path: Path) -> None:
    bpy.ops.koemorph.animate()
    panel.where = "NLA"
    bpy.ops.koemorph.animate()
    before, shown = state(), pose(face, 9)
    name, path = face.name, tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert state() == before
    assert pose(bpy.data.objects[name], 9) == shown
    choose(bpy.data.objects[name])
    assert bpy.ops.koemorph.update() == {"FINISHED"}


def test_linked_characters_are_refused_and_overrides_keyed(
    face: Any, panel: Any, recording: Path, tmp_path: Path
) -> None:
    name, library = face.name, tmp_path / "character.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(library))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(library), link=True) as (_, here):
        here.objects = [name]
    linked = here.objects[0]
    bpy.context.collection.objects.link(linked)
    choose(linked)
    bpy.context.scene.koemorph.audio = str(recording)
    before = state()
    with pytest.raises(RuntimeError, match=r"linked from character\.blend"):
        bpy.ops.koemorph.animate()
    assert state() == before
    override = linked.override_hierarchy_create(bpy.context.scene, bpy.context.view_layer)
    assert override.library is None
    choose(override)
    with pytest.raises(RuntimeError, match="The mesh of"):
        bpy.ops.koemorph.animate()
    override.data.override_create(remap_local_usages=True)
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    scene = tmp_path / "shot.blend"
    shown = pose(override, 9)
    assert shown["jawOpen"] != pose(override, 1)["jawOpen"]
    bpy.ops.wm.save_as_mainfile(filepath=str(scene))
    bpy.ops.wm.open_mainfile(filepath=str(scene))
    again = next(one for one in bpy.data.objects if one.library is None and one.type == "MESH")
    assert pose(again, 9) == pytest.approx(shown, abs=1e-4)


def test_a_performance_is_imported_and_exported(face: Any, panel: Any, expected: Any, tmp_path: Path) -> None:
    take = expected("30")
    scene = bpy.context.scene
    scene.render.fps = 30
    for suffix in (".csv", ".take"):
        path = tmp_path / f"in{suffix}"
        write_take(take, path)
        panel.start_frame = 1
        assert bpy.ops.koemorph.import_take(filepath=str(path)) == {"FINISHED"}
        scene.frame_start, scene.frame_end = 1, take.frame_count
        out = tmp_path / f"out{suffix}"
        assert bpy.ops.koemorph.export_take(filepath=str(out)) == {"FINISHED"}
        again = read_take(out)
        assert again.rate == take.rate
        for name in arkit.SHAPES:
            np.testing.assert_allclose(again.curve(name), take.curve(name), atol=1e-4)


def test_a_strip_is_heard_where_it_lies(face: Any, panel: Any, recording: Path, engine: Any) -> None:
    from koemorph.audio import open_clip
    from koemorph.timing import FrameRate

    scene = bpy.context.scene
    try:
        strip = compat.new_sound_strip(scene, "Line 1", str(recording), 1, 41)
    except (RuntimeError, AttributeError) as err:
        pytest.skip(f"this Blender has no sound: {err}")
    if strip.frame_final_duration < 30:
        pytest.skip("this Blender cannot open sound")
    strip.frame_offset_start, strip.frame_offset_end = 6, 5
    source = from_strip(strip, scene)
    assert source.first_frame == 47 and source.recording.begin == Fraction(6, 24)
    assert source.recording.end - source.recording.begin == Fraction(int(strip.frame_final_duration), 24)
    panel.source, panel.strip = "STRIP", strip.name
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    with open_clip(recording, start=source.recording.begin, end=source.recording.end) as clip:
        take = engine.animate(clip, Settings(), FrameRate.parse(24))
    read = [jaw(face).evaluate(47 + n) for n in range(take.frame_count)]
    np.testing.assert_allclose(read, take.curve("jawOpen"), atol=1e-4)
    strip.frame_start += 100
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    assert [point.co[0] for point in jaw(face).keyframe_points] == list(range(147, 147 + take.frame_count))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda panel: setattr(panel, "audio", "//nowhere.wav"), "is not a file"),
        (lambda panel: setattr(panel, "naming", "Nonsense"), "no preset called"),
        (lambda panel: setattr(panel.settings, "mood_keys", "joy joy"), "."),
        (lambda panel: bpy.context.object.shape_key_clear(), "has no shape keys"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(face: Any, panel: Any, change: Any, sentence: str) -> None:
    change(panel)
    before = state()
    with pytest.raises(RuntimeError, match=sentence) as told:
        bpy.ops.koemorph.animate()
    assert "Traceback" not in str(told.value)
    assert state() == before


def test_of_two_strips_the_one_on_top_is_updated(face: Any, panel: Any, recording: Path) -> None:
    """And the lower one where the upper is muted: always the line that one sees."""
    from blender_addon.retake import current_line

    block = face.data.shape_keys
    panel.where = "NLA"
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    below = block.animation_data.nla_tracks[-1].strips[0]
    panel.start_frame = 2
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    track = block.animation_data.nla_tracks[-1]
    above = track.strips[0]
    assert above.action != below.action
    bpy.context.scene.frame_set(10)
    assert current_line(bpy.context).strip == above
    before = [stored(curve) for bag in compat.all_bags(below.action) for curve in bag.fcurves]
    panel.settings.jaw_strength = 0.3
    assert bpy.ops.koemorph.update() == {"FINISHED"}
    assert [stored(curve) for bag in compat.all_bags(below.action) for curve in bag.fcurves] == before
    track.mute = True
    assert current_line(bpy.context).strip == below
    track.mute, block.animation_data.nla_tracks[0].is_solo = False, True
    assert current_line(bpy.context).strip == below
