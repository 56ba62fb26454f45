"""Key reduction: the promised error, what is kept exactly, and that hosts draw the curve that was fitted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from maya_curves import as_maya
from motions import smooth

from koemorph.errors import TakeError
from koemorph.keying import STYLES, CurveKeys, Keying, reduce_curves
from koemorph.keying.evaluate import as_drawn
from koemorph.keying.fit import tridiagonal

FEW = [style.name for style in STYLES.values() if style.reduced]
BEZIER = Keying(style="bezier")
curves = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 60), st.integers(1, 4)),
    elements=st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1, width=32)),
)


@settings(max_examples=80, deadline=None)
@given(curves, st.sampled_from([0.002, 0.01, 0.05]), st.sampled_from(FEW))
def test_the_error_never_exceeds_what_is_allowed(values, tolerance, style) -> None:
    frames = np.arange(len(values))
    for column, keys in zip(
        values.T.astype(float), reduce_curves(values, Keying(style=style, tolerance=tolerance)), strict=True
    ):
        assert np.abs(keys.at(frames) - column).max() <= tolerance
        assert np.abs(as_drawn(keys, frames) - column).max() <= tolerance
        assert set(keys.frames) <= set(frames)
        np.testing.assert_array_equal(keys.values, column[keys.frames.astype(int)])


@settings(max_examples=50, deadline=None)
@given(curves, st.data())
def test_marked_frames_stay_as_they_are(values, data) -> None:
    marked = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))))
    for column, keys in zip(values.T.astype(float), reduce_curves(values, BEZIER, marked), strict=True):
        np.testing.assert_allclose(keys.at(np.flatnonzero(marked)), column[marked], atol=1e-4)


@settings(max_examples=50, deadline=None)
@given(curves)
def test_a_curve_never_leaves_its_own_range(values) -> None:
    between = np.linspace(0, len(values) - 1, 10 * len(values))
    for column, keys in zip(values.T.astype(float), reduce_curves(values, BEZIER), strict=True):
        drawn = keys.at(between)
        assert column.min() - 1e-9 <= drawn.min() and drawn.max() <= column.max() + 1e-9


def test_smooth_motion_needs_few_keys(motion) -> None:
    values = smooth(motion)
    by_style = {style: sum(map(len, reduce_curves(values, Keying(style=style)))) for style in FEW}
    assert by_style["bezier"] < 0.2 * values.size
    assert by_style["bezier"] < by_style["linear"] < by_style["stepped"] < values.size
    finer = sum(map(len, reduce_curves(values, Keying(style="bezier", tolerance=0.002))))
    assert by_style["bezier"] < finer


def test_peaks_and_dips_are_exact(motion) -> None:
    """Frame and value of each turning point that stands out, and the curve is flat there."""
    curve = 0.5 + 0.4 * np.sin(2 * np.pi * np.arange(300) / 47.3)
    (keys,) = reduce_curves(curve[:, None], BEZIER)
    turns = np.flatnonzero(np.diff(np.sign(np.diff(curve)))) + 1
    assert set(turns) <= set(keys.frames)
    np.testing.assert_array_equal(keys.slopes[np.isin(keys.frames, turns)], 0.0)


def test_ripples_below_the_tolerance_are_not_peaks() -> None:
    ripple = 0.3 + 0.004 * np.sin(np.arange(500))
    (keys,) = reduce_curves(ripple[:, None], BEZIER)
    assert len(keys) == 2


def test_a_flat_stretch_has_two_keys() -> None:
    curve = np.concatenate([np.zeros(100), np.sin(np.linspace(0, np.pi, 41)), np.zeros(100)])
    (keys,) = reduce_curves(curve[:, None], BEZIER)
    assert list(keys.frames[:2]) == [0, 100] and list(keys.frames[-2:]) == [140, 240]
    assert (keys.at(np.linspace(0, 100, 999)) == 0).all()
    (constant,) = reduce_curves(np.full((1000, 1), 0.25), BEZIER)
    assert len(constant) == 2


def test_one_frame() -> None:
    for style in FEW:
        (keys,) = reduce_curves(np.array([[0.5]]), Keying(style=style))
        assert list(keys.frames) == [0] and keys.at([-3, 0, 9]).tolist() == [0.5] * 3
        assert keys.handles_left.shape == keys.handles_right.shape == (1, 2)


@pytest.mark.parametrize("start", [0, 1001, 216_000])
def test_blender_and_maya_draw_the_same_curve(motion, start) -> None:
    between = np.arange(0, 4 * 599) / 4
    for keys in reduce_curves(smooth(motion), BEZIER)[:8]:
        placed, wanted = keys.placed(start), keys.at(between)
        np.testing.assert_allclose(as_maya(placed, start + between, weighted=False), wanted, atol=1e-9)
        np.testing.assert_allclose(as_maya(placed, start + between, weighted=True), wanted, atol=1e-9)
        blender = as_drawn(placed, start + between)
        np.testing.assert_allclose(blender, wanted, atol=2e-5 if start < 10_000 else 5e-3)


def test_blender_is_asked_about_handles_of_any_length() -> None:
    """Handles that are not at a third: the closed formula against a search, over a whole segment."""

    class Handled(CurveKeys):
        @property
        def offsets_in(self):
            return np.array([[-1.0, 0.0], [-7.0, 0.2]])

        @property
        def offsets_out(self):
            return np.array([[2.0, 0.5], [1.0, 0.0]])

    keys = Handled(frames=np.array([0.0, 10.0]), values=np.array([0.0, 1.0]), slopes=np.zeros(2))
    frames = np.linspace(0, 10, 101)
    np.testing.assert_allclose(as_drawn(keys, frames), as_maya(keys, frames, weighted=True), atol=1e-5)
    u = np.linspace(0, 1, 10_001)
    time = 3 * u * (1 - u) ** 2 * 2 + 3 * u**2 * (1 - u) * 3 + u**3 * 10
    value = 3 * u * (1 - u) ** 2 * 0.5 + 3 * u**2 * (1 - u) * 1.2 + u**3
    np.testing.assert_allclose(as_drawn(keys, frames), np.interp(frames, time, value), atol=1e-4)


def test_handles_end_at_a_third() -> None:
    keys = CurveKeys(frames=[0, 3, 9], values=[0, 1, 0], slopes=[0.5, 0.0, -1.0])
    np.testing.assert_allclose(keys.offsets_out, [[1, 0.5], [2, 0], [2, -2]])
    np.testing.assert_allclose(keys.offsets_in, [[-1, -0.5], [-1, 0], [-2, 2]])
    np.testing.assert_allclose(keys.handles_left, keys.points + keys.offsets_in)
    doubled = keys.placed(100, 2)
    assert doubled.frames.tolist() == [100, 106, 118]
    np.testing.assert_allclose(doubled.at(100 + 2 * np.linspace(0, 9)), keys.at(np.linspace(0, 9)))


def test_interpolations_are_what_their_names_say() -> None:
    line = CurveKeys(frames=[0, 10], values=[0, 1], slopes=[0, 0], interpolation="linear")
    steps = CurveKeys(frames=[0, 10], values=[0, 1], slopes=[0, 0], interpolation="stepped")
    assert line.at([-1, 2.5, 11]).tolist() == [0, 0.25, 1]
    assert steps.at([0, 9.9, 10, 20]).tolist() == [0, 0, 1, 1]


def test_the_best_slopes_solve_the_system() -> None:
    rng = np.random.default_rng(3)
    below, above = rng.random((2, 57)) - 0.5
    below[0] = above[-1] = 0
    middle, right = 1.2 + rng.random(57), rng.random(57)
    whole = np.diag(middle) + np.diag(above[:-1], 1) + np.diag(below[1:], -1)
    np.testing.assert_allclose(tridiagonal(below, middle, above, right), np.linalg.solve(whole, right), atol=1e-9)


def test_long_takes_are_treated_in_parts(motion, monkeypatch) -> None:
    values = smooth(motion)
    whole = reduce_curves(values, BEZIER)
    monkeypatch.setattr("koemorph.keying.reduce._BLOCK", 1)
    for one, other in zip(whole, reduce_curves(values, BEZIER), strict=True):
        assert np.abs(one.at(np.arange(600)) - other.at(np.arange(600))).max() <= 0.02
        assert abs(len(one) - len(other)) <= 4


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_a_number_is_refused(bad, one_sentence) -> None:
    values = np.zeros((20, 3))
    values[7, 1] = bad
    with pytest.raises(TakeError, match="Curve 2 is not a number at frame 7") as refusal:
        reduce_curves(values, BEZIER)
    one_sentence(refusal.value)


@pytest.mark.parametrize(
    "arguments",
    [
        {"values": np.zeros((0, 3))},
        {"values": np.zeros(5)},
        {"exact": np.zeros(9, dtype=bool)},
    ],
)
def test_what_cannot_be_reduced(arguments, one_sentence) -> None:
    with pytest.raises(TakeError) as refusal:
        reduce_curves(**({"values": np.zeros((5, 2)), "keying": BEZIER} | arguments))
    one_sentence(refusal.value)


@pytest.mark.parametrize(
    ("frames", "values", "slopes"),
    [([0, 0], [1, 1], [0, 0]), ([0, 1], [1], [0, 0]), ([], [], []), ([0, 1], [0, np.nan], [0, 0])],
)
def test_keys_that_are_none(frames, values, slopes, one_sentence) -> None:
    with pytest.raises(TakeError) as refusal:
        CurveKeys(frames=frames, values=values, slopes=slopes)
    one_sentence(refusal.value)
