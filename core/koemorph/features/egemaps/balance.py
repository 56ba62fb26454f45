"""How energy is spread over the spectrum and how fast it changes; one value per 20 ms frame.

Alpha ratio (dB): energy at 1-5 kHz over energy at 50-1000 Hz. Hammarberg index (dB): strongest peak below
2 kHz over strongest peak at 2-5 kHz. Slopes (dB/Hz): regression line through the spectrum in dB over
0-500 and 500-1500 Hz. Flux: root mean square change of magnitude since the frame before, up to 5 kHz.

The slopes count intervals, not points, in the regression's N: the reference's convention, kept so
that both backends mean the same by the name. It adds a small multiple of the level.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from .framing import SHORT_HZ, Floats

FLOOR: Final = 1e-14


def _line(first: int, last: int) -> Floats:
    """Weights over bins first..last that give the slope in dB/Hz."""
    hertz = np.arange(first, last + 1) * SHORT_HZ
    count, total = last - first, hertz.sum()
    return np.asarray((count * hertz - total) / (count * (hertz @ hertz) - total**2), np.float32)


_SLOPE_500: Final = _line(0, 16)
_SLOPE_1500: Final = _line(16, 48)


def balance(power: Floats) -> Floats:
    """Alpha ratio, Hammarberg index, slope 0-500, slope 500-1500 of short power spectra: (4, frames)."""
    heard = power[:161] + np.float32(FLOOR)
    alpha = 10 * np.log10(heard[32:161].sum(0) / heard[1:33].sum(0))
    alpha[power[:161].max(0) <= FLOOR] = 0
    hammarberg = 10 * np.log10(heard[:65].max(0) / heard[64:].max(0))
    decibels = 10 * np.log10(heard[:49])
    return np.stack([alpha, hammarberg, _SLOPE_500 @ decibels[:17], _SLOPE_1500 @ decibels[16:]])


def flux(power: Floats, before: Floats) -> Floats:
    """Flux (frames,) of short power spectra; `before` (bins, 1) is the spectrum ahead of the first frame."""
    magnitude = np.sqrt(np.concatenate([before, power], axis=1)[1:161])
    return np.asarray(np.sqrt(np.square(np.diff(magnitude, axis=1)).mean(0)))
