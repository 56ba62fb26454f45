"""A line is heard where it is seen: its recording in the sequencer, playback in time, a scene that is long enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest
from blender_addon import compat

pytest.importorskip("aud", reason="this bpy has no sound strips")


def sounds() -> list[Any]:
    return [strip for strip in compat.strips(bpy.context.scene) if strip.type == "SOUND"]


def test_animate_adds_the_sound_once_and_extends_the_scene(face: Any, panel: Any, recording: Path) -> None:
    scene = bpy.context.scene
    scene.frame_end, panel.start_frame = 20, 11
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    (strip,) = sounds()
    assert compat.strip_time(strip).heard == 11
    assert Path(bpy.path.abspath(strip.sound.filepath)) == recording
    assert scene.sync_mode == "AUDIO_SYNC" and scene.frame_end == 11 + 36 - 1
    assert bpy.ops.koemorph.animate() == {"FINISHED"} and len(sounds()) == 1
    panel.start_frame = 15
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    assert {(strip.channel, compat.strip_time(strip).heard) for strip in sounds()} == {(1, 11), (2, 15)}


def test_it_can_be_switched_off(face: Any, panel: Any) -> None:
    scene = bpy.context.scene
    scene.frame_end, panel.with_sound = 20, False
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    assert not sounds() and scene.sync_mode == "NONE" and scene.frame_end == 20


def test_a_scene_that_is_long_enough_and_drops_frames_stays_so(face: Any, panel: Any) -> None:
    scene = bpy.context.scene
    scene.frame_end, scene.sync_mode = 900, "FRAME_DROP"
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    assert scene.frame_end == 900 and scene.sync_mode == "FRAME_DROP"


def test_a_recording_is_chosen_among_sounds_and_films(context: Any, recording: Path) -> None:
    known = bpy.ops.koemorph.choose_recording.get_rna_type().properties
    endings = known["filter_glob"].default.split(";")
    assert {"*.wav", "*.flac", "*.mp4"} <= set(endings)
    assert bpy.ops.koemorph.choose_recording(filepath=str(recording)) == {"FINISHED"}
    assert (bpy.context.scene.koemorph.source, bpy.context.scene.koemorph.audio) == ("FILE", str(recording))
