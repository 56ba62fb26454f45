"""The voice's mood on the face: a documented map from prosody to expression. Its strength is a style's `expression`.

| the voice                                              | the face                                       |
|--------------------------------------------------------|------------------------------------------------|
| accent: pitch above its own slow course, while loud    | browInnerUp, browOuterUp, a little eyeWide     |
| effort: louder than usual for the speaker              | eyeSquint, cheekSquint, noseSneer, stretch     |
| arousal: louder and higher than usual                  | eyeWide, browOuterUp                           |
| harshness: louder and with more energy above 1 kHz     | browDown, mouthPress, noseSneer                |
| weariness: softer and lower than usual                 | mouthFrown, browInnerUp                        |
| brightness: high, bright and fast                      | mouthSmile, cheekSquint, mouthDimple           |

Each mood is 0 to 1 and changes over about a second, an accent over about a tenth; both are zero-phase: recorded
speech may be looked ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .prosody import RATE, Prosody, Reference

Curve = NDArray[np.float64]

_SLOW: Final = 0.9  # s: standard deviation over which moods change
_BROW_LEAD: Final = 0.06  # s by which brows precede the accent
_USUAL_RATE: Final = 4.5  # vowels a second
_USUAL_LOUDNESS: Final = 0.68

MOODS: Final[dict[str, dict[str, float]]] = {
    "accent": {"browInnerUp": 0.40, "browOuterUp": 0.42, "eyeWide": 0.16},
    "effort": {"eyeSquint": 0.30, "cheekSquint": 0.30, "noseSneer": 0.14, "mouthStretch": 0.10},
    "arousal": {"eyeWide": 0.46, "browOuterUp": 0.18, "browInnerUp": 0.08},
    "harshness": {"browDown": 0.50, "mouthFrown": 0.12, "mouthPress": 0.03, "noseSneer": 0.18, "eyeSquint": 0.10},
    "weariness": {"mouthFrown": 0.34, "browInnerUp": 0.34, "mouthShrugLower": 0.06},
    "brightness": {"mouthSmile": 0.56, "cheekSquint": 0.26, "mouthDimple": 0.12, "eyeSquint": 0.10},
}
"""What each mood at its full does; names without a side move both."""


@dataclass(frozen=True, eq=False)
class Voice:
    """Prosody made comparable: `loudness` 0 (silence) to about 1 (the speaker's loud), `pitch` in spreads."""

    loudness: Curve
    pitch: Curve
    tilt: Curve
    pitched: bool


def normalise(prosody: Prosody, usual: Reference) -> Voice:
    loudness = np.clip((prosody.loudness - usual.floor) / (usual.loud - usual.floor), 0.0, 1.25).astype(np.float64)
    voiced = np.flatnonzero(prosody.f0 > 0)
    pitch = np.zeros(len(loudness))
    if len(voiced):
        semitones = 12 * np.log2(prosody.f0[voiced].astype(np.float64) / usual.pitch)
        pitch = np.interp(np.arange(len(loudness)), voiced, semitones) / usual.spread
    tilt = np.clip((prosody.tilt.astype(np.float64) - usual.tilt) / 6.0, -2.0, 2.0)
    return Voice(loudness, pitch, tilt, bool(len(voiced)))


def moods(voice: Voice, vowels: Curve) -> dict[str, Curve]:
    """Each mood at prosody's 60 Hz. `vowels`: when vowels begin (s), for the speaking rate."""
    count = len(voice.loudness)
    weight = voice.loudness**2 + 1e-3
    whole = smooth(weight, _SLOW)

    def slow(curve: Curve) -> Curve:
        return smooth(curve * weight, _SLOW) / whole

    loud = (slow(voice.loudness) - _USUAL_LOUDNESS - 0.06) / 0.16
    high = slow(voice.pitch)
    sharp = slow(voice.tilt)
    onsets = (
        np.bincount(np.clip((vowels * RATE).astype(int), 0, count - 1), minlength=count)[:count]
        if len(vowels)
        else np.zeros(count)
    )
    fast = (smooth(onsets.astype(np.float64), _SLOW) * RATE - _USUAL_RATE) / 2.5
    rise = smooth(voice.pitch, 0.06) - smooth(voice.pitch, 0.5)
    accent = smooth(np.clip(rise - 0.25, 0.0, 1.6) * np.clip(voice.loudness, 0, 1) ** 2, 0.07) / 0.9
    lead = round(_BROW_LEAD * RATE)
    accent = np.concatenate([accent[lead:], np.zeros(min(lead, count))])[:count]
    arousal = (loud + high) / 2
    found = {
        "accent": accent,
        "effort": 0.2 + 0.6 * loud + 0.9 * (smooth(voice.loudness, 0.18) - 0.65),
        "arousal": 0.05 + 0.9 * arousal,
        "harshness": 0.1 + 0.5 * loud + 0.4 * sharp - 0.25 * high,
        "weariness": 0.05 - 0.7 * arousal,
        "brightness": 0.15 + 0.35 * high + 0.25 * sharp + 0.35 * fast,
    }
    if not voice.pitched:
        found["brightness"] *= 0.5
    present = np.clip(smooth(np.clip(voice.loudness, 0, 1), 0.25) / 0.35, 0.0, 1.0)
    return {name: smooth(np.clip(curve, 0.0, 1.0) * present, 0.06) for name, curve in found.items()}


def smooth(curve: Curve, seconds: float, rate: int = RATE) -> Curve:
    """A Gaussian of that standard deviation, the ends held."""
    reach = max(1, round(3 * seconds * rate))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (seconds * rate)) ** 2)
    return np.convolve(np.pad(curve, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
