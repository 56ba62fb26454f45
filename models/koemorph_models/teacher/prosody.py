"""What the voice does besides its phones: loudness, pitch, voicing and spectral tilt at 60 Hz.

These are the low-level descriptors of eGeMAPS that the face follows (loudness, F0, harmonicity, alpha ratio), in a
form that numpy computes some hundred times faster than real time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.features.melody import VOICED, periods
from koemorph.timing import SAMPLE_RATE

RATE: Final = 60
"""Prosody frames per second; frame n is centred at n / 60 s."""
_LENGTH: Final = 640  # samples: 40 ms hold two periods at 50 Hz
_TRANSFORM: Final = 1024
_PITCH_FLOOR: Final = 32.0  # dB under the loud parts: what is softer has no pitch that matters
_NEAR_BEST: Final = 0.94
_ASTRAY: Final = 0.4  # octaves from its surroundings where a pitch is not believed
_PLAIN: Final = 30
"""Percentile of a speaker's recordings whose tilt is his plain voice: where he also shouts, the calmer ones tell."""
_BLOCK: Final = 2048
_QUIET: Final = 1e-10

Curve = NDArray[np.float32]


@dataclass(frozen=True, eq=False, kw_only=True)
class Prosody:
    """`loudness` in dB of full scale, `f0` in Hz (0 where unvoiced), `voicing` 0..1, `tilt` in dB (high over low)."""

    loudness: Curve
    f0: Curve
    voicing: Curve
    tilt: Curve

    @property
    def duration(self) -> float:
        return len(self.loudness) / RATE


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What is usual for a speaker: `loud` and `floor` bound the speech in dB, pitch in Hz, its spread in semitones.

    `tilt` is that of the vowels of a calmer recording, in dB.
    """

    loud: float
    floor: float
    pitch: float
    spread: float
    tilt: float


def analyse(samples: NDArray[np.float32]) -> Prosody:
    """The prosody of 16 kHz mono samples."""
    count = max(1, -(-len(samples) * RATE // SAMPLE_RATE))
    half = _LENGTH // 2
    padded = np.pad(np.asarray(samples, np.float32), (half, half + SAMPLE_RATE // RATE))
    starts = (np.arange(count) * SAMPLE_RATE + RATE // 2) // RATE
    windows = np.lib.stride_tricks.sliding_window_view(padded, _LENGTH)
    window = np.hanning(_LENGTH + 2)[1:-1].astype(np.float32)
    parts = [_block(windows[starts[i : i + _BLOCK]], window) for i in range(0, count, _BLOCK)]
    loudness, f0, voicing, tilt = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    f0 = np.where(loudness > np.percentile(loudness, 95) - _PITCH_FLOOR, f0, 0.0).astype(np.float32)
    return Prosody(loudness=loudness, f0=_steady(f0), voicing=voicing, tilt=tilt)


def _block(frames: NDArray[np.float32], window: Curve) -> tuple[Curve, Curve, Curve, Curve]:
    frames = (frames - frames.mean(axis=1, keepdims=True)) * window
    spectrum = np.fft.rfft(frames, _TRANSFORM)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    hertz = np.fft.rfftfreq(_TRANSFORM, 1 / SAMPLE_RATE)
    total = power[:, hertz >= 50].sum(axis=1) * 2 / (_TRANSFORM * float((window**2).sum()))
    low = power[:, (hertz >= 50) & (hertz < 1000)].sum(axis=1)
    high = power[:, (hertz >= 1000) & (hertz < 5000)].sum(axis=1)
    power[:, hertz > 2000] = 0.0  # pitch lives below
    period, likeness = periods(power, window, near_best=_NEAR_BEST)
    voicing = np.where(total > 1e-7, np.clip(likeness, 0.0, 1.0), 0.0)
    f0 = np.where(voicing > VOICED, SAMPLE_RATE / period, 0.0)
    loudness = 10 * np.log10(total + _QUIET)
    tilt = 10 * np.log10((high + _QUIET) / (low + _QUIET))
    return loudness.astype(np.float32), f0.astype(np.float32), voicing.astype(np.float32), tilt.astype(np.float32)


def _steady(f0: Curve) -> Curve:
    """Octave slips put right against the recording's median, lone and stray frames removed."""
    voiced = f0 > 0
    if not voiced.any():
        return f0
    middle = float(np.median(f0[voiced]))
    octaves = np.log2(np.where(voiced, f0, middle) / middle)
    folded = np.where(octaves > 0.75, f0 / 2, np.where(octaves < -0.75, f0 * 2, f0))
    steady = np.where(voiced & (_around(folded, 2)[1] >= 3), _around(folded, 2)[0], 0.0)
    local = _around(steady, 10)[0]
    astray = np.abs(np.log2(np.where(steady > 0, steady / np.maximum(local, 1.0), 1.0))) > _ASTRAY
    return np.where(astray, 0.0, steady).astype(np.float32)


def _around(f0: Curve, reach: int) -> tuple[Curve, Curve]:
    """The median of the voiced frames around each frame, and how many there are."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(f0, reach, mode="edge"), 2 * reach + 1)
    ordered = np.sort(windows, axis=1)  # unvoiced zeros come first
    voiced = (windows > 0).sum(axis=1)
    at = 2 * reach + 1 - (voiced + 1) // 2
    return ordered[np.arange(len(f0)), np.minimum(at, 2 * reach)], voiced


def reference(prosodies: Iterable[Prosody]) -> Reference:
    """What is usual over one or many recordings of a speaker."""
    found = list(prosodies)
    loudness = np.concatenate([p.loudness for p in found])
    f0 = np.concatenate([p.f0 for p in found])
    loud = float(np.percentile(loudness, 95))
    tilts = [float(np.median(p.tilt[_vowel_like(p, loud)])) for p in found]
    semitones = 12 * np.log2(f0[f0 > 0] / 100) if (f0 > 0).any() else np.zeros(1)
    middle, spread = float(np.median(semitones)), float(np.std(semitones))
    return Reference(
        loud=loud,
        floor=loud - 30,
        pitch=100 * 2 ** (middle / 12),
        spread=max(1.5, spread),
        tilt=float(np.percentile(tilts, _PLAIN)),
    )


def _vowel_like(prosody: Prosody, loud: float) -> NDArray[np.bool_]:
    """Loud voiced frames; where there are none, whatever is loudest."""
    near = prosody.loudness > min(loud, float(prosody.loudness.max())) - 15
    return near & (prosody.f0 > 0) if (near & (prosody.f0 > 0)).any() else near
