# SPDX-License-Identifier: GPL-3.0-or-later
"""What is listened to: a file, a sound strip of the sequencer, or a Speaker; and where in the scene it is heard."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy

from koemorph.errors import AudioError
from koemorph.recording import PlacedRecording, Recording, audible, exact
from koemorph.timing import FrameRate

from . import compat


@dataclass(frozen=True)
class Source(PlacedRecording):
    """A recording of the scene, and where it was found."""

    kind: str = "FILE"
    """FILE, STRIP or SPEAKER: where the rest can be found again."""
    holder: str = ""
    """The name of the strip or Speaker."""


def scene_rate(scene: Any) -> FrameRate:
    """Exact: 30 / 1.001 is 30000/1001."""
    render = scene.render
    return FrameRate.parse(Fraction(render.fps) / Fraction(render.fps_base))


def chosen_source(context: Any) -> Source:
    """The one that the panel asks for, or an error that says what is missing."""
    panel = context.scene.koemorph
    channel = "" if panel.channel == "MIX" else panel.channel.lower()
    if panel.source == "STRIP":
        return from_strip(found_strip(context, panel.strip), context.scene, channel)
    if panel.source == "SPEAKER":
        return from_speaker(panel.speaker or context.object, channel)
    return from_file(panel.audio, panel.start_frame, channel)


def from_file(text: str, start_frame: int, channel: str = "") -> Source:
    if not text:
        raise AudioError("No recording is chosen; pick a sound file.")
    path = Path(bpy.path.abspath(text))
    if not path.is_file():
        raise AudioError(f"{path} is not a file; pick a sound file.")
    return Source(Recording(path, channel=channel), Fraction(start_frame))


def found_strip(context: Any, name: str) -> Any:
    """The strip of that name, or the sequencer's active one where no name is given."""
    scene = compat.sequencer_scene(context)
    strip = next((one for one in compat.strips(scene) if one.name == name), None)
    if name and strip is None:
        raise AudioError(f"The sequencer has no strip called {name}; choose another one.")
    strip = strip or compat.active_strip(scene)
    if strip is None or strip.type != "SOUND" or strip.sound is None:
        raise AudioError("No sound strip is chosen; pick one, or make one active in the sequencer.")
    return strip


def from_strip(strip: Any, scene: Any, channel: str = "") -> Source:
    """The part of the strip that is heard: its handles, trims and offset in seconds are respected."""
    if abs(getattr(strip, "speed_factor", 1.0) - 1.0) > 1e-6 or len(getattr(strip, "retiming_keys", ())) > 0:
        raise AudioError(f"The strip {strip.name} is retimed; animate the recording from its file instead.")
    rate, time = scene_rate(scene), compat.strip_time(strip)
    trimmed = rate.seconds(exact(time.trimmed)) + exact(getattr(strip, "sound_offset", 0.0))
    begin = rate.seconds(exact(time.heard) - exact(time.content)) + trimmed
    end = begin + rate.seconds(exact(time.duration)) if time.shortened else None
    first, begin_heard = audible(exact(time.heard), begin, rate)
    heard = Recording(sound_file(strip.sound), begin=begin_heard, end=end, channel=channel)
    return Source(heard, first, "STRIP", strip.name)


def from_speaker(speaker: Any, channel: str = "") -> Source:
    """A Speaker sounds where the first strip of its NLA tracks stands, or at frame 1 without any."""
    if speaker is None or speaker.type != "SPEAKER":
        raise AudioError("No Speaker is chosen; pick one.")
    if speaker.data.sound is None:
        raise AudioError(f"The Speaker {speaker.name} has no sound; give it one.")
    tracks = speaker.animation_data.nla_tracks if speaker.animation_data else ()
    starts = [exact(strip.frame_start) for track in tracks for strip in track.strips if strip.type == "SOUND"]
    first = min(starts, default=Fraction(1))
    heard = Recording(sound_file(speaker.data.sound), channel=channel)
    return Source(heard, first, "SPEAKER", speaker.name)


def sound_file(sound: Any) -> Path:
    """The sound's file; a packed one is laid beside Blender's other temporary files."""
    path = Path(bpy.path.abspath(sound.filepath, library=sound.library))
    if sound.packed_file is not None:
        unpacked = Path(bpy.app.tempdir) / f"koemorph-{sound.name}{path.suffix}"
        data = sound.packed_file.data
        if not unpacked.is_file() or unpacked.stat().st_size != len(data):
            unpacked.write_bytes(data)
        return unpacked
    if not path.is_file():
        raise AudioError(f"The sound {sound.name} is not at {path}; find it with File > External Data.")
    return path
