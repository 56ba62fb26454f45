"""What a host will draw: keys evaluated the way Blender does it, not the way we fitted them.

It receives a cubic Bezier segment in time and value, and has to find the point of the segment that lies at a frame. It
keeps single-precision numbers, shortens handles that are longer than the segment, and solves the cubic by Cardano's
formula.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .keys import CurveKeys, Numbers


def as_drawn(keys: CurveKeys, frames: ArrayLike) -> Numbers:
    """Values of an F-Curve with these keys, linear, constant or Bezier with free handles."""
    wanted = np.asarray(frames, dtype=np.float32).astype(np.float64)
    if keys.interpolation != "bezier" or len(keys) == 1:
        return _single(keys.at(wanted))
    time, value, segment = _bezier(
        _single(keys.points), _single(keys.handles_left), _single(keys.handles_right), wanted
    )
    length = time[3] - time[0]
    for end, handle in ((0, 1), (3, 2)):
        reach = np.abs(time[handle] - time[end])
        shorter = np.where(reach > length, length / np.maximum(reach, 1e-30), 1.0)
        time[handle] = time[end] + shorter * (time[handle] - time[end])
        value[handle] = value[end] + shorter * (value[handle] - value[end])
    inside = _cardano(time[:, segment], np.clip(wanted, keys.frames[0], keys.frames[-1]))
    return _single(_point(value[:, segment], inside))


def _bezier(
    points: Numbers, left: Numbers, right: Numbers, wanted: Numbers
) -> tuple[Numbers, Numbers, NDArray[np.intp]]:
    """Times (4, segments) and values (4, segments) of the control points, and the segment of each wanted frame."""
    control = np.stack([points[:-1], right[:-1], left[1:], points[1:]])
    segment = np.clip(np.searchsorted(points[:, 0], wanted, side="right") - 1, 0, len(points) - 2)
    return control[..., 0].copy(), control[..., 1].copy(), segment


def _point(control: Numbers, u: Numbers) -> Numbers:
    a, b, c, d = control
    return np.asarray((1 - u) ** 3 * a + 3 * u * (1 - u) ** 2 * b + 3 * u**2 * (1 - u) * c + u**3 * d)


def _cardano(time: Numbers, wanted: Numbers) -> Numbers:
    """Where along each segment its time is the wanted one, by the closed formulas."""
    a, b, c, d = time
    cubic, square, linear, constant = d - a + 3 * (b - c), 3 * (a - 2 * b + c), 3 * (b - a), a - wanted
    found = np.empty_like(wanted)
    flat = cubic == 0.0
    under = np.sqrt(np.maximum(linear[flat] ** 2 - 4 * square[flat] * constant[flat], 0))
    found[flat] = -2 * constant[flat] / np.maximum(linear[flat] + under, 1e-300)
    bent = np.flatnonzero(~flat)
    shift = square[bent] / cubic[bent] / 3
    p = linear[bent] / cubic[bent] / 3 - shift**2
    q = (2 * shift**3 - shift * linear[bent] / cubic[bent] + constant[bent] / cubic[bent]) / 2
    spread = q**2 + p**3
    one = spread > 0
    root = np.sqrt(spread[one])
    found[bent[one]] = np.cbrt(root - q[one]) - np.cbrt(root + q[one]) - shift[one]
    three = ~one
    reach = np.sqrt(np.maximum(-p[three], 1e-300))
    angle = np.arccos(np.clip(-q[three] / reach**3, -1, 1)) / 3
    roots = 2 * reach * np.cos(angle + np.array([[0], [2], [4]]) * np.pi / 3) - shift[three]
    beyond = np.abs(roots - np.clip(roots, 0, 1))
    found[bent[three]] = np.take_along_axis(roots, beyond.argmin(axis=0)[None], axis=0)[0]
    return np.clip(found, 0.0, 1.0)


def _single(numbers: Numbers) -> Numbers:
    """Rounded as a host keeps them: single precision."""
    return numbers.astype(np.float32).astype(np.float64)
