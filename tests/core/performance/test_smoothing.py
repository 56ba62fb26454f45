"""Smoothing: the documents' average, a version of it without delay, the same look at 30 and at 60."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koemorph import arkit
from koemorph.performance.smoothing import kernel, smooth, smooth_face
from koemorph.settings import Settings
from koemorph.timing import FrameRate

SIXTY, THIRTY = FrameRate.parse(60), FrameRate.parse(30)
times = st.floats(0.001, 0.1)
both = pytest.mark.parametrize("causal", [True, False], ids=["causal", "zero-phase"])


def smoothed(curve, seconds, rate=SIXTY, *, causal):
    return smooth(np.asarray(curve, np.float32), kernel(seconds, rate, causal=causal), causal=causal)


def noise(frames=400, seed=0):
    return np.random.default_rng(seed).random(frames, dtype=np.float32)


@pytest.mark.parametrize("seconds", [0.001, 0.012, 0.04, 0.1])
@pytest.mark.parametrize("rate", [THIRTY, SIXTY], ids=["30", "60"])
def test_causal_is_the_documents_recursion(seconds, rate):
    """B_t = a raw + (1 - a) B_{t-1}, started at the first value."""
    raw = noise()
    a = 1 - np.exp(-1 / (seconds * float(rate.fps)))
    expected, last = [], float(raw[0])
    for value in raw:
        last = a * float(value) + (1 - a) * last
        expected.append(last)
    np.testing.assert_allclose(smoothed(raw, seconds, rate, causal=True), expected, atol=1e-6)


@both
@given(times, st.floats(0, 1), st.integers(1, 50))
def test_constants_stay(causal, seconds, value, frames):
    np.testing.assert_allclose(smoothed(np.full(frames, value), seconds, causal=causal), value, atol=1e-6)


@both
@given(times)
def test_weights_sum_to_one_and_fall_with_distance(causal, seconds):
    weights = kernel(seconds, SIXTY, causal=causal)
    assert abs(weights.sum() - 1) < 1e-12 and (weights > 0).all()
    after = weights if causal else weights[len(weights) // 2 :]
    assert (np.diff(after) < 0).all()
    assert after[-1] / after[0] < 1e-6


@given(times)
def test_zero_phase_is_symmetric_and_so_does_not_lag(seconds):
    weights = kernel(seconds, SIXTY, causal=False)
    np.testing.assert_allclose(weights, weights[::-1])
    impulse = np.zeros(401)
    impulse[200] = 1
    response = smoothed(impulse, seconds, causal=False)
    assert response.argmax() == 200
    np.testing.assert_allclose(response, response[::-1], atol=1e-7)


def test_causal_looks_only_back():
    step = np.zeros(100)
    step[50:] = 1
    answer = smoothed(step, 0.05, causal=True)
    assert (answer[:50] == 0).all() and 0 < answer[50] < 0.5 and answer[99] > 0.99


@both
def test_neither_end_is_pulled_to_zero(causal):
    ramp = np.linspace(1.0, 0.5, 60)
    answer = smoothed(ramp, 0.05, causal=causal)
    assert answer[0] > 0.9 and answer[-1] > 0.45


@both
@given(times, st.integers(1, 3))
def test_clips_shorter_than_the_kernel(causal, seconds, frames):
    raw = noise(frames)
    answer = smoothed(raw, seconds, causal=causal)
    assert len(answer) == frames
    assert raw.min() - 1e-6 <= answer.min() and answer.max() <= raw.max() + 1e-6


@pytest.mark.parametrize("seconds", [0.02, 0.05, 0.1])
def test_thirty_and_sixty_look_alike(seconds):
    """A slow movement smoothed at 30 is, frame for frame, nearly the one smoothed at 60."""
    t60 = np.arange(600) / 60
    movement = 0.5 + 0.5 * np.sin(2 * np.pi * 1.0 * t60)
    at60 = smoothed(movement, seconds, SIXTY, causal=False)[::2]
    at30 = smoothed(movement[::2], seconds, THIRTY, causal=False)
    assert np.abs(at60 - at30)[30:-30].max() < 0.02


def test_each_half_of_the_face_has_its_own_time():
    curves = np.random.default_rng(0).random((200, 52), dtype=np.float32)
    for settings, still, moved in (
        (Settings(lower_face_smoothing=0.05, upper_face_smoothing=0.0), arkit.UPPER_FACE, arkit.LOWER_FACE),
        (Settings(lower_face_smoothing=0.0, upper_face_smoothing=0.05), arkit.LOWER_FACE, arkit.UPPER_FACE),
    ):
        ours = curves.copy()
        smooth_face(ours, settings, SIXTY)
        columns = arkit.indices(still)
        assert np.array_equal(ours[:, columns], curves[:, columns])
        assert all(np.std(ours[:, i]) < 0.8 * np.std(curves[:, i]) for i in arkit.indices(moved))


@pytest.mark.parametrize("method", ["zero-phase", "causal"])
def test_zero_is_raw(method):
    curves = np.random.default_rng(0).random((50, 52), dtype=np.float32)
    ours = curves.copy()
    smooth_face(ours, Settings(lower_face_smoothing=0.0, upper_face_smoothing=0.0, smoothing_method=method), SIXTY)
    assert np.array_equal(ours, curves)


def test_the_method_is_heard():
    curves = np.zeros((50, 52), np.float32)
    curves[25] = 1
    ours = {}
    for method in ("zero-phase", "causal"):
        ours[method] = curves.copy()
        smooth_face(ours[method], Settings(lower_face_smoothing=0.05, smoothing_method=method), SIXTY)
    assert ours["zero-phase"][20, 17] > 0 and ours["causal"][20, 17] == 0
