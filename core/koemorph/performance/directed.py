"""A line whose settings change as it goes on: performed with each of them, and blended frame by frame.

Every frame is an average of performances, so that lips that close in all of them close in the line, and a frame that
one of them has alone is exactly that one's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..directions import Direction, parse_directions
from ..errors import SettingsError
from ..moods import NEUTRAL, MoodKey, MoodTrack
from ..settings import Settings
from ..speech.stretch import ScriptStretch
from ..take import Curves

MOST: Final = 120
"""Performances of one line: each costs as much as the line itself without its analysis."""

Weight = NDArray[np.float32]


@dataclass(frozen=True)
class Version:
    """One way in which the line is performed."""

    settings: Settings
    told: tuple[ScriptStretch, ...] = ()


def versions(settings: Settings, moments: NDArray[np.float64]) -> dict[Version, Weight]:
    """All ways in which a line is performed, and how much of each is in it at these seconds; together 1."""
    directions = parse_directions(settings.directions)
    parts = _keyed(settings, [one for one in directions if one.end is None], moments)
    for one in directions:
        if one.end is not None:
            parts = _covered(parts, one, moments)
    if len(parts) > MOST:
        raise SettingsError(
            f"The directions ask for {len(parts)} performances of the line; {MOST} are made: use fewer."
        )
    return parts


def blended(parts: Mapping[Version, Weight], perform: Callable[[Version], Curves]) -> Curves:
    """The line of all its versions."""
    if len(parts) == 1:
        return perform(next(iter(parts)))
    whole: Curves | None = None
    for version, weight in parts.items():
        curves = perform(version) * weight[:, None]
        whole = curves if whole is None else np.add(whole, curves, out=whole)
    assert whole is not None
    return whole


def spliced_moods(settings: Settings, shown: Callable[[Settings], MoodTrack | None]) -> MoodTrack | None:
    """The moods of the line, those of each stretch in its place."""
    track = shown(settings)
    for one in parse_directions(settings.directions):
        own = shown(settings.directed(one.values)) if one.end is not None else track
        if one.end is None or own == track:
            continue
        begin, end = float(one.begin), float(one.end)
        before = [key for key in (track.keys if track else ()) if key.seconds < begin]
        after = [key for key in (track.keys if track else ()) if key.seconds > end]
        inside = _from(own, begin, end)
        keys = (*before, *inside, *_from(track, end, end), *after)
        track = MoodTrack(keys, "edited" if track is None else track.source)
    return track


def _from(track: MoodTrack | None, begin: float, end: float) -> tuple[MoodKey, ...]:
    """What holds at `begin` as a key there, and the keys up to `end`."""
    keys = track.keys if track else ()
    held = next(
        (key for key in reversed(keys) if key.seconds <= begin), MoodKey(seconds=begin, mood=NEUTRAL, intensity=0.0)
    )
    first = MoodKey(seconds=begin, mood=held.mood, intensity=held.intensity, arousal=held.arousal, valence=held.valence)
    return (first, *(key for key in keys if begin < key.seconds < end))


def _keyed(settings: Settings, keys: list[Direction], moments: NDArray[np.float64]) -> dict[Version, Weight]:
    """Numbers go straight from one moment to the next."""
    if not keys:
        return {Version(settings.directed({})): np.ones(len(moments), np.float32)}
    times = sorted({one.begin for one in keys})
    at = [float(moment) for moment in times]
    values: dict[str, NDArray[np.float64]] = {}
    for name in dict.fromkeys(name for one in keys for name in one.values):
        own = {one.begin: one.values[name] for one in sorted(keys, key=lambda one: one.begin) if name in one.values}
        values[name] = np.interp(at, [float(moment) for moment in own], [float(value) for value in own.values()])
    parts: dict[Version, Weight] = {}
    for place in range(len(times)):
        version = Version(settings.directed({name: _rounded(held[place]) for name, held in values.items()}))
        hat = np.zeros(len(times))
        hat[place] = 1.0
        _add(parts, version, np.interp(moments, at, hat).astype(np.float32))
    return parts


def _covered(parts: Mapping[Version, Weight], one: Direction, moments: NDArray[np.float64]) -> dict[Version, Weight]:
    """With a stretch over what there was."""
    assert one.end is not None
    begin, end = float(one.begin), float(one.end)
    ease = min(one.ease, (end - begin) / 2)
    inside = np.minimum(moments - begin, end - moments)
    share = np.clip(inside / ease, 0.0, 1.0) if ease else (inside >= 0.0).astype(np.float64)
    own = (share * share * (3.0 - 2.0 * share)).astype(np.float32)
    covered: dict[Version, Weight] = {}
    for version, weight in parts.items():
        told = () if one.script is None else (ScriptStretch(one.begin, one.end, one.script),)
        anew = Version(version.settings.directed(one.values), (*version.told, *told))
        _add(covered, version, weight * (1 - own))
        _add(covered, anew, weight * own)
    return covered


def _add(parts: dict[Version, Weight], version: Version, weight: Weight) -> None:
    if weight.any():
        parts[version] = parts[version] + weight if version in parts else weight


def _rounded(value: float) -> float:
    return round(float(value), 4)
