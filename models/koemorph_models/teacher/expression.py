"""What speaking itself does to the upper face: brows rise on accents, eyes narrow while the voice labours.

| the voice                                                    | the face                                  |
|--------------------------------------------------------------|-------------------------------------------|
| accent: pitch rises above its own slow course, while loud    | browInnerUp, browOuterUp, a little eyeWide |
| effort: pressed and high, or a burst above the line's course | eyeSquint, cheekSquint, noseSneer, browDown |

Both are 0 to 1 and nothing in plain, even speech: moods are a track of their own, applied at run time by a table.
All is zero-phase: recorded speech may be looked ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .prosody import RATE, Prosody, Reference

Curve = NDArray[np.float64]

_SLOW: Final = 0.45  # s: standard deviation over which effort changes
_BROW_LEAD: Final = 0.06  # s by which brows precede the accent
_ACCENT: Final = (1.2, 6.0)  # semitones above the slow course: where an accent begins, and is a full one
_NEUTRAL_TILT: Final = (-24.0, -4.0)  # dB: a usual tilt beyond is a shout's, or a microphone's
_SHOUT_TILT: Final = 11.0  # dB above neutral
_SHOUT_PITCH: Final = 10.0  # semitones above usual
_WHISPER: Final = -0.9

UPPER_FACE: Final[dict[str, dict[str, float]]] = {
    "accent": {"browInnerUp": 0.40, "browOuterUp": 0.32, "eyeWide": 0.10},
    "effort": {"eyeSquint": 0.24, "cheekSquint": 0.14, "noseSneer": 0.09, "browDown": 0.12},
}
"""What each at its full does; names without a side move both."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Voice:
    """Prosody made comparable, at its 60 Hz.

    `loudness` is 0 (silence) to about 1 (the recording's loud), `pitch` in semitones above usual. `effort` tells a
    whisper (-1) from plain speech (0) and a shout (1) by the voice's colour: recordings are levelled, so their
    loudness does not tell.
    """

    loudness: Curve
    pitch: Curve
    effort: Curve


def normalise(prosody: Prosody, usual: Reference) -> Voice:
    loudness = np.clip((prosody.loudness - usual.floor) / (usual.loud - usual.floor), 0.0, 1.25).astype(np.float64)
    voiced = np.flatnonzero(prosody.f0 > 0)
    pitch = np.zeros(len(loudness))
    if len(voiced):
        semitones = 12 * np.log2(prosody.f0[voiced].astype(np.float64) / usual.pitch)
        pitch = np.interp(np.arange(len(loudness)), voiced, semitones)
    return Voice(loudness=loudness, pitch=pitch, effort=_effort(prosody, usual, loudness, pitch))


def _effort(prosody: Prosody, usual: Reference, loudness: Curve, pitch: Curve) -> Curve:
    """Pressed voices have more energy above 1 kHz, by some 12 dB in anger, and are higher; a whisper has no voice."""
    present = np.clip(loudness, 0.0, 1.0) ** 3
    voice = present * (prosody.f0 > 0)
    neutral = float(np.clip(usual.tilt, *_NEUTRAL_TILT))
    pressed = (_course(prosody.tilt.astype(np.float64), voice) - neutral) / _SHOUT_TILT
    effort = 0.7 * pressed + 0.3 * _course(pitch, voice) / _SHOUT_PITCH
    voiced = _course((prosody.f0 > 0).astype(np.float64), present)
    whispered = np.clip((0.45 - voiced) / 0.3, 0.0, 1.0)
    return np.asarray(np.clip(effort, -0.6, 1.0) * (1 - whispered) + _WHISPER * whispered)


def _course(curve: Curve, weight: Curve) -> Curve:
    """Its slow course where the weight is; where there is none, that of its surroundings."""
    near, far = smooth(weight, _SLOW), float(weight.mean())
    mean = float((curve * weight).mean()) / max(far, 1e-6)
    return (smooth(curve * weight, _SLOW) + 0.02 * mean) / (near + 0.02)


def upper_face(voice: Voice) -> dict[str, Curve]:
    """The courses of `UPPER_FACE`, at prosody's 60 Hz."""
    count = len(voice.loudness)
    loud = np.clip(voice.loudness, 0.0, 1.0)
    low, full = _ACCENT
    rise = smooth(voice.pitch, 0.06) - smooth(voice.pitch, 0.5)
    accent = smooth(np.clip((rise - low) / (full - low), 0.0, 1.0) * loud**2, 0.08) * 1.5
    lead = min(round(_BROW_LEAD * RATE), count)
    accent = np.concatenate([accent[lead:], np.zeros(lead)])
    present = np.clip(smooth(loud, 0.25) / 0.35, 0.0, 1.0)
    burst = smooth(loud, 0.15) - _course(loud, loud**2)
    effort = (np.clip((voice.effort - 0.2) / 0.8, 0.0, 1.0) + 1.5 * np.clip(burst - 0.08, 0.0, 0.4)) * present
    return {"accent": np.clip(accent, 0.0, 1.0), "effort": smooth(np.clip(effort, 0.0, 1.0), 0.08)}


def smooth(curve: Curve, seconds: float, rate: int = RATE) -> Curve:
    """A Gaussian of that standard deviation, the ends held."""
    reach = max(1, round(3 * seconds * rate))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (seconds * rate)) ** 2)
    return np.convolve(np.pad(curve, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
