"""Where in a recording do curves begin? Found by laying the mouth's opening along the loudness of the voice.

An offset is believed only when it explains the movement clearly better than every other offset, and when no half of
the recording says otherwise. Mouths do not open exactly when it gets loud: offsets of less than `TOLERANCE` mean
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph import lips
from koemorph.audio import SAMPLE_RATE
from koemorph.errors import TakeError
from koemorph.take import Take

TOLERANCE: Final = 0.045
"""Seconds by which curves and sound may seem apart without being it: sound that early nobody notices."""
SHORTEST: Final = 1.5
"""Seconds that curves and sound must have in common."""
CLEARLY: Final = 1.25
"""So many times stronger than any other offset the best one must be."""
STRONG: Final = 4.0
"""The least strength that is not chance: correlation times the root of the number of independent moments."""
FOLLOWING: Final = 0.2
"""Correlation below which a mouth does not follow the sound."""
_GRID: Final = 100
"""Moments a second."""
_FAST, _SLOW = 0.025, 0.5
"""Seconds (standard deviations): what is faster than syllables or slower than phrases says nothing on timing."""
_INDEPENDENT: Final = 8.0
"""Independent moments a second, after that."""
_APART: Final = 0.25
"""Seconds around the best offset in which others are the same one."""
_DRIFTED: Final = 0.5
"""Seconds around the best offset in which that of a half is looked for."""
_RANGE: Final = 30.0
"""Decibels below the loud parts that count as silence."""
_HOP: Final = SAMPLE_RATE // _GRID
_BAND: Final = slice(4, 61)
"""Lines of the spectrum, 50 Hz each: where voices are, and neither rumble nor hiss."""
_LEAST: Final = 1e-3
"""Movement that is none."""

Curve = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Offset:
    """`seconds` of the recording at which the curves begin; `correlation` is that of opening and loudness there.

    `strength` is how far that is from chance, `clearness` how much stronger than any other offset. `halves` are the
    offsets of the first and the second half alone, where they are strong enough to tell one.
    """

    seconds: float
    correlation: float
    strength: float
    clearness: float
    halves: tuple[float | None, float | None]

    @property
    def certain(self) -> bool:
        clear = self.strength >= STRONG and self.clearness >= CLEARLY and self.correlation >= FOLLOWING
        return clear and all(half is None or abs(half - self.seconds) <= TOLERANCE for half in self.halves)

    @property
    def drift(self) -> float:
        """Seconds that the second half begins later than the first does, if that is more than chance; else 0."""
        first, second = self.halves
        if first is None or second is None or abs(second - first) <= TOLERANCE:
            return 0.0
        return second - first


def find_offset(take: Take, samples: NDArray[np.float32], furthest: float = 60.0) -> Offset | None:
    """The best offset of at most `furthest` seconds for curves and 16 kHz sound; None where one of them is still.

    The take's own start is left aside.
    """
    moving, sounding = _opening(take), _loudness(samples)
    if min(len(moving), len(sounding)) < SHORTEST * _GRID or min(np.ptp(moving), np.ptp(sounding)) < _LEAST:
        return None
    best, correlation, strength, clearness = _search(moving, sounding, -furthest, furthest)
    middle = len(moving) // 2

    def half(first: int, part: Curve) -> float | None:
        around = best + first / _GRID
        found, _, strong, _ = _search(part, sounding, around - _DRIFTED, around + _DRIFTED)
        return found - first / _GRID if strong >= STRONG else None

    return Offset(
        seconds=best,
        correlation=correlation,
        strength=strength,
        clearness=clearness,
        halves=(half(0, moving[:middle]), half(middle, moving[middle:])),
    )


def correlation_at(take: Take, samples: NDArray[np.float32], seconds: float) -> float:
    """How much the mouth's opening follows the loudness if the curves begin at that second."""
    moving, sounding = _opening(take), _loudness(samples)
    at = round(seconds * _GRID)
    first, last = max(at, 0), min(at + len(moving), len(sounding))
    if last - first < 2:
        return 0.0
    a, b = moving[first - at : last - at], sounding[first:last]
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / norm if norm else 0.0


def _search(moving: Curve, sounding: Curve, lowest: float, highest: float) -> tuple[float, float, float, float]:
    """Offset, correlation, strength and clearness of the best offset between two."""
    size = 1 << (len(moving) + len(sounding) - 1).bit_length()
    lags = np.arange(-len(moving) + 1, len(sounding))

    def slide(a: Curve, b: Curve) -> Curve:
        spectrum = np.conj(np.fft.rfft(a, size)) * np.fft.rfft(b, size)
        return np.asarray(np.fft.irfft(spectrum, size)[lags])

    energy = slide(moving**2, np.ones(len(sounding))) * slide(np.ones(len(moving)), sounding**2)
    overlap = np.minimum(lags + len(moving), len(sounding)) - np.maximum(lags, 0)
    floor = 1e-3 * float(energy.max())
    correlation = slide(moving, sounding) / np.sqrt(np.maximum(energy, floor))
    strength = correlation * np.sqrt(overlap / _GRID * _INDEPENDENT)
    least = min(SHORTEST * _GRID, 0.5 * min(len(moving), len(sounding)))
    allowed = (overlap >= least) & (lags >= lowest * _GRID) & (lags <= highest * _GRID)
    strength[~allowed] = -np.inf
    at = int(np.argmax(strength))
    elsewhere = np.abs(lags - lags[at]) > _APART * _GRID
    other = float(np.max(strength, initial=0.0, where=elsewhere))
    clearness = float(strength[at]) / max(other, 1e-6)
    return float(lags[at] + _summit(correlation, at)) / _GRID, float(correlation[at]), float(strength[at]), clearness


def _summit(values: Curve, at: int) -> float:
    """Where between its neighbours a peak has its highest point, -0.5 to 0.5."""
    if not 0 < at < len(values) - 1:
        return 0.0
    left, middle, right = values[at - 1 : at + 2]
    bend = left - 2 * middle + right
    return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def _opening(take: Take) -> Curve:
    """How far the mouth is open, in time with syllables."""
    try:
        gap = lips.lip_gap(take)
    except TakeError:
        gap = take.curve("jawOpen")
    moments = np.arange(int(take.duration * _GRID)) / _GRID
    frames = np.arange(take.frame_count) / float(take.rate.fps)
    return _syllables(np.interp(moments, frames, np.maximum(gap, 0.0)))


def _loudness(samples: NDArray[np.float32]) -> Curve:
    """How loud the voice's band is, in time with syllables; frame n hears around n / 100 s."""
    padded = np.pad(samples, (_HOP, _HOP))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * _HOP)[::_HOP][: len(samples) // _HOP]
    spectrum = np.fft.rfft(windows * np.hanning(2 * _HOP + 1)[:-1], axis=1)[:, _BAND]
    decibels = 10 * np.log10((np.abs(spectrum) ** 2).sum(axis=1) + 1e-7)
    loud = float(np.percentile(decibels, 95)) if len(decibels) else 0.0
    return _syllables(np.clip((decibels - loud) / _RANGE + 1, 0.0, None))


def _syllables(curve: Curve) -> Curve:
    if not len(curve):
        return curve
    return _blurred(curve, _FAST) - _blurred(curve, _SLOW)


def _blurred(curve: Curve, seconds: float) -> Curve:
    reach = round(3 * seconds * _GRID)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (seconds * _GRID)) ** 2)
    return np.convolve(np.pad(curve, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
