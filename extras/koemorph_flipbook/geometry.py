"""What a flip-book's windows and pictures measure, for its making and its use."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from koemorph.audio import SAMPLE_RATE
from koemorph.timing import FrameRate, round_half_up

RATE: Final = FrameRate(Fraction(30))
WINDOW_FRAMES: Final = 90
WINDOW_SAMPLES: Final = WINDOW_FRAMES * SAMPLE_RATE // 30
SIDE: Final = 128
"""Pixels of a picture, both ways."""


def first_sample(frame: int) -> int:
    """Where the window that begins with a frame begins in the clip: half a frame before that frame's moment.

    The net lays its 90 frames in the middles of 90 equal parts of its window, and frame n of ours stands at n/30 s.
    """
    return round_half_up(Fraction(2 * frame - 1, 2) * SAMPLE_RATE / RATE.fps)
