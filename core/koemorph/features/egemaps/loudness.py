"""Loudness from an auditory spectrum, and MFCC 1-4, which share the mel bands; one value per 20 ms frame.

Loudness (arbitrary units, about 1 for speech at -23 dB): power in 26 mel bands between 20 and 8000 Hz,
weighted with the equal-loudness curve of Hermansky (1990),
compressed with exponent 0.33, summed over bands.

MFCC: log power of the same bands on the 16 bit integer scale, orthonormal cosine transform, coefficients 1-4,
liftered with 1 + 11 sin(pi n / 22). Bands quieter than the floor count as the floor, so silence gives 0.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from .framing import Doubles, Floats, mel_bank

COMPRESSION: Final = 0.33
LOUDNESS_SCALE: Final = 0.0686
FLOOR: Final = 1e-8
INTEGER_POWER: Final = 32767.0**2
LIFTER: Final = 22
ROLL_OFF: Final = 4645.0

BANK, CENTRES = mel_bank()


def equal_loudness(hertz: Doubles) -> Doubles:
    """Sensitivity of the ear at a frequency (Hermansky 1990).

    His roll-off above 5 kHz is of 6th order; this one was fitted to the reference's response to tones.
    """
    w2 = (2 * np.pi * hertz) ** 2
    return np.asarray((w2 + 56.8e6) * w2**2 / ((w2 + 6.3e6) ** 2 * (w2 + 0.38e9) * (1 + (hertz / ROLL_OFF) ** 6.63)))


def _cosines() -> Floats:
    order = np.arange(1, 5)[:, None]
    cosines = np.sqrt(2 / len(CENTRES)) * np.cos(np.pi * order * (np.arange(len(CENTRES)) + 0.5) / len(CENTRES))
    return np.asarray(cosines * (1 + LIFTER / 2 * np.sin(np.pi * order / LIFTER)), np.float32)


_WEIGHTS: Final = (equal_loudness(CENTRES) * LOUDNESS_SCALE ** (1 / COMPRESSION)).astype(np.float32)[:, None]
_COSINES: Final = _cosines()


def loudness_and_mfcc(power: Floats) -> tuple[Floats, Floats]:
    """Loudness (frames,) and MFCC 1-4 (4, frames) of short power spectra (bins, frames)."""
    bands = BANK @ power
    loudness = np.power(bands * _WEIGHTS, np.float32(COMPRESSION)).sum(0)
    logs = np.log(np.maximum(bands * np.float32(INTEGER_POWER / FLOOR), np.float32(1)))
    return loudness, _COSINES @ logs
