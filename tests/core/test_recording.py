"""Where in a scene a recording is heard."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from koemorph.recording import Recording, audible, exact
from koemorph.timing import FrameRate

NTSC = FrameRate.parse("29.97")


def test_moments_of_the_file_are_frames_of_the_scene():
    whole = Recording(Path("a/line 1.wav"), Fraction(101))
    assert whole.name == "line 1" and whole.part == {}
    assert whole.frame_of(Fraction(1001, 1000), NTSC) == 131
    stretch = Recording(Path("line.wav"), Fraction(101), Fraction(1001, 1000), Fraction(3))
    assert stretch.part == {"start": 1.001, "end": 3.0}
    assert stretch.frame_of(Fraction(1001, 1000), NTSC) == 101
    assert stretch.frame_of(Fraction(2002, 1000), NTSC) == 131


def test_what_begins_before_the_file_is_heard_later():
    assert audible(Fraction(10), Fraction(-1001, 1000), NTSC) == (40, None)
    assert audible(Fraction(10), Fraction(0), NTSC) == (10, None)
    assert audible(Fraction(10), Fraction(1, 2), NTSC) == (10, Fraction(1, 2))


def test_numbers_kept_in_binary_are_what_was_typed():
    assert exact(float(np.float32(0.1))) == Fraction(1, 10)
    assert exact(41) == 41
