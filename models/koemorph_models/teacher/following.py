"""Between the contacts that phones demand, the mouth goes as a real one would, as far as a reader has heard it.

How far the jaw sinks, how far lips part and how narrow the mouth is come from the course; which shapes make them, and
every closure and bite, stay with the phones.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .expression import smooth
from .gestures import GRID, Gestures
from .heard import MouthCourse

Curve = NDArray[np.float64]

JAW: Final = 0.9
GAP: Final = 0.9
NARROWNESS: Final = 0.75
"""How much of each is the course's; the rest is the rules'."""

_JAW_AT_ONE: Final = 0.34  # jawOpen where the course's chin is 1
_GAP_AT_ONE: Final = 0.34  # the lips' gap (`lips.lip_gap`) where the course's gap is 1
_ROUNDING_AT_ONE: Final = 0.55  # `lips.rounding` where its narrowness is 1
_APART: Final = 0.06  # the gap of lips that no phone closes
_FOLLOWING_AT_MOST: Final = 0.85
_LOWER: Final = 2.6
_UPPER: Final = 2.4  # shares of a missing gap that lower and upper lip make: 0.22 * 2.6 + 0.18 * 2.4 = 1
_ROUND_AT_LEAST: Final = 1.0  # of the rounding that phones ask for
_ROUND_AT_MOST: Final = 0.10  # above it, while a vowel sounds; consonants may be as round as they are heard
_CONSONANTS: Final = 1.0
_STEADY: Final = 0.02  # s: standard deviation of the course's smoothing
_EDGE: Final = 0.12
_EDGE_SOFTNESS: Final = 0.03  # s: how far around speech the course is followed, and how softly that ends
_PUCKER: Final = 0.52
_FUNNEL: Final = 0.80


def follow(free: dict[str, Curve], moved: Gestures, heard: MouthCourse, jaw: Curve, following: Curve) -> Curve:
    """Moves the shapes that contacts leave free; gives how much of the jaw the lips undo: `following` or more.

    `jaw` scales the mouth's opening. Where lips come nearer than lowered and raised lips let them, they follow the jaw.
    """
    heard = heard.smoothed(_STEADY)
    speech = _around(moved.speech)
    share = JAW * speech
    free["jawOpen"] = (1 - share) * free["jawOpen"] + share * _JAW_AT_ONE * jaw * np.clip(heard.chin, 0.0, None)

    funnel_gap = 0.12 * free["mouthFunnel"]
    gap = free["jawOpen"] * (1 - following) + _lip_gap(free) + funnel_gap
    wanted = np.maximum(_GAP_AT_ONE * jaw * heard.gap, _APART)
    missing = GAP * speech * (1 - moved.near) * (1 - moved.bite) * (wanted - gap)
    lips_before = _lip_gap(free)
    free["mouthLowerDown"] = np.maximum(free["mouthLowerDown"] + _LOWER * missing, 0.0)
    free["mouthUpperUp"] = np.maximum(free["mouthUpperUp"] + _UPPER * missing, 0.0)
    excess = np.maximum(_lip_gap(free) - lips_before - missing, 0.0)
    following = np.clip(following + excess / np.maximum(free["jawOpen"], 0.02), 0.0, _FOLLOWING_AT_MOST)

    narrow = free["mouthPucker"] + 0.6 * free["mouthFunnel"] - 0.3 * free["mouthStretch"] - 0.15 * free["mouthSmile"]
    asked = np.maximum(narrow, 0.0)
    high = asked + _ROUND_AT_MOST + _CONSONANTS * (1 - moved.vowel)
    wanted = np.clip(_ROUNDING_AT_ONE * heard.narrowness, _ROUND_AT_LEAST * asked, high)
    missing = NARROWNESS * speech * (wanted - narrow)
    for name, part in (("mouthPucker", _PUCKER), ("mouthFunnel", _FUNNEL)):
        free[name] = np.maximum(free[name] + part * missing, 0.0)
    spread = np.clip(1 - 3 * missing, 0.5, 1.5)
    for name in ("mouthStretch", "mouthSmile", "mouthDimple"):
        free[name] = free[name] * spread
    return following


def _around(speech: Curve) -> Curve:
    """Speech and what leads to it and away from it: there the mouth moves already, and still."""
    reach = round(_EDGE * GRID)
    widest = sliding_window_view(np.pad(speech, reach, mode="edge"), 2 * reach + 1).max(axis=1)
    return smooth(widest, _EDGE_SOFTNESS, GRID)


def _lip_gap(free: dict[str, Curve]) -> Curve:
    return 0.22 * free["mouthLowerDown"] + 0.18 * free["mouthUpperUp"]
