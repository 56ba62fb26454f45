"""A take: checked when made, never changed afterwards, retimed without drift."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koemorph.errors import TakeError
from koemorph.take import Take, resample
from koemorph.timing import FrameRate

RATES = ["12", "23.976", "24", "25", "29.97", "30", "47.952", "48", "50", "59.94", "60", "119.88", "120"]
rates = st.sampled_from(RATES).map(FrameRate.parse)
SIXTY = FrameRate.parse(60)


def ramp(frames, rate=SIXTY, names=("jawOpen",), **others):
    """Every frame holds its own number."""
    return Take(names, np.arange(frames * len(names), dtype=np.float32).reshape(frames, -1), rate, **others)


def test_values_cannot_be_changed():
    take = ramp(3)
    for values in (take.values, take.curve("jawOpen"), take.slice(1, 2).values, take.with_values(take.values).values):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1.0


@pytest.mark.parametrize("frozen", [False, True])
def test_nobody_else_can_change_a_take(frozen):
    mine = np.zeros((3, 1), np.float32)
    handed = mine[:]
    handed.flags.writeable = not frozen
    take = Take(("jawOpen",), handed, SIXTY)
    mine[:] = 1.0
    assert not take.values.any() and mine.flags.writeable


def test_what_is_frozen_is_not_copied():
    take = ramp(3)
    assert take.slice(1, 2).values.base is take.values and take.with_values(take.values).values is take.values


@pytest.mark.parametrize("target", ["24", "25", "29.97", "30"])
def test_a_closure_survives_a_slower_rate(target):
    """Wherever 50 ms of closed lips lie between the frames, one frame shows them closed."""
    for offset in np.linspace(0.0, 0.1, 37):
        distance = np.abs(np.arange(120) / 60 - 1.0 - offset)
        closed = np.clip(1.0 - (distance - 0.025) / 0.05, 0.0, 1.0).astype(np.float32)
        take = Take(("mouthClose",), closed[:, None], SIXTY).retime(FrameRate.parse(target))
        assert take.values.max() > 0.95 * closed.max()


def test_values_become_float32():
    take = Take(("jawOpen",), [[0.5], [1]], SIXTY)
    assert take.values.dtype == np.float32 and take.frame_count == 2


def test_names_may_come_as_a_list():
    take = Take(["jawOpen", "mouthClose"], np.zeros((1, 2)), SIXTY)
    assert take.names == ("jawOpen", "mouthClose")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_a_hole_in_the_curves_names_shape_and_frame(bad, one_sentence):
    values = np.zeros((50, 2))
    values[37, 1] = bad
    values[41, 0] = bad
    with np.errstate(over="ignore"), pytest.raises(TakeError, match=r"mouthClose .* 37") as refusal:
        Take(("jawOpen", "mouthClose"), values, SIXTY)
    one_sentence(refusal.value)


@pytest.mark.parametrize("form", [(3,), (3, 1), (3, 3), (0, 2), (2, 3, 2), ()])
def test_wrong_forms(form, one_sentence):
    with pytest.raises(TakeError) as refusal:
        Take(("jawOpen", "mouthClose"), np.zeros(form), SIXTY)
    one_sentence(refusal.value)


def test_a_shape_cannot_be_there_twice(one_sentence):
    with pytest.raises(TakeError, match="jawOpen") as refusal:
        Take(("jawOpen", "mouthClose", "jawOpen"), np.zeros((1, 3)), SIXTY)
    one_sentence(refusal.value)
    assert "mouthClose" not in str(refusal.value)


def test_curves_by_name(one_sentence):
    take = ramp(2, names=("a", "b"))
    assert take.curve("b").tolist() == [1.0, 3.0]
    with pytest.raises(TakeError, match="'c'") as refusal:
        take.curve("c")
    one_sentence(refusal.value)


def test_merge_adds_and_replaces():
    ours, theirs = ramp(2, names=("a", "b")), ramp(2, names=("b", "c"))
    merged = ours.merge(theirs)
    assert sorted(merged.names) == ["a", "b", "c"]
    assert merged.curve("a").tolist() == ours.curve("a").tolist()
    assert merged.curve("b").tolist() == theirs.curve("b").tolist()
    assert merged.curve("c").tolist() == theirs.curve("c").tolist()


@pytest.mark.parametrize(
    "other",
    [
        ramp(3, names=("b",)),
        ramp(2, names=("b",), rate=FrameRate.parse("59.94")),
        ramp(2, names=("b",), start=Fraction(1, 60)),
    ],
)
def test_merge_wants_the_same_frames(other, one_sentence):
    with pytest.raises(TakeError) as refusal:
        ramp(2).merge(other)
    one_sentence(refusal.value)


def test_slices_keep_their_moment():
    ntsc = FrameRate.parse("29.97")
    take = ramp(200, rate=ntsc, start=Fraction(5))
    part = take.slice(100, 150)
    assert part.values[:, 0].tolist() == list(range(100, 150))
    assert part.start == 5 + Fraction(100 * 1001, 30000)
    assert part.duration == Fraction(50 * 1001, 30000)
    assert take.slice(0, 200).start == take.start


@pytest.mark.parametrize(("first", "stop"), [(-1, 2), (2, 2), (3, 2), (0, 11), (10, 11)])
def test_slices_outside(first, stop, one_sentence):
    with pytest.raises(TakeError) as refusal:
        ramp(10).slice(first, stop)
    one_sentence(refusal.value)


def test_retime_to_the_same_rate_changes_nothing():
    take = ramp(5)
    assert take.retime(FrameRate.parse("60")) is take


@given(st.integers(1, 500), rates, rates)
def test_retime_keeps_duration_to_half_a_frame_and_the_start(frames, source, target):
    take = ramp(frames, rate=source, start=Fraction(7, 3))
    moved = take.retime(target)
    assert moved.start == take.start and moved.rate == target
    assert moved.frame_count == max(1, int(take.duration * target.fps + Fraction(1, 2)))


@given(rates, rates, st.integers(1, 400))
def test_a_straight_line_stays_straight(source, target, frames):
    """Linear between frames, so a ramp is read exactly at every moment, up to its last frame."""
    values = resample(ramp(frames, rate=source).values, source, target, 300)[:, 0]
    exact = np.minimum(np.arange(300) * float(source.fps / target.fps), frames - 1)
    np.testing.assert_allclose(values, exact, atol=1e-4)


@pytest.mark.parametrize(("source", "target", "every"), [("24", "60", 2), ("60", "24", 5), ("30", "60", 1)])
def test_coinciding_frames_are_copied_exactly_after_an_hour(source, target, every):
    """At `every` source frames both rates have one at the same moment; it must be the very same number there."""
    source, target = FrameRate.parse(source), FrameRate.parse(target)
    values = np.random.default_rng(1).random((int(3600 * source.fps), 1), dtype=np.float32)
    read = resample(values, source, target, int(3600 * target.fps))
    step = every * target.fps / source.fps
    assert step.denominator == 1
    common = values[::every]
    assert np.array_equal(read[:: int(step)], common)
    assert len(common) > 40_000


@given(
    st.sampled_from([("24", "60"), ("60", "24"), ("29.97", "60"), ("60", "23.976"), ("59.94", "25")]),
    st.integers(0, 10 * 3600 * 20),
)
def test_resample_never_drifts(pair, frame):
    """Any frame in ten hours is read at its exact place, whatever lies before it."""
    source, target = (FrameRate.parse(text) for text in pair)
    last = int(frame * source.fps / target.fps) + 2
    values = (np.arange(last + 1) % 64).astype(np.float32)[:, None]
    position = frame * source.fps / target.fps
    before, part = int(position), float(position % 1)
    expected = (before % 64) * (1 - part) + ((before + 1) % 64) * part
    assert abs(float(resample(values, source, target, frame + 1)[frame, 0]) - expected) < 1e-4


def test_a_rate_with_a_huge_fraction_does_not_overflow():
    odd = FrameRate(Fraction(10**17 + 1, 4 * 10**15))
    values = np.arange(4000, dtype=np.float32)[:, None]
    read = resample(values, SIXTY, odd, 1500)[:, 0]
    np.testing.assert_allclose(read, np.arange(1500) * 2.4, atol=1e-3)


def test_one_frame_lasts():
    still = resample(np.full((1, 2), 0.25, np.float32), FrameRate.parse(24), SIXTY, 7)
    assert still.shape == (7, 2) and (still == 0.25).all()


@given(st.integers(2, 200), rates, rates, st.fractions(-2, 6), st.fractions(0, 6))
def test_a_part_is_read_at_its_moments_and_held_beyond_the_ends(frames, source, target, begin, length):
    take = ramp(frames, rate=source, start=Fraction(1, 3))
    begin, end = begin.limit_denominator(48_000), (begin + length + Fraction(1, 10)).limit_denominator(48_000)
    part = take.retime(target, begin, end)
    assert part.start == begin and part.frame_count == max(1, int((end - begin) * target.fps + Fraction(1, 2)))
    moments = float(begin - take.start) + np.arange(part.frame_count) / float(target.fps)
    expected = np.clip(moments * float(source.fps), 0, frames - 1)
    np.testing.assert_allclose(part.values[:, 0], expected, atol=2e-4 * frames)


def test_an_empty_part_is_refused(one_sentence):
    with pytest.raises(TakeError, match="empty") as refusal:
        ramp(60).retime(SIXTY, Fraction(1), Fraction(1, 2))
    one_sentence(refusal.value)


def test_shifting_moves_the_moment_only():
    take = ramp(5, start=Fraction(2))
    assert take.shift(Fraction(-5, 2)).start == Fraction(-1, 2) and take.shift(Fraction(1)).values is take.values
