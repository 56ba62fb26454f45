# SPDX-License-Identifier: GPL-3.0-or-later
"""What is listened to: a file, a sound strip of the sequencer, or a Speaker; and where in the scene it is heard."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy

from koemorph.errors import AudioError
from koemorph.timing import FrameRate

from . import compat


@dataclass(frozen=True)
class Source:
    """A stretch of a recording, and the scene's frame at which its first sample is heard."""

    kind: str
    """FILE, STRIP or SPEAKER: where the rest was found, and can be found again."""
    holder: str
    """The name of the strip or Speaker."""
    path: Path
    first_frame: Fraction
    begin: Fraction | None = None
    """Seconds into the file; None is its beginning."""
    end: Fraction | None = None
    channel: str | None = None

    @property
    def name(self) -> str:
        """What an Action made from it is called."""
        return self.path.stem

    def frame_of(self, seconds: Fraction, rate: FrameRate) -> Fraction:
        """The scene's frame for a moment of the recording."""
        return self.first_frame + rate.position(seconds - (self.begin or Fraction(0)))


def scene_rate(scene: Any) -> FrameRate:
    """Exact: 30 / 1.001 is 30000/1001."""
    render = scene.render
    return FrameRate.parse(Fraction(render.fps) / Fraction(render.fps_base))


def chosen_source(context: Any) -> Source:
    """The one that the panel asks for, or an error that says what is missing."""
    panel = context.scene.koemorph
    channel = None if panel.channel == "MIX" else panel.channel.lower()
    if panel.source == "STRIP":
        return from_strip(found_strip(context, panel.strip), context.scene, channel)
    if panel.source == "SPEAKER":
        return from_speaker(panel.speaker or context.object, channel)
    return from_file(panel.audio, panel.start_frame, channel)


def from_file(text: str, start_frame: int, channel: str | None = None) -> Source:
    if not text:
        raise AudioError("No recording is chosen; pick a sound file.")
    path = Path(bpy.path.abspath(text))
    if not path.is_file():
        raise AudioError(f"{path} is not a file; pick a sound file.")
    return Source("FILE", "", path, Fraction(start_frame), channel=channel)


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


def from_strip(strip: Any, scene: Any, channel: str | None = None) -> Source:
    """The part of the strip that is heard: its handles, trims and offset in seconds are respected."""
    if abs(getattr(strip, "speed_factor", 1.0) - 1.0) > 1e-6 or len(getattr(strip, "retiming_keys", ())) > 0:
        raise AudioError(f"The strip {strip.name} is retimed; animate the recording from its file instead.")
    fps = scene_rate(scene).fps
    time = compat.strip_time(strip)
    heard = _exact(time.heard)
    trimmed = _exact(time.trimmed) / fps + _exact(getattr(strip, "sound_offset", 0.0))
    begin = (heard - _exact(time.content)) / fps + trimmed
    end = begin + _exact(time.duration) / fps if time.shortened else None
    if begin < 0:
        heard, begin = heard - begin * fps, Fraction(0)
    return Source("STRIP", strip.name, sound_file(strip.sound), heard, begin or None, end, channel)


def from_speaker(speaker: Any, channel: str | None = None) -> Source:
    """A Speaker sounds where the first strip of its NLA tracks stands, or at frame 1 without any."""
    if speaker is None or speaker.type != "SPEAKER":
        raise AudioError("No Speaker is chosen; pick one.")
    if speaker.data.sound is None:
        raise AudioError(f"The Speaker {speaker.name} has no sound; give it one.")
    tracks = speaker.animation_data.nla_tracks if speaker.animation_data else ()
    starts = [_exact(strip.frame_start) for track in tracks for strip in track.strips if strip.type == "SOUND"]
    return Source(
        "SPEAKER", speaker.name, sound_file(speaker.data.sound), min(starts, default=Fraction(1)), None, None, channel
    )


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


def _exact(value: float) -> Fraction:
    """What a person typed: 0.1 is a tenth."""
    return Fraction(str(round(float(value), 6)))
