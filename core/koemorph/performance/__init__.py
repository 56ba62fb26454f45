"""What makes raw curves a performance: steps that stand in one order, here, and any of them off = unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .. import arkit
from ..directions import parse_directions
from ..moods import MoodTrack
from ..settings import Settings
from ..speech.track import Phone
from ..take import Curves, Take
from ..timing import FrameRate
from .directed import Version, blended, spliced_moods, versions
from .ends import ease
from .frames import Frames
from .line import LONGEST_KEPT, Level, PerformedLine
from .look_at import look_at
from .moods import mood_track

__all__ = ["LONGEST_KEPT", "Frames", "PerformedLine", "look_at", "mood_track", "names", "perform", "perform_take"]


def names(settings: Settings) -> tuple[str, ...]:
    """The curves of a performance: the 52 shapes, and the head's turns where it moves."""
    given = [one.values.get("head_strength") for one in parse_directions(settings.directions)]
    return (*arkit.SHAPES, *arkit.HEAD_TURNS) if settings.head_strength or any(given) else arkit.SHAPES


def perform(
    curves: Curves,
    level: Level | None,
    settings: Settings,
    rate: FrameRate,
    frames: Frames | None = None,
    key: str = "",
    heard: MoodTrack | None = None,
    phones: Sequence[Phone] = (),
    melody: Level | None = None,
) -> Curves:
    """Raw curves (T, 52) in Apple's order at `rate` -> finished curves at `frames`, by default the same moments.

    Three more columns are the head's turns, which move where its strength says so. `level` is the sound's level (T,)
    in dB; without one the silence gate does nothing, and pauses and stresses are read from the mouth. `key` names the
    line (the hash of its sound): what is drawn by chance depends on it and on the seed. `heard` are the moods in its
    voice and `phones` what is said, which then drives the lips, both in seconds from its beginning. `melody` is
    how high the voice is (`features.melody`). Works in the memory of `curves`, which the caller gives up: hours are
    held only once.
    """
    frames = frames or Frames(rate=rate, count=len(curves))
    line = PerformedLine(curves, level, settings, rate, frames, key=key, heard=heard, melody=melody)
    return line.say(phones)


def perform_take(take: Take, settings: Settings, rate: FrameRate | None = None, level: Level | None = None) -> Take:
    """A take from anywhere, performed anew. Shapes that are not ARKit's are only retimed and eased."""
    settings = settings.with_values(temperature=Settings().temperature)  # it was the network's
    frames = Frames.around(take.duration, rate or take.rate, settings)
    ours = names(settings)
    known = [name for name in take.names if name in ours]
    curves = np.zeros((take.frame_count, len(ours)), dtype=np.float32)
    curves[:, [ours.index(name) for name in known]] = take.values[:, [take.names.index(name) for name in known]]
    key = line_key(take)

    def performed(one: Version) -> Curves:
        own = Frames.around(take.duration, rate or take.rate, one.settings)
        return perform(curves.copy(), level, one.settings, take.rate, own, key)

    finished = blended(versions(settings, frames.moments()), performed)
    foreign = [i for i, name in enumerate(take.names) if name not in ours]
    others = np.array(frames.read(take.values[:, foreign], take.rate))
    ease(others, frames, settings)
    moved = [i for i, name in enumerate(ours) if name in known or finished[:, i].any()]
    values = np.concatenate([finished[:, moved], others], axis=1)
    shown = spliced_moods(settings, lambda own: mood_track(own, None))
    return replace(
        take,
        names=(*(ours[i] for i in moved), *(take.names[i] for i in foreign)),
        values=values,
        rate=frames.rate,
        start=take.start + frames.first_moment,
        moods=shown.shifted(take.start) if shown else take.moods,
    )


def line_key(take: Take) -> str:
    """What tells one line from another: the hash of its sound, or of its curves where that is not known."""
    known: Any = take.provenance.get("audio_sha256")
    return str(known) if known else hashlib.sha256(take.values.tobytes()).hexdigest()
