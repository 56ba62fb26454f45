"""What makes raw curves a performance: steps that stand in one order, here, and any of them off = unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..directions import parse_directions
from ..moods import MoodTrack
from ..settings import Settings
from ..speech.track import Phone
from ..take import Curves, Take
from ..timing import FrameRate
from .blinks import blink
from .brows import QUESTION_RAISES, accents, raise_brows
from .contacts import follow
from .directed import Version, blended, spliced_moods, versions
from .ends import close_between, ease, rest, sounding
from .frames import Frames
from .gate import rest_in_silence, threshold
from .gaze import look_around
from .head import in_looks, move_head, nods
from .look_at import look_at, look_at_places
from .moods import mood_track, show_moods
from .phrases import phrases
from .questions import questions
from .seal import closures, seal
from .shapes import edit_shapes, mute_shapes
from .sides import lean, mirror
from .smoothing import smooth_face
from .strength import part_lips, strengthen

__all__ = ["Frames", "look_at", "mood_track", "names", "perform", "perform_take"]

Level = NDArray[np.float32]


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
    frames = frames or Frames(rate, len(curves))
    face = curves[:, : len(arkit.SHAPES)]
    # What the line itself tells, before anything is changed
    met = closures(face, rate) if not phones else None
    spoken = phrases(face, level, rate)
    stresses = accents(face, level, rate) if settings.brow_emphasis or settings.head_strength else None
    asked = questions(melody, level, spoken, rate) if melody is not None and level is not None else None
    sound = sounding(level, threshold(level, settings, rate) if level is not None else 0.0, spoken, rate)
    # At the rate that it came in
    smooth_face(face, settings, rate)
    if met is None:
        follow(face, phones, rate, settings.lip_seal)
        met = closures(face, rate)
    opening = rest_in_silence(face, level, settings, rate)
    # At the frames of the result
    curves = frames.read(curves, rate)
    face, head = curves[:, : len(arkit.SHAPES)], curves[:, len(arkit.SHAPES) :]
    strengthen(face, settings)
    part_lips(face, settings)
    if stresses is not None:
        raised = stresses if asked is None else np.maximum(stresses, QUESTION_RAISES * asked)
        raise_brows(face, frames.read(raised[:, None], rate)[:, 0], settings)
    show_moods(face, frames, heard, settings)
    if opening is not None:
        close_between(face, frames.read(opening[:, None], rate)[:, 0])
    if stresses is not None and head.size:
        nod = frames.read(nods(stresses, rate)[:, None], rate)[:, 0]
        tilt = None if asked is None else frames.read(asked[:, None], rate)[:, 0]
        move_head(head, frames, spoken, nod, settings, key, tilt)
    blink(face, frames, spoken, settings, key)
    look_around(face, frames, spoken, settings, key, in_looks(head) if head.size else None)
    lean(face, settings)
    mirror(face, head, settings)
    edit_shapes(face, settings)
    if settings.clamp:
        np.clip(face, 0.0, 1.0, out=face)
    seal(face, frames, met, settings)
    rest(curves, frames, sound, settings)
    look_at_places(face, head, frames, settings)
    ease(curves, frames, settings)
    mute_shapes(face, settings)
    return curves


def perform_take(take: Take, settings: Settings, rate: FrameRate | None = None, level: Level | None = None) -> Take:
    """A take from anywhere, performed anew. Shapes that are not ARKit's are only retimed and eased."""
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
