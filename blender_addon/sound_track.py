# SPDX-License-Identifier: GPL-3.0-or-later
"""A line's recording in the sequencer, so that it is heard where its keys are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from . import compat
from .line import Line, source_from_dict
from .source import Source


def lay_sound(source: Source, last: float) -> Iterator[str]:
    """Add the recording, play in time with it, and let the scene last until the line's last frame.

    A strip that plays it there already is enough. Gives what a person should know of it.
    """
    scene = compat.sequencer_scene(bpy.context)
    scene.frame_end = max(scene.frame_end, math.ceil(last))
    first = round(source.first_frame)
    strips = compat.strips(scene)
    if not any(_plays(strip, source.recording.path) and compat.strip_time(strip).content == first for strip in strips):
        try:
            strip = compat.new_sound_strip(scene, source.name, str(source.recording.path), 1, first)
        except RuntimeError as err:
            yield f"{source.recording.path.name} could not be added to the sequencer ({str(err).strip()})."
            return
        strip.channel = _free_channel(strips, strip)
    if scene.sync_mode == "NONE":
        scene.sync_mode = "AUDIO_SYNC"


def move_sound(line: Line, by: int) -> None:
    """The strip that plays a line's recording where the line was, if there is one."""
    source = source_from_dict(line.source)
    for strip in compat.strips(compat.sequencer_scene(bpy.context)):
        if _plays(strip, source.recording.path) and compat.strip_time(strip).content == round(source.first_frame):
            compat.move_strip(strip, by)


def _plays(strip: Any, path: Path) -> bool:
    return strip.type == "SOUND" and strip.sound and Path(bpy.path.abspath(strip.sound.filepath)).absolute() == path


def _free_channel(others: list[Any], strip: Any) -> int:
    """The lowest one that has nothing where the strip is."""
    time = compat.strip_time(strip)
    taken = set()
    for other in others:
        there = compat.strip_time(other)
        if there.heard < time.heard + time.duration and time.heard < there.heard + there.duration:
            taken.add(other.channel)
    return next(channel for channel in range(1, len(taken) + 2) if channel not in taken)
