"""A Take: named curves over time, what every part of KoeMorph hands to the next."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .errors import TakeError
from .moods import MoodTrack
from .speech.script import Script
from .speech.track import Phone, Tracks, Word, moved, track, within
from .timing import FrameRate, round_half_up

Curves = NDArray[np.float32]

LONGEST: Final = 24 * 3600
"""Seconds that a take may be made to last."""
_SHOWN: Final = 8
"""Names that a message tells."""
_PIECE: Final = 4096
"""Frames resampled at a time, so that an hour needs no second hour of memory."""


@dataclass(frozen=True, eq=False)
class Take:
    """`values[n, i]` is the shape `names[i]` at `start + n / rate` seconds of the recording.

    Shapes travel by name; the order of `names` means nothing. Values are read-only float32 that nobody else can
    change: what could still be written to elsewhere is copied, what is frozen already is shared.
    """

    names: tuple[str, ...]
    values: Curves
    rate: FrameRate
    start: Fraction = Fraction(0)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    phones: tuple[Phone, ...] = ()
    """Which phones sound when, in seconds of the recording; empty where that is not known."""
    words: tuple[Word, ...] = ()
    moods: MoodTrack | None = None
    """The moods that the face shows, in seconds of the recording; None where nobody knows."""

    def __post_init__(self) -> None:
        values = np.asarray(self.values, dtype=np.float32)
        if values.ndim != 2 or values.shape[1] != len(self.names):
            raise TakeError(f"A take of {len(self.names)} shapes cannot hold values of the form {values.shape}.")
        if len(set(self.names)) != len(self.names):
            twice = sorted(name for name, often in Counter(self.names).items() if often > 1)
            more = " ..." if len(twice) > _SHOWN else ""
            raise TakeError(f"A take cannot hold the same shape twice ({', '.join(twice[:_SHOWN])}{more}).")
        if not values.size:
            raise TakeError("A take needs at least one shape and one frame.")
        if not (math.isfinite(values.min()) and math.isfinite(values.max())):  # both are NaN where anything is
            frame, column = (int(i) for i in np.argwhere(~np.isfinite(values))[0])
            raise TakeError(f"{self.names[column]} is not a number at frame {frame}.")
        object.__setattr__(self, "values", _frozen(values))
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "phones", track(self.phones))
        object.__setattr__(self, "words", track(self.words, "word"))

    @property
    def frame_count(self) -> int:
        return len(self.values)

    @property
    def duration(self) -> Fraction:
        """Seconds, counting the last frame for its whole length."""
        return self.frame_count / self.rate.fps

    @property
    def tracks(self) -> Tracks:
        """Its phones and words, as `speech.editing` edits them."""
        return Tracks(self.phones, self.words)

    @property
    def script(self) -> Script | None:
        """The one that it was made with."""
        told = self.provenance.get("script")
        return None if told is None else Script.from_dict(told)

    @property
    def edited(self) -> bool:
        """Whether somebody edited its tracks: made anew with other settings, it needs them again."""
        return bool(self.provenance.get("edited"))

    def curve(self, name: str) -> Curves:
        """One shape's values."""
        try:
            return self.values[:, self.names.index(name)]
        except ValueError:
            raise TakeError(f"This take has no shape called {name!r}.") from None

    def with_values(self, values: Curves) -> Take:
        return replace(self, values=values)

    def slice(self, first: int, stop: int) -> Take:
        """Frames first to stop - 1, keeping their moments in the recording."""
        if not 0 <= first < stop <= self.frame_count:
            raise TakeError(f"Frames {first} to {stop - 1} are not in a take of {self.frame_count} frames.")
        return self._heard(self.values[first:stop], self.rate, self.start + first / self.rate.fps)

    def merge(self, other: Take) -> Take:
        """This take with the shapes of `other` added or replaced; both must cover the same frames."""
        if (other.rate, other.frame_count, other.start) != (self.rate, self.frame_count, self.start):
            raise TakeError("Two takes can be merged only when rate, start and number of frames agree.")
        replaced = set(other.names)
        kept = [i for i, name in enumerate(self.names) if name not in replaced]
        names = (*(self.names[i] for i in kept), *other.names)
        return replace(self, names=names, values=np.concatenate([self.values[:, kept], other.values], axis=1))

    def retime(self, rate: FrameRate, begin: Fraction | None = None, end: Fraction | None = None) -> Take:
        """The same motion at another frame rate, read at the exact moments of its frames.

        `begin` and `end` choose a part of it, in seconds of the recording; beyond its ends the take holds its pose.
        """
        first = self.start if begin is None else begin
        last = self.start + self.duration if end is None else end
        if (rate, first, last) == (self.rate, self.start, self.start + self.duration):
            return self
        if last <= first:
            raise TakeError(f"A take from {float(first):g} s to {float(last):g} s is empty; the end must come later.")
        if last - first > LONGEST:
            raise TakeError(
                f"A take from {float(first):g} s to {float(last):g} s is longer than a day; end it earlier."
            )
        count = max(1, round_half_up((last - first) * rate.fps))
        values = resample(self.values, self.rate, rate, count, first - self.start)
        values.flags.writeable = False
        return self._heard(values, rate, first)

    def _heard(self, values: Curves, rate: FrameRate, start: Fraction) -> Take:
        """A part of this take, with what of its tracks sounds in it."""
        part = replace(self, values=values, rate=rate, start=start, phones=(), words=())
        end = start + part.duration
        return replace(part, phones=within(self.phones, start, end), words=within(self.words, start, end))

    def shift(self, seconds: Fraction) -> Take:
        """The same frames at a later moment of the recording, or at an earlier one."""
        return replace(
            self,
            start=self.start + seconds,
            phones=moved(self.phones, seconds),
            words=moved(self.words, seconds),
            moods=self.moods and self.moods.shifted(seconds),
        )


def _frozen(values: Curves) -> Curves:
    """`values`, read-only; a copy if anybody could still write to their memory."""
    owner: Any = values
    while isinstance(owner, np.ndarray) and not owner.flags.writeable:
        owner = owner.base
    if owner is not None and not isinstance(owner, bytes):
        values = values.copy()
        values.flags.writeable = False
    return values


def resample(values: Curves, source: FrameRate, target: FrameRate, count: int, first: Fraction = Fraction(0)) -> Curves:
    """`count` frames of `target` read from frames of `source`, linear between them, holding the first and last one.

    The first is read `first` seconds after that of `values`. Positions are integer ratios, so a coinciding frame is
    copied exactly, however far into an hour.

    Nothing is filtered first, not even from 60 to 24 fps: what a filter removes is what a lip closure consists of. One
    of 50 ms keeps its full depth when read at its moments, loses up to a tenth of it to a filter without overshoot
    (a triangle two frames wide), and gets ripples before and after it from a sharp one.
    """
    step, offset = source.fps / target.fps, first * source.fps
    if step == 1 and offset == 0 and count <= len(values):
        return values[:count]
    parts = math.lcm(step.denominator, offset.denominator)
    stride, shift, last = int(step * parts), int(offset * parts), len(values) - 1
    kind = np.int64 if count * stride + abs(shift) < 2**63 else object
    read = np.empty((count, values.shape[1]), dtype=np.float32)
    for begin in range(0, count, _PIECE):
        piece = read[begin : begin + _PIECE]
        scaled = np.arange(begin, begin + len(piece), dtype=kind) * stride + shift
        before: NDArray[np.int64] = np.clip(scaled // parts, 0, last).astype(np.int64)
        np.take(values, before, axis=0, out=piece)
        if parts > 1:
            after = np.clip(-(-scaled // parts), 0, last).astype(np.int64)
            toward = ((scaled % parts) / parts).astype(np.float32)[:, None]
            piece += (values[after] - piece) * toward
    return read
