"""Strips and Speakers that move, and lines that follow them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from blender_addon import compat
from blender_addon.following import follower
from blender_addon.line import lines_of
from blender_addon.source import from_speaker, from_strip

from koemorph.audio import open_clip
from koemorph.settings import Settings
from koemorph.timing import FrameRate
from tests.blender_addon.reading import choose, curves, path_of, pose, state, stored


@pytest.fixture
def strip(face: Any, panel: Any, recording: Path) -> Any:
    """A sound strip from frame 41 on, chosen as the line's sound."""
    try:
        made = compat.new_sound_strip(bpy.context.scene, "Line 1", str(recording), 1, 41)
    except (RuntimeError, AttributeError) as err:
        pytest.skip(f"this Blender has no sound: {err}")
    if made.frame_final_duration < 30:
        pytest.skip("this Blender cannot open sound")
    panel.source, panel.strip = "STRIP", made.name
    yield made
    follower.stop()


def jaw(one: Any) -> Any:
    return curves(one.data.shape_keys)[path_of("jawOpen")]


def heard(engine: Any, recording: Path, source: Any, settings: Settings | None = None) -> Any:
    with open_clip(recording, start=source.recording.begin, end=source.recording.end) as clip:
        return engine.animate(clip, settings or Settings(), FrameRate.parse(24))


def frames_of(one: Any) -> list[float]:
    return [point.co[0] for point in jaw(one).keyframe_points]


def look() -> None:
    """Twice, as the timer does, and until a line that is made again is there."""
    for _ in range(200):
        follower.tick(0.05)
        follower.tick(0.05)
        if follower._lines is None:
            return
    raise AssertionError("the line was not made again")


def test_keys_follow_their_strip_as_they_are(face: Any, panel: Any, strip: Any) -> None:
    """Also those that a person has changed; what is elsewhere stays, and one step of undo takes it back."""
    bpy.ops.koemorph.animate()
    curve = jaw(face)
    point = curve.keyframe_points[5]
    point.co[1] = point.handle_left[1] = point.handle_right[1] = 0.99
    point.handle_right_type = "FREE"
    face.data.shape_keys.key_blocks["jawOpen"].keyframe_insert("value", frame=3)
    before = [(key.co[0], key.co[1], tuple(key.handle_right)) for key in curve.keyframe_points][1:]
    bpy.ops.ed.undo_push(message="line")
    was, name = state(), face.name
    strip.frame_start += 100
    bpy.ops.ed.undo_push(message="moved")
    assert bpy.ops.koemorph.follow_sounds("EXEC_DEFAULT", True) == {"FINISHED"}
    assert frames_of(face) == [3, *(frame + 100 for frame, _, _ in before)]
    for key, (frame, value, handle) in zip(list(jaw(face).keyframe_points)[1:], before, strict=True):
        assert (key.co[0], key.co[1]) == (frame + 100, value)
        assert tuple(key.handle_right) == pytest.approx((handle[0] + 100, handle[1]), abs=1e-4)
    with pytest.raises(RuntimeError, match="where its sound is"):
        bpy.ops.koemorph.follow_sounds()
    bpy.ops.ed.undo()
    bpy.ops.ed.undo()
    assert state() == was and bpy.data.objects[name]


def test_a_trimmed_strip_is_heard_again_with_the_settings_of_its_line(
    face: Any, panel: Any, strip: Any, recording: Path, engine: Any
) -> None:
    panel.settings.face_strength = 0.5
    bpy.ops.koemorph.animate()
    panel.settings.face_strength = 1.5
    strip.frame_offset_start, strip.frame_offset_end = 6, 5
    source = from_strip(strip, bpy.context.scene)
    assert bpy.ops.koemorph.follow_sounds() == {"FINISHED"}
    take = heard(engine, recording, source, Settings(face_strength=0.5))
    assert frames_of(face) == list(range(47, 47 + take.frame_count))
    read = [jaw(face).evaluate(47 + number) for number in range(take.frame_count)]
    np.testing.assert_allclose(read, take.curve("jawOpen"), atol=1e-4)


def test_lines_follow_by_themselves_when_asked(face: Any, panel: Any, strip: Any, recording: Path, engine: Any) -> None:
    bpy.ops.koemorph.animate()
    count = len(frames_of(face))
    strip.frame_start += 10
    look()
    assert frames_of(face)[0] == 41
    panel.follow = True
    follower.tick()
    strip.frame_start += 10
    follower.tick()
    assert frames_of(face)[0] == 41, "it is still being dragged"
    look()
    assert frames_of(face) == list(range(61, 61 + count))
    strip.frame_offset_end = 12
    look()
    take = heard(engine, recording, from_strip(strip, bpy.context.scene))
    assert not follower.error and take.frame_count < count
    assert frames_of(face) == list(range(61, 61 + take.frame_count))


def test_two_lines_side_by_side_move_together(face: Any, panel: Any, strip: Any, recording: Path) -> None:
    """Each to where the other was; and a line in the NLA takes its strip along."""
    bpy.ops.koemorph.animate()
    count = len(frames_of(face))
    other = compat.new_sound_strip(bpy.context.scene, "Line 2", str(recording), 2, 41 + count)
    panel.strip, panel.where = other.name, "ACTIVE"
    bpy.ops.koemorph.animate()
    one = {name: value for name, value in stored(jaw(face)).items() if name != "co"}
    bpy.ops.koemorph.add_sample_face()
    third = bpy.context.object
    choose(third)
    panel.where = "NLA"
    bpy.ops.koemorph.animate()
    shown = pose(third, 45 + count)
    for moved in (strip, other):
        moved.frame_start += count
    assert bpy.ops.koemorph.follow_sounds() == {"FINISHED"}
    assert frames_of(face) == list(range(41 + count, 41 + 3 * count))
    assert {name: stored(jaw(face))[name] for name in ("type", "interpolation")} == {
        name: one[name] for name in ("type", "interpolation")
    }
    assert pose(third, 45 + 2 * count) == pytest.approx(shown, abs=1e-5)
    tracks = third.data.shape_keys.animation_data.nla_tracks
    (nla,) = [each for track in tracks for each in track.strips if lines_of(each.action)]
    assert nla.frame_start == 41 + 2 * count


def test_a_speaker_sounds_where_its_strip_stands(face: Any, panel: Any, recording: Path, engine: Any) -> None:
    bpy.context.scene.frame_set(21)
    bpy.ops.object.speaker_add()
    speaker = bpy.context.object
    choose(face)
    panel.source, panel.speaker = "SPEAKER", speaker
    with pytest.raises(RuntimeError, match="has no sound"):
        bpy.ops.koemorph.animate()
    try:
        speaker.data.sound = bpy.data.sounds.load(str(recording))
    except (RuntimeError, AttributeError) as err:
        pytest.skip(f"this Blender has no sound: {err}")
    source = from_speaker(speaker)
    (standing,) = [each for track in speaker.animation_data.nla_tracks for each in track.strips]
    assert source.first_frame == Fraction(standing.frame_start) and source.recording.path == recording
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    take = heard(engine, recording, source)
    first = int(standing.frame_start)
    read = [jaw(face).evaluate(first + number) for number in range(take.frame_count)]
    np.testing.assert_allclose(read, take.curve("jawOpen"), atol=1e-4)
    standing.frame_start_ui = first + 30
    assert bpy.ops.koemorph.follow_sounds() == {"FINISHED"}
    assert frames_of(face)[0] == first + 30


def test_a_sound_that_is_gone_leaves_its_line(face: Any, panel: Any, strip: Any) -> None:
    bpy.ops.koemorph.animate()
    before = state()
    editor = bpy.context.scene.sequence_editor
    (editor.strips if hasattr(editor, "strips") else editor.sequences).remove(strip)
    with pytest.raises(RuntimeError, match="where its sound is"):
        bpy.ops.koemorph.follow_sounds()
    assert state() == before


def test_a_packed_sound_is_heard(face: Any, panel: Any, strip: Any, recording: Path, engine: Any) -> None:
    strip.sound.pack()
    source = from_strip(strip, bpy.context.scene)
    assert source.recording.path != recording and source.recording.path.read_bytes() == recording.read_bytes()
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
