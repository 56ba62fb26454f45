"""What makes raw curves a performance: steps that stand in one order, here, and any of them off = unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..moods import MoodTrack
from ..settings import Settings
from ..speech.track import Phone
from ..take import Curves, Take
from ..timing import FrameRate
from .blinks import blink
from .brows import accents, raise_brows
from .contacts import follow
from .ends import ease
from .frames import Frames
from .gate import rest_in_silence
from .gaze import look_around
from .moods import mood_track, show_moods
from .phrases import phrases
from .seal import closures, seal
from .shapes import edit_shapes, mute_shapes
from .sides import lean, mirror
from .smoothing import smooth_face
from .strength import part_lips, strengthen

__all__ = ["Frames", "mood_track", "perform", "perform_take"]

Level = NDArray[np.float32]


def perform(
    curves: Curves,
    level: Level | None,
    settings: Settings,
    rate: FrameRate,
    frames: Frames | None = None,
    key: str = "",
    heard: MoodTrack | None = None,
    phones: Sequence[Phone] = (),
) -> Curves:
    """Raw curves (T, 52) in Apple's order at `rate` -> finished curves at `frames`, by default the same moments.

    `level` is the sound's level (T,) in dB; without one the silence gate does nothing, and pauses and stresses are
    read from the mouth. `key` names the line (the hash of its sound): what is drawn by chance depends on it and on
    the seed. `heard` are the moods in its voice and `phones` what is said, which then drives the lips, both in seconds
    from its beginning. Works in the memory of `curves`, which the caller gives up: hours are held only once.
    """
    frames = frames or Frames(rate, len(curves))
    # What the line itself tells, before anything is changed
    met = closures(curves, rate) if not phones else None
    spoken = phrases(curves, level, rate)
    stresses = accents(curves, level, rate) if settings.brow_emphasis else None
    # At the rate that it came in
    smooth_face(curves, settings, rate)
    if met is None:
        follow(curves, phones, rate, settings.lip_seal)
        met = closures(curves, rate)
    if level is not None:
        rest_in_silence(curves, level, settings, rate)
    # At the frames of the result
    curves = frames.read(curves, rate)
    strengthen(curves, settings)
    part_lips(curves, settings)
    if stresses is not None:
        raise_brows(curves, frames.read(stresses[:, None], rate)[:, 0], settings)
    show_moods(curves, frames, heard, settings)
    blink(curves, frames, spoken, settings, key)
    look_around(curves, frames, spoken, settings, key)
    lean(curves, settings)
    mirror(curves, settings)
    edit_shapes(curves, settings)
    if settings.clamp:
        np.clip(curves, 0.0, 1.0, out=curves)
    seal(curves, frames, met, settings)
    ease(curves, frames, settings)
    mute_shapes(curves, settings)
    return curves


def perform_take(take: Take, settings: Settings, rate: FrameRate | None = None, level: Level | None = None) -> Take:
    """A take from anywhere, performed anew. Shapes that are not ARKit's are only retimed and eased."""
    frames = Frames.around(take.duration, rate or take.rate, settings)
    curves = np.zeros((take.frame_count, len(arkit.SHAPES)), dtype=np.float32)
    ours = [name for name in take.names if name in arkit.INDEX]
    curves[:, arkit.indices(tuple(ours))] = take.values[:, [take.names.index(name) for name in ours]]
    moods = mood_track(settings, None)
    finished = perform(curves, level, settings, take.rate, frames, line_key(take))
    foreign = [i for i, name in enumerate(take.names) if name not in arkit.INDEX]
    others = np.array(frames.read(take.values[:, foreign], take.rate))
    ease(others, frames, settings)
    moved = [name for name in arkit.SHAPES if name in ours or finished[:, arkit.INDEX[name]].any()]
    names = (*moved, *(take.names[i] for i in foreign))
    values = np.concatenate([finished[:, arkit.indices(tuple(moved))], others], axis=1)
    return replace(
        take,
        names=names,
        values=values,
        rate=frames.rate,
        start=take.start + frames.first_moment,
        moods=moods.shifted(take.start) if moods else take.moods,
    )


def line_key(take: Take) -> str:
    """What tells one line from another: the hash of its sound, or of its curves where that is not known."""
    known: Any = take.provenance.get("audio_sha256")
    return str(known) if known else hashlib.sha256(take.values.tobytes()).hexdigest()
