"""Dense samples to the fewest keys we can find whose curve stays within a tolerance at every frame.

Keys stand on frames and on the samples' own values. Starting from the frames that must be keys, each segment that
strays is split at its worst frame until none does; then keys that turn out to be dispensable are taken away again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import TakeError
from .fit import Fit, Fitter
from .keys import CurveKeys
from .lane import Anchors, Flags, Lane, anchors

if TYPE_CHECKING:  # styles know their ways to keys, of which this is one
    from .styles import Keying

EXACT: Final = 1e-4
"""What "exact" means inside a stretch that must stay as it is: finer than any tolerance."""
SIGNIFICANT: Final = 2.0
"""A peak or dip is kept to the frame and value when it stands out by so many tolerances."""
_MARGIN: Final = 1.0 - 1e-3
"""Of the tolerance; the rest is for hosts that calculate in single precision."""
_BLOCK: Final = 60_000
"""Samples treated at once: as much as a processor's cache likes, and memory stays flat."""
_PRUNINGS: Final = 4


def reduce_curves(
    values: NDArray[np.float32] | NDArray[np.float64],
    keying: Keying,
    exact: NDArray[np.bool_] | None = None,
) -> list[CurveKeys]:
    """As few keys as can be found for each column of `values` (frames, curves), frame 0 first.

    `exact` (frames,) or (frames, curves) marks where curves must not change: the ends of each marked stretch become
    keys, and the curve between them stays within `EXACT`.
    """
    samples = np.asarray(values, dtype=np.float64)
    if samples.ndim != 2 or not samples.size:
        raise TakeError(f"Curves to be reduced need frames and shapes, not the form {samples.shape}.")
    if not np.isfinite(samples).all():
        frame, column = (int(i) for i in np.argwhere(~np.isfinite(samples))[0])
        raise TakeError(f"Curve {column + 1} is not a number at frame {frame}; it cannot be reduced to keys.")
    marked = _marked(exact, samples.shape)
    columns = max(1, _BLOCK // len(samples))
    curves: list[CurveKeys] = []
    for begin in range(0, samples.shape[1], columns):
        part = slice(begin, begin + columns)
        curves += _reduce_block(samples[:, part], marked[:, part], keying)
    return curves


def _marked(exact: NDArray[np.bool_] | None, form: tuple[int, ...]) -> Flags:
    if exact is None:
        return np.zeros(form, dtype=bool)
    marked = np.asarray(exact, dtype=bool)
    if marked.ndim == 1:
        marked = marked[:, None]
    try:
        return np.broadcast_to(marked, form)
    except ValueError:
        raise TakeError(f"Marks of the form {np.shape(exact)} do not fit curves of the form {form}.") from None


def _reduce_block(samples: NDArray[np.float64], marked: Flags, keying: Keying) -> list[CurveKeys]:
    length, curves = samples.shape
    tolerance, interpolation = keying.tolerance, keying.how.interpolation
    flags = np.ascontiguousarray(marked.T).ravel()
    allowed = np.where(flags, EXACT, tolerance) * _MARGIN
    lane = Lane(values=np.ascontiguousarray(samples.T).ravel(), tolerance=allowed, length=length)
    fixed = anchors(lane, tolerance, SIGNIFICANT * tolerance, flags)
    if interpolation == "stepped":
        keys = np.flatnonzero(_steps(lane, fixed.extremes, curves))
        slopes = np.zeros(len(keys))
    else:
        fit = _fewest(Fitter(lane, fixed, interpolation), fixed)
        keys, slopes = fit.keys, fit.slopes
    bounds = np.searchsorted(keys, np.arange(1, curves) * length)
    return [
        CurveKeys(frames=places % length, values=lane.values[places], slopes=part, interpolation=interpolation)
        for places, part in zip(np.split(keys, bounds), np.split(slopes, bounds), strict=True)
    ]


def _fewest(fitter: Fitter, fixed: Anchors) -> Fit:
    """Split until all is within the tolerance; then, alternating, try what remains without every other free key."""
    anchored = fixed.all
    keyed = anchored.copy()
    fit = _split(fitter, keyed)
    for attempt in range(_PRUNINGS):
        free = fit.keys[~anchored[fit.keys]][attempt % 2 :: 2]
        trial = keyed.copy()
        trial[free] = False
        without = fitter.fit(trial)
        strays = np.maximum.reduceat(without.errors, without.keys) > 1.0
        needed = free[strays[np.cumsum(trial)[free] - 1]]
        trial[needed] = True
        result = _split(fitter, trial)
        if len(result.keys) < len(fit.keys):
            keyed, fit = trial, result
    return fit


def _split(fitter: Fitter, keyed: Flags) -> Fit:
    """Add keys to `keyed` where segments stray the most, until none does: at the latest when all frames are keys."""
    while True:
        fit = fitter.fit(keyed)
        worst = np.maximum.reduceat(fit.errors, fit.keys)
        straying = worst > 1.0
        if not straying.any():
            return fit
        segment = np.cumsum(keyed) - 1
        places = np.flatnonzero((fit.errors == worst[segment]) & straying[segment])
        _, once = np.unique(segment[places], return_index=True)
        keyed[places[once]] = True


def _steps(lane: Lane, extremes: Flags, curves: int) -> Flags:
    """Stepped keys: a new one wherever the last one no longer holds within the tolerance, and at extremes."""
    values, allowed, forced = (row.reshape(curves, -1).T for row in (lane.values, lane.tolerance, extremes))
    keyed = np.empty(values.shape, dtype=bool)
    held = np.full(curves, np.inf)
    for frame, sample in enumerate(values):
        new = (np.abs(sample - held) > allowed[frame]) | (forced[frame] & (sample != held))
        held = np.where(new, sample, held)
        keyed[frame] = new
    keyed[[0, -1]] = True
    return np.asarray(keyed.T.ravel())
