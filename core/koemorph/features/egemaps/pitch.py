"""F0 by sub-harmonic summation and a Viterbi path; one value per 60 ms frame, in Hz, 0 where unvoiced.

After Hermes (1988) and Eyben et al. (2016): the magnitude spectrum keeps only the surroundings of its
peaks, is smoothed and read on an axis of log2 frequency from 27.5 Hz; the score of a pitch is the sum over
15 harmonics, each 0.85 times the one before. The six highest peaks of 55-1000 Hz are candidates; how far one
stands above the mean score is its strength. A path of least cost through candidates and "unvoiced" prefers strong
candidates, small steps and few changes of voicing. Quiet frames (below 0.001 root mean square under the
window) are unvoiced.

Decisions for each stretch of 64 frames are taken 64 frames later; the path's cost is carried exactly, so
they do not depend on how a clip is cut into blocks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from .framing import LONG, LONG_BINS, LONG_HZ, Doubles, Floats

LOWEST: Final = 55.0
HIGHEST: Final = 1000.0
STEPS: Final = 48
HARMONICS: Final = 15
COMPRESSION: Final = 0.85
CANDIDATES: Final = 6
STATES: Final = CANDIDATES + 1
QUIET: Final = 0.001
STRETCH: Final = 64
LOOK_AHEAD: Final = 64

_AXIS_START: Final = 27.5
_POINTS: Final = int(STEPS * np.log2(7900.0 / _AXIS_START))
_FIRST: Final = round(STEPS * float(np.log2(LOWEST / _AXIS_START)))
_LAST: Final = int(STEPS * np.log2(HIGHEST / _AXIS_START)) + 1
_AXIS: Final[Doubles] = _AXIS_START * 2.0 ** (np.arange(_POINTS) / STEPS)
_LEFT: Final = (_AXIS / LONG_HZ).astype(np.int64)


def _cubic() -> Floats:
    """Weights of the four bins around each point of the axis, (4, points, 1): a cubic through the inner two."""
    t = _AXIS / LONG_HZ - _LEFT
    weights = [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3]
    return (0.5 * np.stack(weights)).astype(np.float32)[:, :, None]


_CUBIC: Final = _cubic()
_SHIFTS: Final = [round(STEPS * float(np.log2(n))) for n in range(1, HARMONICS + 1)]
_WEIGHTS: Final = [COMPRESSION**n for n in range(HARMONICS)]
_MEAN: Final[Floats] = (
    np.add.reduce([w * (np.arange(_POINTS) >= shift) for w, shift in zip(_WEIGHTS, _SHIFTS, strict=True)]) / _POINTS
).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """The best pitches of some frames: Hz and voicing strength 0..1, (CANDIDATES, frames); 0 Hz where there is none."""

    hertz: Floats
    strength: Floats


def _scores(power: Floats) -> tuple[Floats, Floats]:
    """Sub-harmonic sums (pitches allowed and one more at either end, frames), and their mean over the whole axis."""
    magnitude = np.sqrt(power)
    peak = np.zeros(magnitude.shape, np.bool_)
    peak[1:-1] = (magnitude[1:-1] > magnitude[:-2]) & (magnitude[1:-1] >= magnitude[2:])
    near = peak.copy()
    for shift in (1, 2):
        near[shift:] |= peak[:-shift]
        near[:-shift] |= peak[shift:]
    magnitude *= near
    smooth = magnitude.copy()
    smooth[1:-1] = 0.5 * magnitude[1:-1] + 0.25 * (magnitude[:-2] + magnitude[2:])
    spectrum = smooth[_LEFT - 1] * _CUBIC[0]
    for tap in (1, 2, 3):
        spectrum += smooth[_LEFT - 1 + tap] * _CUBIC[tap]
    total = np.zeros((_LAST + 1 - _FIRST, power.shape[1]), np.float32)
    for weight, shift in zip(_WEIGHTS, _SHIFTS, strict=True):
        part = spectrum[_FIRST + shift : _LAST + 1 + shift]
        total[: len(part)] += np.float32(weight) * part
    return total, _MEAN @ spectrum


def candidates(power: Floats) -> Candidates:
    """Pitch candidates of long power spectra (bins, frames)."""
    scores, mean = _scores(power)
    count = scores.shape[1]
    inner = scores[1:-1]
    peaks = np.where((inner > scores[:-2]) & (inner >= scores[2:]), inner, np.float32(0))
    best = np.argpartition(peaks, -CANDIDATES, axis=0)[-CANDIDATES:] + 1
    column = np.arange(count)
    left, middle, right = scores[best - 1, column], scores[best, column], scores[best + 1, column]
    bend = left - 2 * middle + right
    offset = np.where(bend < 0, 0.5 * (left - right) / np.minimum(bend, np.float32(-1e-20)), 0)
    hertz = _AXIS_START * 2.0 ** ((_FIRST + best + np.clip(offset, -0.5, 0.5)) / STEPS)
    strength = np.clip(1 - mean / np.maximum(middle, np.float32(1e-20)), 0, 1)
    usable = peaks[best - 1, column] > 0
    loud = power[:-1].sum(0) * (2 / LONG_BINS) >= LONG * QUIET**2
    usable &= loud
    return Candidates(
        hertz=np.where(usable, hertz, 0).astype(np.float32), strength=np.where(usable, strength, 0).astype(np.float32)
    )


@dataclass(kw_only=True)
class Path:
    """The Viterbi search over a clip: feed candidates in order, take decided F0 out."""

    voicing: float = 0.7
    change: float = 0.05
    onset: float = 0.05
    _cost: Doubles = field(default_factory=lambda: np.r_[np.full(CANDIDATES, 1e3), 0.0])
    _log_hertz: Floats = field(default_factory=lambda: np.zeros(CANDIDATES, np.float32))
    _hertz: list[list[float]] = field(default_factory=list)
    _back: list[list[int]] = field(default_factory=list)
    _costs: list[Doubles] = field(default_factory=list)

    def feed(self, found: Candidates) -> None:
        """Extend the path over the frames of `found`."""
        hertz, strength = found.hertz.T, found.strength.T
        logs = np.log2(np.maximum(hertz, 1)).astype(np.float32)
        before = np.concatenate([self._log_hertz[None], logs[:-1]])
        self._log_hertz = logs[-1]
        steps = np.full((len(hertz), STATES, STATES), self.onset)
        steps[:, -1, -1] = 0
        steps[:, :-1, :-1] = self.change * np.abs(logs[:, :, None] - before[:, None, :])
        local = np.empty((len(hertz), STATES))
        local[:, :-1] = np.where(hertz > 0, 1 - strength, 1e3)
        local[:, -1] = 1 - self.voicing
        steps += local[:, :, None]
        costs = [self._cost]
        for step in steps:
            cost = np.minimum.reduce(step + costs[-1], axis=1)
            costs.append(cost - np.minimum.reduce(cost))
        self._cost = costs[-1]
        self._costs.extend(costs[1:])
        self._back.extend((steps + np.array(costs[:-1])[:, None]).argmin(2).tolist())
        self._hertz.extend(hertz.tolist())

    def decide(self, finished: bool = False) -> Floats:
        """F0 of the frames that are decided by now (all that are left when the clip is finished)."""
        decided: list[float] = []
        while len(self._hertz) >= STRETCH + LOOK_AHEAD or (finished and self._hertz):
            last = len(self._hertz) if len(self._hertz) < STRETCH + LOOK_AHEAD else STRETCH + LOOK_AHEAD
            taken = min(STRETCH, last) if last == STRETCH + LOOK_AHEAD else last
            state = int(self._costs[last - 1].argmin())
            pitches = [0.0] * last
            for i in range(last - 1, -1, -1):
                pitches[i] = self._hertz[i][state] if state < CANDIDATES else 0.0
                state = self._back[i][state]
            decided.extend(pitches[:taken])
            del self._hertz[:taken], self._back[:taken], self._costs[:taken]
        return np.array(decided, np.float32)
