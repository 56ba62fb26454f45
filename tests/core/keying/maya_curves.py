"""Keys evaluated as Maya does it: without weighted tangents it knows only slopes, with them it solves the cubic."""

from __future__ import annotations

import numpy as np

from koemorph.keying import CurveKeys
from koemorph.keying.keys import hermite


def as_maya(keys: CurveKeys, frames: np.ndarray, *, weighted: bool) -> np.ndarray:
    wanted = np.clip(frames, keys.frames[0], keys.frames[-1])
    left = np.clip(np.searchsorted(keys.frames, wanted, side="right") - 1, 0, len(keys) - 2)
    if weighted:
        points = np.stack([keys.points[:-1], keys.handles_right[:-1], keys.handles_left[1:], keys.points[1:]])[:, left]
        low, high = np.zeros(len(wanted)), np.ones(len(wanted))
        for _ in range(60):
            middle = (low + high) / 2
            before = _cubic(points[..., 0], middle) < wanted
            low, high = np.where(before, middle, low), np.where(before, high, middle)
        return _cubic(points[..., 1], (low + high) / 2)
    length = keys.frames[left + 1] - keys.frames[left]
    rise, leave, arrive = hermite((wanted - keys.frames[left]) / length)
    out = keys.offsets_out[left, 1] / keys.offsets_out[left, 0]
    into = keys.offsets_in[left + 1, 1] / keys.offsets_in[left + 1, 0]
    step = keys.values[left + 1] - keys.values[left]
    return keys.values[left] + rise * step + length * (leave * out + arrive * into)


def _cubic(control: np.ndarray, u: np.ndarray) -> np.ndarray:
    a, b, c, d = control
    return (1 - u) ** 3 * a + 3 * u * (1 - u) ** 2 * b + 3 * u**2 * (1 - u) * c + u**3 * d
