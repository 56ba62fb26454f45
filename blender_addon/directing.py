# SPDX-License-Identifier: GPL-3.0-or-later
"""A performance directed on the timeline: markers (see `marks`) and keys on the panel's sliders.

They are read when a line is made or updated, and become its mood keys and directions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from koemorph.directions import EASE, Direction, parse_directions, write_directions
from koemorph.errors import SettingsError
from koemorph.keying import Keying
from koemorph.keying.reduce import reduce_curves
from koemorph.moods import NEUTRAL, MoodKey, MoodTrack, moods
from koemorph.settings import Settings
from koemorph.timing import FrameRate

from . import compat
from .marks import KNOBS, MOOD, NUMBERS, Mark, marks
from .properties import settings_of
from .source import Source, scene_rate

_PATH = re.compile(r"koemorph\.settings\.(\w+)")
_STEPS = 2.0
"""How far a slider's keys may be off when they are told in few, in steps of the slider."""


def keyed(scene: Any) -> dict[str, Any]:
    """The curves of sliders that have keys in the scene."""
    bag = compat.curves_of(scene)
    named = ((_PATH.fullmatch(curve.data_path), curve) for curve in (bag.fcurves if bag else ()))
    return {told[1]: curve for told, curve in named if told and told[1] in KNOBS and not curve.mute}


def told(scene: Any, objects: Iterable[Any] | None = None) -> Iterator[str]:
    """What directs on this timeline, in words; of a character's objects what directs it."""
    for mark in marks(scene, objects):
        yield f"{mark.frame}  {mark}"
    for name, curve in keyed(scene).items():
        yield f"{KNOBS[name].label}: {len(curve.keyframe_points)} keys"


def settings_shown(context: Any, source: Source, objects: Iterable[Any]) -> Settings:
    """The panel's sliders for a line of this source, with what the timeline says to these objects."""
    scene, rate = context.scene, scene_rate(context.scene)
    shown, first = settings_of(scene.koemorph.settings), source.frame_of(source.recording.begin or Fraction(0), rate)
    curves, marked = keyed(scene), marks(scene, objects)
    if wrong := next((name for name in curves if name not in (*NUMBERS, MOOD)), None):
        raise SettingsError(
            f"{KNOBS[wrong].label} has keys, but cannot change within a line; delete its keys, or retake a part."
        )
    given = list(parse_directions(shown.directions))
    for name, curve in curves.items():
        if name in NUMBERS and name != "mood_intensity":
            keys = _curve_keys(scene, name, curve, first, rate)
            shown = shown.with_values(**{name: keys[0][1]})
            given += [Direction(begin, None, {name: value}) for begin, value in keys if len(keys) > 1]
    for name in dict.fromkeys(mark.name for mark in marked if mark.name != MOOD):
        given += _marked(name, getattr(shown, name), [mark for mark in marked if mark.name == name], first, rate)
    track = _moods(scene, shown, curves, marked, first, rate)
    mood_keys = str(MoodTrack(track, "edited")) if track else shown.mood_keys
    return shown.with_values(directions=write_directions(given), mood_keys=mood_keys)


def _curve_keys(scene: Any, name: str, curve: Any, first: Fraction, rate: FrameRate) -> list[tuple[Fraction, float]]:
    """Few straight keys in place of a curve, in seconds of the line."""
    begin, shown = round(first), KNOBS[name]
    points = curve.keyframe_points
    last = max(points[len(points) - 1].co[0] if len(points) else begin, scene.frame_end if curve.modifiers else begin)
    assert shown.low is not None and shown.high is not None and shown.step is not None
    frames = np.arange(begin, max(int(last), begin) + 1)
    values = np.clip([curve.evaluate(frame) for frame in frames.tolist()], shown.low, shown.high)
    step = _STEPS * shown.step
    few = reduce_curves(values[:, None] / step * 0.1, Keying(style="linear", tolerance=0.1))[0]
    moments = [max(rate.seconds(Fraction(int(frame)) + begin - first), Fraction(0)) for frame in few.frames]
    told = [round(round(float(value) * step / 0.1 / shown.step) * shown.step, 4) for value in few.values]
    return [(moment, told[at]) for at, moment in enumerate(moments) if _turns(told, at)]


def _turns(values: list[float], at: int) -> bool:
    """Whether a key says something that its neighbours do not."""
    return not 0 < at < len(values) - 1 or not values[at - 1] == values[at] == values[at + 1]


def _marked(name: str, value: float, own: list[Mark], first: Fraction, rate: FrameRate) -> Iterator[Direction]:
    """A slider that goes to another value at each mark, and stays there; what was marked before the line counts."""
    before = value
    for mark in own:
        try:
            after = float(mark.value)
        except ValueError:
            raise SettingsError(f"The marker {mark} at {mark.frame} needs a number.") from None
        at = rate.seconds(mark.frame - first)
        half = Fraction(str(EASE)) / 2
        for moment, held in ((at - half, before), (at + half, after)):
            yield Direction(moment, None, {name: held})
        before = after


def _moods(
    scene: Any, shown: Settings, curves: dict[str, Any], marked: list[Mark], first: Fraction, rate: FrameRate
) -> tuple[MoodKey, ...]:
    """From markers, or from keys on the mood and its intensity; nothing where there are none."""
    changes: list[tuple[Fraction, str, float]] = []
    if own := [mark for mark in marked if mark.name == MOOD]:
        changes = [(rate.seconds(mark.frame - first), *_mood(mark, shown.mood_intensity)) for mark in own]
    elif MOOD in curves or ("mood_intensity" in curves and shown.mood != NEUTRAL):
        changes = list(_keyed_moods(scene, shown, curves, first, rate))
    earlier, later = [one for one in changes if one[0] <= 0], [one for one in changes if one[0] > 0]
    held = [(Fraction(0), *earlier[-1][1:])] if earlier else []
    keys: dict[float, MoodKey] = {}
    for moment, mood, much in (*held, *later):
        keys[round(float(moment), 3)] = MoodKey(seconds=round(float(moment), 3), mood=mood, intensity=much)
    return tuple(keys.values())


def _keyed_moods(
    scene: Any, shown: Settings, curves: dict[str, Any], first: Fraction, rate: FrameRate
) -> Iterator[tuple[Fraction, str, float]]:
    mood, much = curves.get(MOOD), curves.get("mood_intensity")
    names = KNOBS[MOOD].choices
    frames = {point.co[0] for point in mood.keyframe_points} if mood else set()
    if much:
        frames |= {
            float(first + moment * rate.fps) for moment, _ in _curve_keys(scene, "mood_intensity", much, first, rate)
        }
    for frame in sorted(frames):
        name = names[min(max(int(mood.evaluate(frame)), 0), len(names) - 1)] if mood else shown.mood
        intensity = min(max(much.evaluate(frame), 0.0), 1.0) if much else shown.mood_intensity
        yield rate.seconds(Fraction(frame).limit_denominator(1000) - first), name, round(intensity, 3)


def _mood(mark: Mark, usual: float) -> tuple[str, float]:
    name, _, much = mark.value.lower().partition(" ")
    try:
        intensity = float(much) if much.strip() else usual
    except ValueError:
        intensity = -1.0
    if name not in moods():
        raise SettingsError(f"The marker {mark} at {mark.frame} names no mood; there are {', '.join(moods())}.")
    if not 0.0 <= intensity <= 1.0:
        raise SettingsError(f"The marker {mark} at {mark.frame} needs an intensity from 0 to 1: mood:joy 0.5.")
    return name, intensity
