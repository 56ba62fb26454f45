"""Names and order of the 25 low-level descriptors and of the 88 functionals of eGeMAPS v02.

A name says everything about a column: the descriptor, how it was smoothed (`sma3`: moving average over 3
frames; `nz`: only frames where the value exists), which frames count (`V` voiced, `UV` unvoiced) and the
statistic.
"""

from __future__ import annotations

from typing import Final

SPECTRAL: Final = (
    "Loudness_sma3",
    "alphaRatio_sma3",
    "hammarbergIndex_sma3",
    "slope0-500_sma3",
    "slope500-1500_sma3",
    "spectralFlux_sma3",
    "mfcc1_sma3",
    "mfcc2_sma3",
    "mfcc3_sma3",
    "mfcc4_sma3",
)
VOICE: Final = (
    "F0semitoneFrom27.5Hz_sma3nz",
    "jitterLocal_sma3nz",
    "shimmerLocaldB_sma3nz",
    "HNRdBACF_sma3nz",
    "logRelF0-H1-H2_sma3nz",
    "logRelF0-H1-A3_sma3nz",
)
FORMANT: Final = tuple(
    f"F{n}{what}_sma3nz" for n in (1, 2, 3) for what in ("frequency", "bandwidth", "amplitudeLogRelF0")
)
DESCRIPTORS: Final = SPECTRAL + VOICE + FORMANT

_MOMENTS: Final = ("amean", "stddevNorm")
_CONTOUR: Final = (
    *_MOMENTS,
    "percentile20.0",
    "percentile50.0",
    "percentile80.0",
    "pctlrange0-2",
    "meanRisingSlope",
    "stddevRisingSlope",
    "meanFallingSlope",
    "stddevFallingSlope",
)
_BALANCE: Final = ("alphaRatio{}", "hammarbergIndex{}", "slope{}0-500", "slope{}500-1500", "spectralFlux{}")
_CEPSTRAL: Final = ("mfcc1", "mfcc2", "mfcc3", "mfcc4")
_VOICED: Final = (*(name.format("V") for name in _BALANCE), *(f"{name}V" for name in _CEPSTRAL))

FUNCTIONALS: Final = (
    *(f"{VOICE[0]}_{statistic}" for statistic in _CONTOUR),
    *(f"loudness_sma3_{statistic}" for statistic in _CONTOUR),
    *(f"{name}_sma3_{statistic}" for name in ("spectralFlux", *_CEPSTRAL) for statistic in _MOMENTS),
    *(f"{name}_{statistic}" for name in VOICE[1:] + FORMANT for statistic in _MOMENTS),
    *(f"{name}_sma3nz_{statistic}" for name in _VOICED for statistic in _MOMENTS),
    *(f"{name.format('UV')}_sma3nz_amean" for name in _BALANCE),
    "loudnessPeaksPerSec",
    "VoicedSegmentsPerSec",
    "MeanVoicedSegmentLengthSec",
    "StddevVoicedSegmentLengthSec",
    "MeanUnvoicedSegmentLength",
    "StddevUnvoicedSegmentLength",
    "equivalentSoundLevel_dBp",
)
