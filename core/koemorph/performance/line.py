"""A line as it is performed: everything in one order, and what other phones change in it, made anew alone.

Phones move the mouth, and nothing else, around the moment at which they sound. So a line that is kept for edits gives
its neighbourhood anew, by the very same steps, and the result is byte for byte what the whole line would be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit
from ..moods import MoodTrack
from ..settings import Settings
from ..speech.track import Phone, unchanged
from ..take import Curves
from ..timing import FrameRate
from .apart import cut, open_spans, take_sides
from .blinks import blink
from .brows import QUESTION_RAISES, accents, raise_brows
from .contacts import follow, nearly
from .demands import REACH
from .ends import close_between, ease, rest, sounding
from .frames import Frames
from .gate import gate, rest_in_silence, threshold
from .gaze import look_around
from .head import in_looks, move_head, nods
from .look_at import look_at_places
from .moods import show_moods
from .phrases import Spans, phrases
from .questions import asked_at
from .questions import heard as heard_asking
from .seal import RAMP, Closures, closures, gap_between, held, seal
from .shapes import edit_shapes, mute_shapes
from .sides import lean, mirror
from .smoothing import smooth_face
from .strength import part_lips, strengthen

LONGEST_KEPT: Final = 36_000
"""Frames (ten minutes at 60 fps) up to which a line may be kept for edits: that holds it three times."""

_FACE: Final = len(arkit.SHAPES)
_MOUTH: Final = list(arkit.indices(arkit.LOWER_FACE))

Level = NDArray[np.float32]


@dataclass(frozen=True, eq=False, kw_only=True)
class _Said:
    """A result, and what it was made of: the mouth that followed the phones, and where its lips met."""

    phones: tuple[Phone, ...]
    face: Curves
    gap: NDArray[np.float32]
    spans: Spans
    values: Curves


class PerformedLine:
    """Raw curves with their settings; `say` performs them with phones. Unless it is to `keep` them, once.

    Of a recording there may be more curves than it lasts; `duration` is in seconds.
    """

    def __init__(
        self,
        curves: Curves,
        level: Level | None,
        settings: Settings,
        rate: FrameRate,
        frames: Frames,
        *,
        key: str = "",
        heard: MoodTrack | None = None,
        melody: Level | None = None,
        rounding: Level | None = None,
        duration: float | None = None,
        keep: bool = False,
    ) -> None:
        self.settings, self.frames = settings, frames
        self._rounding = rounding
        self._rate, self._key, self._heard, self._keep = rate, key, heard, keep
        self._curves = curves
        self._seconds = len(curves) / float(rate.fps) if duration is None else duration
        self._latest: _Said | None = None
        self._asked: Sequence[float] | None = None
        # What the line itself tells, before anything is changed
        face = curves[:, :_FACE]
        self._gap = gap_between(face)
        self._spoken = phrases(face, level, rate)
        stressed = settings.brow_emphasis or settings.head_strength
        self._stresses = accents(face, level, rate) if stressed else None
        self._heard_asking = (
            None if melody is None or level is None else heard_asking(melody, level, self._spoken, rate)
        )
        bar = threshold(level, settings, rate) if level is not None else 0.0
        self._sound = sounding(level, bar, self._spoken, rate)
        self._opening = gate(level, settings, rate)
        # At the rate that it came in
        smooth_face(face, settings, rate)

    @property
    def nbytes(self) -> int:
        """What it holds in memory."""
        kept = () if self._latest is None else (self._latest.face, self._latest.gap, self._latest.values)
        return self._curves.nbytes + sum(array.nbytes for array in kept)

    def say(self, phones: Sequence[Phone], asked: Sequence[float] | None = None) -> Curves:
        """The finished curves, to be left as they are; `phones` in seconds from the line's beginning.

        `asked` are the moments at which questions end, where that is known; else they are what is heard as one.
        """
        latest, self._latest = self._latest, None
        same, self._asked = self._asked == asked, asked
        if latest is None or not latest.phones or not phones or not same:
            said, values = self._whole(tuple(phones))
        else:
            said = self._again(latest, tuple(phones))
            values = said.values
        self._latest = said
        return values

    def _whole(self, phones: tuple[Phone, ...]) -> tuple[_Said | None, Curves]:
        curves = self._curves.copy() if self._keep else self._curves
        face, gap = curves[:, :_FACE], self._gap
        if phones:
            follow(face, phones, self._rate, self.settings.lip_seal, rounding=self._rounding)
            gap = gap_between(face)
        apart = open_spans(phones)
        met, spans = self._met(gap, apart)
        rest_in_silence(face, self._opening)
        values = self.frames.read(curves, self._rate)
        values = values.copy() if self._keep else values
        take_sides(values, self.frames, face, gap, self._rate, apart)
        values = self._finished(values, self.frames, met, spans)
        if not self._keep:
            return None, values
        return _Said(phones=phones, face=face, gap=gap, spans=spans, values=values), values

    def _again(self, latest: _Said, phones: tuple[Phone, ...]) -> _Said:
        first, stop = self._reached(latest.phones, phones)
        if first >= stop:
            return latest
        face, gap = latest.face, latest.gap
        rows = self._curves[first:stop, :_FACE].copy()
        heard = None if self._rounding is None else self._rounding[first:stop]
        follow(rows, phones, self._rate, self.settings.lip_seal, rounding=heard, first=first, count=len(face))
        gap[first:stop] = gap_between(rows)
        apart = open_spans(phones)
        met, spans = self._met(gap, apart)
        rest_in_silence(rows, None if self._opening is None else self._opening[first:stop])
        face[first:stop] = rows
        part = self._shown(first, stop, latest.spans, spans)
        mouth = part.read(face, self._rate).copy()
        take_sides(mouth, part, face, gap, self._rate, apart)
        mouth = self._finished(mouth, part, met, spans, mouth_only=True)
        values = latest.values.copy()
        values[part.own, _MOUTH] = mouth[:, _MOUTH]
        return _Said(phones=phones, face=face, gap=gap, spans=spans, values=values)

    def _met(self, gap: NDArray[np.float32], apart: Spans) -> tuple[Closures, Spans]:
        """Where lips meet, and when they are to be together in the result."""
        met = closures(gap, self._rate)
        met = replace(met, spans=cut(met.spans, apart, self.settings.lip_seal_hold))
        return met, held(met, self.frames, self.settings)

    def _reached(self, before: Sequence[Phone], after: Sequence[Phone]) -> tuple[int, int]:
        """The incoming frames, first and stop, that phones reach which are not in both tracks.

        Pauses beside them are other ones, too; and lips that nearly meet are seen as a whole.
        """
        count, fps = len(self._curves), float(self._rate.fps)
        same, alike = unchanged(before, after)
        if same == len(before) == len(after):
            return 0, 0
        begin = float(after[same - 1].end) - REACH if same else 0.0
        end = float(after[-alike].end) + REACH if alike else count / fps
        first, stop = min(max(int(begin * fps), 0), count - 1), min(max(int(end * fps) + 2, 1), count)
        before_it = self._apart[: np.searchsorted(self._apart, first, side="right")]
        after_it = self._apart[np.searchsorted(self._apart, stop - 1) :]
        return int(before_it[-1]) if len(before_it) else 0, int(after_it[0]) + 1 if len(after_it) else count

    @cached_property
    def _apart(self) -> NDArray[np.int64]:
        """The incoming frames in which lips are clearly apart: between two of them they move as one."""
        return np.flatnonzero(~nearly(self._curves[:, :_FACE]))

    def _shown(self, first: int, stop: int, before: Spans, after: Spans) -> Frames:
        """The frames of the result that show some of the incoming ones, or lips that are held together otherwise."""
        fps = float(self._rate.fps)
        changed = np.array(sorted(set(map(tuple, before)) ^ set(map(tuple, after)))).reshape(-1, 2)
        begin = min([(first - 1) / fps, *(changed[:, 0] - RAMP)])
        end = max([stop / fps, *(changed[:, 1] + RAMP)])
        at, to = np.searchsorted(self.frames.moments_read(), (begin, end))
        last = self.frames.count
        return self.frames.part(
            max(0, int(at) - 1) if first else 0, min(int(to) + 1, last) if stop < len(self._curves) else last
        )

    def _finished(
        self, curves: Curves, frames: Frames, met: Closures, spans: Spans, *, mouth_only: bool = False
    ) -> Curves:
        """Curves at the frames of the result, in place; brows, eyes and head do not depend on phones."""
        settings, rate, key = self.settings, self._rate, self._key
        face, head = curves[:, :_FACE], curves[:, _FACE:]
        strengthen(face, settings)
        part_lips(face, settings)
        asking = self._heard_asking if self._asked is None else asked_at(self._asked, len(self._curves), rate)
        if self._stresses is not None and not mouth_only:
            raised = self._stresses
            if asking is not None:
                raised = np.maximum(raised, QUESTION_RAISES * asking)
            raise_brows(face, self._read(raised, frames), settings)
        show_moods(face, frames, self._heard, settings)
        if self._opening is not None:
            close_between(face, self._read(self._opening, frames))
        if not mouth_only:
            if self._stresses is not None and head.size:
                nod = self._read(nods(self._stresses, rate), frames)
                tilt = None if asking is None else self._read(asking, frames)
                move_head(head, frames, self._spoken, nod, settings, key, tilt)
            blink(face, frames, self._spoken, settings, key)
            look_around(face, frames, self._spoken, settings, key, in_looks(head) if head.size else None)
        lean(face, settings)
        mirror(face, head, settings)
        edit_shapes(face, settings)
        if settings.clamp:
            np.clip(face, 0.0, 1.0, out=face)
        seal(face, frames, met, spans, settings)
        rest(curves, frames, self._sound, self._seconds, settings)
        if not mouth_only:
            look_at_places(face, head, frames, settings)
        ease(curves, frames, settings)
        mute_shapes(face, settings)
        return curves

    def _read(self, course: NDArray[np.float32], frames: Frames) -> NDArray[np.float32]:
        return frames.read(course[:, None], self._rate)[:, 0]
