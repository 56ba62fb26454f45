# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a line that were made anew with other settings, and stay so whenever the line is made again."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from koemorph.directions import EASE, Direction, parse_directions, write_directions
from koemorph.errors import KoeMorphError
from koemorph.moods import MoodTrack, moods, parse_mood_keys
from koemorph.settings import Settings
from koemorph.speech.script import ENGLISH, Script
from koemorph.timing import FrameRate

from . import labels
from .line import Found, Line, source_from_dict
from .source import Source

MOODS = [(name, labels.title(name), "") for name in moods()]
AS_IT_IS = "AS_IT_IS"
_WHOLE_LINE = ("directions", "mood_keys", "emotion", "pre_roll", "post_roll")
"""Settings that a part does not take from the sliders."""


class PartProperties(PropertyGroup):
    """Which part of a line is to be made anew, and how."""

    first: IntProperty(name="From", description="The part's first frame in the scene")
    last: IntProperty(name="To", description="The part's last frame in the scene")
    seed: IntProperty(
        name="Seed", description="Another number gives other blinks, gaze and asymmetry", default=1, min=0, max=9999
    )
    mood: EnumProperty(
        name="Mood",
        description="The part's own mood",
        items=[
            (AS_IT_IS, "As It Is", "The line's own mood"),
            *MOODS,
        ],
    )
    mood_intensity: FloatProperty(name="Intensity", description="How strong the mood is", default=0.8, min=0.0, max=1.0)
    script: StringProperty(name="Script", description="What is said in the part; empty leaves what is heard")
    language: StringProperty(name="Language", description="The script's: en, de, ja", default=ENGLISH)
    with_sliders: BoolProperty(
        name="With the Sliders", description="The settings above too, where they are not the line's own"
    )
    ease: FloatProperty(
        name="Blend",
        description="Seconds over which the part is blended in and out, inside of its frames",
        default=EASE,
        min=0.0,
        max=10.0,
    )


def parts_of(line: Line) -> tuple[Direction, ...]:
    return parse_directions(line.parts)


def with_parts(settings: Settings, parts: Iterable[Direction]) -> Settings:
    """Over whatever else the settings direct."""
    given, parts = parse_directions(settings.directions), tuple(parts)
    others = [one for one in given if one not in parts]
    return settings.with_values(directions=write_directions((*others, *parts)))


def without_parts(settings: dict[str, Any], line: Line) -> dict[str, Any]:
    """What a line was made with, as the panel shows it: its parts are the line's own."""
    own = parts_of(line)
    kept = [one for one in parse_directions(settings.get("directions", "")) if one not in own]
    return {**settings, "directions": write_directions(kept)}


def chosen_part(shown: Any, found: Found, sliders: Settings, rate: FrameRate) -> Direction:
    """What the panel asks for of a line."""
    span = found.span
    if shown.last <= shown.first:
        raise KoeMorphError("The part has no frames; set From and To, the last frame after the first.")
    if shown.last <= span.first or shown.first >= span.last:
        raise KoeMorphError(
            f"Frames {shown.first} to {shown.last} are not in {found.line.name}, which has {span.first:g} to "
            f"{span.last:g}; choose a part of it."
        )
    values: dict[str, Any] = {}
    if shown.with_sliders:
        values = {
            name: value
            for name, value in sliders.to_dict().items()
            if name not in _WHOLE_LINE and value != found.line.settings.get(name)
        }
    values["seed"] = shown.seed
    if shown.mood != AS_IT_IS:
        values |= {"mood": shown.mood, "mood_intensity": float(f"{shown.mood_intensity:.6g}")}
    begin, end = (max(seconds_of(found, frame, rate), Fraction(0)) for frame in (shown.first, shown.last))
    script = Script.of(shown.script, shown.language)
    return Direction(begin, end, values, float(f"{shown.ease:.6g}"), script)


def at_source(line: Line, now: Source) -> Line:
    """With its moments in seconds of what is heard now: a trimmed sound begins at another one."""
    was = source_from_dict(line.source).recording
    by = (was.begin or Fraction(0)) - (now.recording.begin or Fraction(0))
    if not by or was.path != now.recording.path:
        return line
    told = {
        **line.settings,
        "directions": _later(line.settings.get("directions", ""), by),
        "mood_keys": _moods_later(line.settings.get("mood_keys", ""), by),
    }
    return replace(line, settings=told, parts=_later(line.parts, by))


def _later(text: str, by: Fraction) -> str:
    moved = (one.shifted(by) for one in parse_directions(text))
    return write_directions(one for one in moved if one.end is None or one.end > 0)


def _moods_later(text: str, by: Fraction) -> str:
    moved = [replace(key, seconds=key.seconds + float(by)) for key in parse_mood_keys(text)]
    held = [replace(key, seconds=0.0) for key in moved if key.seconds <= 0.0][-1:]
    return str(MoodTrack((*held, *(key for key in moved if key.seconds > 0.0)), "edited"))


def added(line: Line, part: Direction) -> Line:
    return replace(line, parts=write_directions((*parts_of(line), part)))


def dropped(line: Line, number: int) -> Line:
    parts = list(parts_of(line))
    if not 0 <= number < len(parts):
        raise KoeMorphError(f"{line.name} has no such part any more.")
    del parts[number]
    return replace(line, parts=write_directions(parts))


def seconds_of(found: Found, frame: float, rate: FrameRate) -> Fraction:
    """Of the line's sound, at a frame of the scene."""
    source = source_from_dict(found.line.source)
    first = source.frame_of(source.recording.begin or Fraction(0), rate)
    return rate.seconds(Fraction(frame) - Fraction(found.shift) - first)


def frames_of(found: Found, part: Direction, rate: FrameRate) -> tuple[int, int]:
    """Where a part lies in the scene."""
    assert part.end is not None
    began = seconds_of(found, 0, rate)
    first, last = ((moment - began) * rate.fps for moment in (part.begin, part.end))
    return round(first), round(last)


def told(part: Direction) -> str:
    """What it is made with, in words."""
    said = [f"{name} {value}" for name, value in part.values.items()]
    return ", ".join([*said, *([part.script.text] if part.script else [])])


CLASSES = (PartProperties,)
