"""Exact time: frame n of a rate f is at n/f seconds, and f is a fraction. Nothing here is ever accumulated.

Rounding is half up everywhere, so that a moment between two frames falls the same way at every rate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from .errors import SettingsError
from .trust import shown

SAMPLE_RATE: Final = 16_000
"""Hz of every clip; everything behind the decoding of a file works at this rate."""
SLOWEST, FASTEST = Fraction(1), Fraction(1000)
_NTSC: Final = tuple(Fraction(nominal * 1000, 1001) for nominal in (24, 30, 48, 60, 90, 96, 120, 240))
_NTSC_TOLERANCE: Final = Fraction(1, 100)
_NUMBER: Final = r"(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})"
"""What people write, and not 1e999999999, which would take forever to make exact."""
_RATE: Final = re.compile(rf"{_NUMBER}|\d{{1,12}}/\d{{1,12}}")
_SECONDS: Final = re.compile(_NUMBER)
_FINEST: Final = 100_000
_TIMECODE: Final = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})([:;.])(\d{2,3})(?:\.(\d{1,12}))?$")
_EXACT: Final = re.compile(r"-?\d{1,40}(?:/\d{1,40}|\.\d{1,40})?")


def round_half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


@dataclass(frozen=True, order=True)
class FrameRate:
    """Frames per second as an exact fraction, e.g. 30000/1001 for what people call 29.97."""

    fps: Fraction

    def __post_init__(self) -> None:
        object.__setattr__(self, "fps", Fraction(self.fps))
        if not SLOWEST <= self.fps <= FASTEST:
            raise SettingsError(f"A frame rate of {_in_short(self.fps)} is outside {SLOWEST} to {FASTEST} fps.")

    @classmethod
    def parse(cls, value: str | int | float | Fraction | FrameRate) -> FrameRate:
        """Understand "24", "23.976", "30000/1001", 59.94...; the NTSC decimals become their true fraction."""
        if isinstance(value, FrameRate):
            return value
        try:
            if isinstance(value, str):
                value = value.replace(" ", "")
                if not _RATE.fullmatch(value):
                    raise ValueError("not a number")
            exact = Fraction(value)
        except (ValueError, TypeError, OverflowError, ZeroDivisionError) as err:
            raise SettingsError(
                f"{shown(str(value))} is not a frame rate; write for example 24, 29.97 or 30000/1001."
            ) from err
        if exact.denominator != 1:
            nearest = min(_NTSC, key=lambda ntsc: abs(ntsc - exact))
            exact = nearest if abs(nearest - exact) < _NTSC_TOLERANCE else exact.limit_denominator(_FINEST)
        return cls(exact)

    @property
    def nominal(self) -> int:
        """The whole number that timecode counts in: 30 for 29.97."""
        return round_half_up(self.fps)

    def seconds(self, frame: int | Fraction) -> Fraction:
        return frame / self.fps

    def position(self, seconds: Fraction) -> Fraction:
        """Where a moment lies, in frames, with its fraction."""
        return seconds * self.fps

    def frame(self, seconds: Fraction) -> int:
        """The frame nearest to a moment."""
        return round_half_up(seconds * self.fps)

    def frame_count(self, duration: Fraction) -> int:
        """How many frames a clip of that many seconds gets: duration x fps rounded half up, at least one."""
        return max(1, self.frame(duration))

    def sample(self, frame: int, sample_rate: int) -> int:
        """The audio sample on which a frame is centred."""
        return round_half_up(frame * sample_rate / self.fps)

    def __str__(self) -> str:
        if self.fps.denominator == 1:
            return str(self.fps.numerator)
        return f"{self.fps.numerator}/{self.fps.denominator}"

    @property
    def label(self) -> str:
        """As people say it: 24, 23.976, 29.97."""
        return f"{float(self.fps):.3f}".rstrip("0").rstrip(".")

    @property
    def drops(self) -> bool:
        """Whether drop-frame timecode exists for this rate (29.97, 59.94, 119.88)."""
        return self.fps.denominator == 1001 and self.nominal % 30 == 0

    def timecode(self, frame: int, *, drop: bool | None = None) -> str:
        """SMPTE timecode HH:MM:SS:FF (or ;FF when dropping, the default wherever it exists); wraps at 24 h."""
        dropping = self.drops if drop is None else drop
        if dropping and not self.drops:
            raise SettingsError(f"There is no drop-frame timecode at {self.label} fps.")
        if dropping:
            frame = self._labelled(frame)
        digits = max(2, len(str(self.nominal - 1)))
        seconds, frames = divmod(frame, self.nominal)
        hours, minutes = seconds // 3600 % 24, seconds // 60 % 60
        return f"{hours:02}:{minutes:02}:{seconds % 60:02}{';' if dropping else ':'}{frames:0{digits}}"

    def parse_timecode(self, text: str) -> Fraction:
        """The frame (with its fraction, for HH:MM:SS:FF.mmm) that a timecode names; ';' or '.' means drop-frame."""
        match = _TIMECODE.match(text.strip())
        if not match:
            raise SettingsError(f"{shown(text)} is not a timecode; write HH:MM:SS:FF.")
        hours, minutes, seconds, frames = (int(match[i]) for i in (1, 2, 3, 5))
        if minutes > 59 or seconds > 59 or frames >= self.nominal:
            raise SettingsError(f"Timecode {shown(text)} does not exist at {self.label} fps.")
        number = ((hours * 60 + minutes) * 60 + seconds) * self.nominal + frames
        if match[4] != ":":
            if not self.drops:
                raise SettingsError(f"Timecode {shown(text)} is drop-frame, which does not exist at {self.label} fps.")
            per_minute = self.nominal // 15
            if minutes % 10 and seconds == 0 and frames < per_minute:
                raise SettingsError(f"Timecode {shown(text)} does not exist: drop-frame skips it.")
            total_minutes = hours * 60 + minutes
            number -= per_minute * (total_minutes - total_minutes // 10)
        return number + (Fraction(int(match[6]), 10 ** len(match[6])) if match[6] else Fraction(0))

    def _labelled(self, frame: int) -> int:
        """The number that drop-frame writes for a frame: two (of 30) labels skipped each minute but the tenth."""
        skipped = self.nominal // 15
        ten_minutes = self.nominal * 600 - 9 * skipped
        minute = self.nominal * 60 - skipped
        tens, rest = divmod(frame, ten_minutes)
        beyond_first = max(0, rest - skipped) // minute
        return frame + skipped * (9 * tens + beyond_first)


def _in_short(value: Fraction) -> str:
    try:
        return f"{float(value):g}"
    except OverflowError:
        return "more digits than can be shown"


def parse_seconds(text: str, rate: FrameRate | None = None) -> Fraction:
    """A moment as an animator writes it: 12.5, 1:02.5, 1:02:03.25, or a timecode when a rate is known.

    Programs write 1001/30000 where no decimal is exact.
    """
    if "/" in text and "-" not in text:
        return parse_exact(text.strip())
    parts = text.strip().split(":")
    if len(parts) == 4 or ";" in text:
        if rate is None:
            raise SettingsError(f"{shown(text)} is a timecode; give the frame rate with it.")
        return rate.seconds(rate.parse_timecode(text))
    numbers = [Fraction(part) for part in parts if _SECONDS.fullmatch(part)]
    if len(numbers) < len(parts) or len(parts) > 3 or any(n >= 60 for n in numbers[1:]):
        raise SettingsError(f"{shown(text)} is not a time; write seconds (12.5) or minutes:seconds (1:02.5).")
    return sum((n * 60**power for power, n in enumerate(reversed(numbers))), Fraction(0))


def parse_exact(text: str) -> Fraction:
    """A number as programs write it to each other: 3, 1001/30000, 12.5. Nothing exact becomes a float on its way."""
    try:
        if not _EXACT.fullmatch(text):
            raise ValueError("not a number")
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as err:
        raise SettingsError(f"{text[:40]!r} is not an exact number; write for example 12.5 or 1001/30000.") from err
