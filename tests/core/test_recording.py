"""Where in a scene a recording is heard."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from koemorph.errors import AudioError
from koemorph.recording import PlacedRecording, Recording, audible, exact
from koemorph.timing import FrameRate

NTSC = FrameRate.parse("29.97")


def test_moments_of_the_file_are_frames_of_the_scene():
    whole = PlacedRecording(Recording(Path("a/line 1.wav")), Fraction(101))
    assert whole.name == "line 1"
    assert whole.frame_of(Fraction(1001, 1000), NTSC) == 131
    stretch = PlacedRecording(Recording(Path("line.wav"), begin=Fraction(1001, 1000), end=Fraction(3)), Fraction(101))
    assert stretch.frame_of(Fraction(1001, 1000), NTSC) == 101
    assert stretch.frame_of(Fraction(2002, 1000), NTSC) == 131


def test_what_begins_before_the_file_is_heard_later():
    assert audible(Fraction(10), Fraction(-1001, 1000), NTSC) == (40, None)
    assert audible(Fraction(10), Fraction(0), NTSC) == (10, None)
    assert audible(Fraction(10), Fraction(1, 2), NTSC) == (10, Fraction(1, 2))


def test_numbers_kept_in_binary_are_what_was_typed():
    assert exact(float(np.float32(0.1))) == Fraction(1, 10)
    assert exact(41) == 41


def test_written_down_and_read_again_it_is_the_same():
    for heard in (
        Recording(Path("a.wav")),
        Recording(Path("b.wav"), begin=Fraction(1, 3), end=Fraction(1001, 30000), channel="left"),
    ):
        assert Recording.from_dict(heard.to_dict()) == heard
    assert Recording(Path("b.wav"), begin=Fraction(1, 3)).to_dict() == {"path": "b.wav", "in": "1/3"}


def test_a_channel_of_thousands_of_digits_is_told(one_sentence):
    with pytest.raises(AudioError) as caught:
        Recording(Path("a.wav"), channel="1" * 5000)
    one_sentence(caught.value)
