"""The picture of the curves: opens, has the right size, shows what moves, for any length."""

import time
from fractions import Fraction

import numpy as np
import pytest

from koemorph import arkit
from koemorph.audio import Clip
from koemorph.preview.plot import LANE, LEFT, RIGHT, WIDTH, curves_picture
from koemorph.take import Take
from koemorph.timing import FrameRate

SIXTY = FrameRate.parse(60)


def drawn(take, clip=None):
    return np.asarray(curves_picture(take, clip).convert("RGB")).astype(int)


def only(name, curve):
    names = (name, *(other for other in arkit.SHAPES if other != name))
    return Take(names, np.pad(curve[:, None], ((0, 0), (0, 51))), SIXTY)


def coloured(pixels):
    """Where a curve's colour is, apart from greys."""
    return (pixels.max(axis=2) - pixels.min(axis=2)) > 80


def test_size_follows_what_moves(some_take):
    still = drawn(Take(("jawOpen",), np.zeros((100, 1)), SIXTY))
    one = drawn(Take(("jawOpen",), np.linspace(0, 1, 100)[:, None], SIXTY))
    every = drawn(some_take(100))
    assert still.shape[1] == one.shape[1] == every.shape[1] == WIDTH
    assert one.shape[0] - still.shape[0] == LANE
    assert every.shape[0] - one.shape[0] == 51 * LANE
    assert coloured(one).any() and not coloured(still).any()


def test_a_curve_is_drawn_where_it_moves():
    """A bump in the third quarter of the take is in the third quarter of the lane, and goes up."""
    curve = np.zeros(400)
    curve[290:310] = 1.0
    rows, columns = np.nonzero(coloured(drawn(only("jawOpen", curve)))[:, LEFT : WIDTH - RIGHT])
    span = WIDTH - LEFT - RIGHT
    high = columns[rows < rows.min() + 3]
    assert abs(high.min() - span * 290 / 400) < 6 and abs(high.max() - span * 310 / 400) < 6
    assert LANE - 12 <= rows.max() - rows.min() <= LANE


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_the_shortest_takes(some_take, frames):
    assert drawn(some_take(frames, "24")).shape[1] == WIDTH


@pytest.mark.timeout(60)
def test_an_hour_takes_seconds():
    values = np.random.default_rng(0).random((3600 * 60, 52), dtype=np.float32)
    clip = Clip.from_samples(np.sin(np.arange(3600 * 8000) / 9).astype(np.float32), 8000)
    began = time.process_time()
    pixels = drawn(Take(arkit.SHAPES, values, SIXTY), clip)
    assert time.process_time() - began < 10
    assert pixels.shape[0] > 52 * LANE


def test_a_short_peak_in_an_hour_is_seen():
    """One frame in 216,000 must not fall between two columns of the picture."""
    curve = np.zeros(3600 * 60)
    curve[123_457] = 1.0
    rows, columns = np.nonzero(coloured(drawn(only("jawOpen", curve)))[:, LEFT : WIDTH - RIGHT])
    top = columns[rows < rows.min() + 3]
    assert LANE - 12 <= rows.max() - rows.min() <= LANE
    assert abs(top.mean() - (WIDTH - LEFT - RIGHT) * 123_457 / 216_000) < 4


def test_foreign_names(some_take):
    """What another tool named is drawn as well, and never called at rest while it moves."""
    still = drawn(Take(("Kiefer auf", "口"), np.zeros((60, 2)), SIXTY))
    moving = drawn(some_take(60, names=("Kiefer auf", "口", "x" * 200)))
    assert moving.shape[0] > still.shape[0] + 2 * LANE


@pytest.mark.parametrize("audio", ["line one\nline two.wav", "声.wav", "", None, 7])
def test_any_name_of_a_recording(some_take, audio):
    assert drawn(some_take(10, provenance={"audio": audio})).shape[1] == WIDTH


def test_values_beyond_the_lane():
    take = Take(("headYaw", "jawOpen"), np.linspace(-50, 50, 120).reshape(60, 2), SIXTY, Fraction(-5, 3))
    assert drawn(take).shape[1] == WIDTH


@pytest.mark.parametrize("samples", [1, 100, 16_000])
def test_with_the_waveform(some_take, samples):
    clip = Clip.from_samples(np.linspace(-1, 1, samples, dtype=np.float32), 16_000)
    without = drawn(some_take(60))
    assert drawn(some_take(60), clip).shape[0] > without.shape[0] + 50
