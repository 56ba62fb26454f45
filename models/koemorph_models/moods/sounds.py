"""A voice that no corpus has: a whisper made of a spoken line."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_WINDOW: Final = 512
_STEP: Final = 128
_ENVELOPE: Final = 30
"""Cepstral coefficients that hold the throat and not the voice."""
_TILT: Final = 0.85
"""How much of the lows a whisper has not."""

Sound = NDArray[np.float32]


def whispered(samples: Sound) -> Sound:
    """The same throat without a voice: noise in the envelope of each moment."""
    window = np.sqrt(np.hanning(_WINDOW + 1)[:-1]).astype(np.float32)
    padded = np.pad(samples, _WINDOW)
    starts = range(0, len(padded) - _WINDOW, _STEP)
    noise = np.random.default_rng(0).normal(size=len(padded))
    whisper = np.zeros(len(padded))
    for start in starts:
        own = slice(start, start + _WINDOW)
        cepstrum = np.fft.irfft(np.log(np.abs(np.fft.rfft(padded[own] * window)) + 1e-5))
        cepstrum[_ENVELOPE : _WINDOW - _ENVELOPE + 1] = 0.0
        envelope = np.exp(np.fft.rfft(cepstrum).real)
        whisper[own] += window * np.fft.irfft(np.fft.rfft(noise[own] * window) * envelope)
    tilted = whisper - _TILT * np.concatenate([[0.0], whisper[:-1]])
    return np.asarray(tilted[_WINDOW : _WINDOW + len(samples)], dtype=np.float32)
