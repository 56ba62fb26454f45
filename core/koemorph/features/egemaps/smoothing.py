"""Moving averages over three frames, symmetric; units stay what they are.

Plain: the mean of a frame and its neighbours, the ends repeated. Masked (`nz`): frames outside
the mask are 0, and only neighbours inside it count, so values do not fade into a pause.
"""

from __future__ import annotations

import numpy as np

from .framing import Bools, Floats


def smooth(values: Floats) -> Floats:
    """Over the last axis; two frames shorter, the first and last only serve as neighbours."""
    return np.asarray((values[..., :-2] + values[..., 1:-1] + values[..., 2:]) / np.float32(3))


def smooth_masked(values: Floats, mask: Bools) -> Floats:
    """Like `smooth`, over frames where `mask` (broadcastable) holds; 0 elsewhere."""
    mask = np.broadcast_to(mask, values.shape)
    kept = np.where(mask, values, np.float32(0))
    count = mask[..., :-2].astype(np.float32) + mask[..., 1:-1] + mask[..., 2:]
    total = kept[..., :-2] + kept[..., 1:-1] + kept[..., 2:]
    return np.asarray(np.where(mask[..., 1:-1], total / np.maximum(count, 1), 0), np.float32)
