"""Curves that speak a little: syllables, closures of two to four frames, a pause in the middle."""

import numpy as np
import pytest

from koemorph import arkit
from koemorph.timing import FrameRate


@pytest.fixture(scope="session")
def speaking():
    """`speaking(seconds=12.0, fps=60)`: curves (T, 52), level (T,) in dB, and the closures' middles in seconds."""

    def make(seconds=12.0, fps=60):
        t = np.arange(round(seconds * fps)) / fps
        spoken = (t % 6.0) < 4.5
        middles = np.arange(0.7, seconds, 0.73)
        middles = middles[(middles % 6.0) < 4.2]
        shut = np.zeros(len(t))
        for middle in middles:
            shut = np.maximum(shut, np.clip(1.5 - np.abs(t - middle) / 0.03, 0, 1))
        open_ = spoken * (0.12 + 0.2 * np.sin(2 * np.pi * 2.1 * t) ** 2)
        curves = np.zeros((len(t), 52), np.float32)
        for name, values in {
            "jawOpen": open_,
            "mouthClose": open_ * (0.2 + 0.8 * shut),
            "mouthLowerDownLeft": open_ * (1 - shut),
            "mouthLowerDownRight": open_ * (1 - shut),
            "mouthUpperUpLeft": 0.5 * open_ * (1 - shut),
            "mouthUpperUpRight": 0.5 * open_ * (1 - shut),
            "mouthPressLeft": 0.1 * shut * spoken,
            "mouthPressRight": 0.1 * shut * spoken,
            "browInnerUp": 0.1 + 0.1 * np.sin(t),
            "mouthSmileLeft": np.full(len(t), 0.1),
            "mouthSmileRight": np.full(len(t), 0.1),
        }.items():
            curves[:, arkit.INDEX[name]] = values
        level = np.where(spoken, -25.0 + 8.0 * np.sin(2 * np.pi * 2.1 * t), -70.0).astype(np.float32)
        return curves, level, middles

    return make


@pytest.fixture(scope="session")
def sixty():
    return FrameRate.parse(60)
