"""A recording, and where a scene plays it: which stretch of a file is heard, and from which frame on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .errors import AudioError, SettingsError
from .timing import FrameRate, parse_exact

if TYPE_CHECKING:
    from .audio import Clip

_DIGITS: Final = 6
_LONGEST_CHANNEL: Final = 9
"""Letters of a channel's name or number."""


@dataclass(frozen=True)
class Recording:
    """A stretch of a file, and one of its channels or the mix of all."""

    path: Path
    _: KW_ONLY
    begin: Fraction | None = None
    """Seconds into the file; None is its beginning."""
    end: Fraction | None = None
    """Seconds into the file; None is its end."""
    channel: str = ""
    """left, right or a number from 1; empty mixes all."""

    def __post_init__(self) -> None:
        if len(self.channel) > _LONGEST_CHANNEL:
            raise AudioError(f"Channel {self.channel[:20]!r}... is unknown; give a number from 1, 'left' or 'right'.")

    @property
    def name(self) -> str:
        """What is made from it is called so."""
        return self.path.stem

    def open(self, progress: Callable[[float], None] | None = None) -> Clip:
        """Its sound, to be closed; `progress` hears how much is read, and may raise to stop it."""
        from .audio import open_clip  # whoever only names a recording needs no numpy

        return open_clip(self.path, channel=self.channel or None, start=self.begin, end=self.end, progress=progress)

    def to_dict(self) -> dict[str, str]:
        """As it is written down: exact moments as text, under the names of a shot list's columns."""
        told = {"path": str(self.path), "in": _text(self.begin), "out": _text(self.end), "channel": self.channel}
        return {name: value for name, value in told.items() if value}

    @classmethod
    def from_dict(cls, told: Any) -> Recording:
        if not isinstance(told, dict) or not all(
            isinstance(value, str) and "\0" not in value for value in told.values()
        ):
            raise SettingsError("A recording must be an object of texts.")
        if unknown := sorted(told.keys() - {"path", "in", "out", "channel"}):
            raise SettingsError(f"A recording has no {unknown[0][:40]!r}; it has path, in, out and channel.")
        if not told.get("path"):
            raise SettingsError("A recording must have a path.")
        begin, end = (parse_exact(told[name]) if told.get(name) else None for name in ("in", "out"))
        return cls(Path(told["path"]), begin=begin, end=end, channel=told.get("channel", ""))


@dataclass(frozen=True)
class PlacedRecording:
    """A recording in a scene, and the scene's frame at which its first sample is heard."""

    recording: Recording
    first_frame: Fraction

    @property
    def name(self) -> str:
        return self.recording.name

    def frame_of(self, seconds: Fraction, rate: FrameRate) -> Fraction:
        """The scene's frame for a moment of the recording."""
        return self.first_frame + rate.position(seconds - (self.recording.begin or Fraction(0)))

    def seconds_of(self, frame: Fraction, rate: FrameRate) -> Fraction:
        """The moment of the recording that is heard at a frame of the scene."""
        return rate.seconds(frame - self.first_frame) + (self.recording.begin or Fraction(0))


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


def _text(moment: Fraction | None) -> str:
    return "" if moment is None else str(moment)
