"""What is drawn without Qt: the live face, the curves, the waveform."""

from __future__ import annotations

import numpy as np
import pytest

from koemorph.face import load_face
from koemorph.panel.portrait import Portrait, Side
from koemorph.panel.tracing import PEAKS_A_SECOND, Wave, bounds, lanes
from koemorph.preview.render import Renderer, View

SIZE = (150, 180)


@pytest.fixture(scope="module")
def portrait():
    return Portrait(load_face())


def weights(portrait, **values):
    row = np.zeros(len(portrait.names), np.float32)
    for name, value in values.items():
        row[portrait.names.index(name)] = value
    return row


def test_it_poses_as_the_face_does(portrait):
    row = np.random.default_rng(0).random(len(portrait.names), dtype=np.float32)
    assert np.allclose(portrait.posed(row), load_face().posed_row(row), atol=1e-6)


def test_the_head_fills_the_same_places_as_in_the_fine_picture(portrait):
    """And has no holes."""
    drawn = portrait.draw(weights(portrait), Side(), SIZE)[..., 3] > 0
    fine = Renderer(load_face(), SIZE, View(height=Side().height)).draw(load_face().vertices)
    paper = fine[0, 0].astype(int)
    covered = np.abs(fine.astype(int) - paper).max(axis=2) > 12
    assert np.mean(drawn != covered) < 0.02
    inside = covered.copy()
    for axis in (0, 1):
        inside &= np.roll(covered, 2, axis) & np.roll(covered, -2, axis)
    assert drawn[inside].mean() > 0.999


@pytest.mark.parametrize("near, size", [(1.0, (1400, 1400)), (5.0, (500, 500)), (5.0, (1400, 1400))])
def test_there_are_no_holes_in_large_and_near_pictures(portrait, near, size):
    seen = portrait.draw(weights(portrait, jawOpen=0.3), Side().nearer(near), size)[..., 3] > 0
    closed = [np.roll(seen, 3, axis) & np.roll(seen, -3, axis) for axis in (0, 1)]
    assert (closed[0] & closed[1] & ~seen).sum() < 2e-4 * seen.sum()


def test_shapes_move_what_they_should(portrait):
    rest = portrait.draw(weights(portrait), Side(), SIZE).astype(int)
    for name, upper in (("jawOpen", False), ("eyeBlinkLeft", True), ("browInnerUp", True), ("mouthSmileLeft", False)):
        moved = portrait.draw(weights(portrait, **{name: 1.0}), Side(), SIZE).astype(int)
        rows = np.argwhere(np.abs(moved - rest).max(axis=2) > 20)[:, 0]
        assert len(rows) > 20, name
        assert (rows.mean() < 0.56 * SIZE[1]) == upper, name


def test_turning_shows_the_other_side_and_nearer_shows_more(portrait):
    left = portrait.draw(weights(portrait), Side(turn=40), SIZE)
    right = portrait.draw(weights(portrait), Side(turn=-40), SIZE)
    assert not np.array_equal(left, right)
    near = portrait.draw(weights(portrait), Side().nearer(3.0), SIZE)
    assert (near[..., 3] > 0).sum() > 1.5 * (left[..., 3] > 0).sum()
    assert Side().turned(400, 500).above == 80 and Side().nearer(1e9).height == 0.06


def test_bounds_hold_every_extreme(some_take):
    take = some_take(3600)
    low, high = bounds(take, list(range(52)), 0.0, 3600 / 60, 300)
    assert np.array_equal(high.max(axis=1), take.values.max(axis=0))
    assert np.array_equal(low.min(axis=1), take.values.min(axis=0))
    low, high = bounds(take, [3], 10.0, 10.5, 300)
    part = take.values[600:631, 3]
    assert high.max() == pytest.approx(part.max()) and low.min() == pytest.approx(part.min())
    low, high = bounds(take, [3], -10.0, -5.0, 20)
    assert np.isnan(low).all() and np.isnan(high).all()


def test_a_lane_is_highest_where_its_curve_is():
    ramp = np.linspace(0, 1, 50, dtype=np.float32)[None]
    picture = lanes(ramp, ramp, 26, np.array([[1.0, 0.5, 0.0]], np.float32))
    tops = np.argmax(picture[..., 3], axis=0)
    assert picture.shape == (26, 50, 4) and tops[0] > 20 and tops[-1] == 0 and (np.diff(tops) <= 0).all()
    assert (picture[..., :3] <= picture[..., 3:]).all()  # premultiplied


def test_wave(speech_clip):
    with speech_clip(1.0) as clip:
        wave = Wave.of(clip)
        assert len(wave.low) == PEAKS_A_SECOND
        assert max(wave.high.max(), -wave.low.min()) == 1.0
        low, high = wave.columns(-0.5, 1.5, 100)
        assert not high[:25].any() and not high[75:].any() and high[25:75].max() == wave.high.max()
        assert low.min() == wave.low.min()
