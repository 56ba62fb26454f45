"""Motion to be keyed."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture(scope="module")
def motion() -> np.ndarray:
    """Ten seconds of 52 smooth curves with pauses, at 60 fps."""
    rng = np.random.default_rng(1)
    rough = np.clip(rng.standard_normal((75, 52)) * 0.3, 0, 1)
    return np.stack([np.interp(np.arange(600) / 8, np.arange(75), rough[:, i]) for i in range(52)], axis=1).astype("f4")
