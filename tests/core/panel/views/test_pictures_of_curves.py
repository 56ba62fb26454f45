"""What is drawn without Qt: the curves, the waveform."""

from __future__ import annotations

import numpy as np
import pytest

from koemorph.panel.views.tracing import PEAKS_A_SECOND, Wave, bounds, lanes


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
