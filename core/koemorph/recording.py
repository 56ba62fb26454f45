"""A recording as a scene plays it: which stretch of the file is heard, and from which frame on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from .timing import FrameRate

_DIGITS: Final = 6


@dataclass(frozen=True)
class Recording:
    """A stretch of a recording, and the scene's frame at which its first sample is heard."""

    path: Path
    first_frame: Fraction
    begin: Fraction | None = None
    """Seconds into the file; None is its beginning."""
    end: Fraction | None = None
    """Seconds into the file; None is its end."""
    channel: str | None = None

    @property
    def name(self) -> str:
        """What is made from it is called so."""
        return self.path.stem

    @property
    def part(self) -> dict[str, float]:
        """The stretch as the worker is asked for it."""
        bounds = (("start", self.begin), ("end", self.end))
        return {name: float(moment) for name, moment in bounds if moment is not None}

    def frame_of(self, seconds: Fraction, rate: FrameRate) -> Fraction:
        """The scene's frame for a moment of the recording."""
        return self.first_frame + rate.position(seconds - (self.begin or Fraction(0)))


def audible(frame: Fraction, begin: Fraction, rate: FrameRate) -> tuple[Fraction, Fraction | None]:
    """First frame and beginning of what a host plays from `begin` seconds into the file on.

    Before the file's own beginning there is silence: the first sample is heard later then.
    """
    if begin < 0:
        return frame - rate.position(begin), None
    return frame, begin or None


def exact(value: float) -> Fraction:
    """A number that a person typed and a host keeps in binary: 0.1 is a tenth."""
    return Fraction(str(round(float(value), _DIGITS)))
