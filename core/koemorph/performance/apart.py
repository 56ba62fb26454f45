"""Between two incoming frames lips cannot half meet: a frame of the result is on the side that its phone is on.

Incoming frames stand every sixtieth of a second. Where a frame of another rate falls between one in which the lips meet
and one in which they are apart, a mean of both would close vowels, and so would a closure that is measured by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import arkit, lips
from ..speech.articulation import resolve
from ..speech.track import Phone
from ..take import Curves
from ..timing import FrameRate
from .frames import Frames, blocks
from .phrases import Spans

_MOUTH: Final = list(arkit.indices(arkit.LOWER_FACE))


def open_spans(phones: Sequence[Phone]) -> Spans:
    """(n, 2) seconds: when phones sound for which the lips are apart."""
    told = [(float(phone.start), float(phone.end)) for phone in phones if resolve(phone.symbol).parts[0][0].close == 0]
    return np.array(told).reshape(-1, 2)


def cut(closures: Spans, apart: Spans, least: float) -> Spans:
    """Closures without what of them lies in phones that are open, where at least so many seconds are left of them."""
    if not len(closures) or not len(apart):
        return closures
    begin, end = closures.T
    first, last = (_inside(moments, apart) for moments in (begin, end))
    begins = np.where(first >= 0, apart[first, 1], begin)
    ends = np.where(last >= 0, apart[last, 0], end)
    left = ends - begins > least
    return np.stack([np.where(left, begins, begin), np.where(left, ends, end)], axis=1)


def take_sides(
    values: Curves, frames: Frames, source: Curves, gap: NDArray[np.float32], rate: FrameRate, apart: Spans
) -> None:
    """Frames of open phones between lips that meet and lips apart show the latter, in place."""
    read, met = frames.moments_read(), gap <= lips.CLOSED_GAP
    for own in blocks(len(values)):
        at = np.clip(read[own] * float(rate.fps), 0, len(gap) - 1)
        before = np.floor(at).astype(np.int64)
        after = np.minimum(before + 1, len(gap) - 1)
        mixed = np.flatnonzero((met[before] != met[after]) & (at > before) & (_inside(read[own], apart) >= 0))
        shown = np.where(met[before[mixed]], after[mixed], before[mixed])
        values[own.start + mixed[:, None], _MOUTH] = source[shown[:, None], _MOUTH]


def _inside(moments: NDArray[np.float64], spans: Spans) -> NDArray[np.int64]:
    """The span that each moment lies in, -1 where there is none."""
    if not len(spans):
        return np.full(len(moments), -1)
    index = np.searchsorted(spans[:, 0], moments, side="right") - 1
    return np.where((index >= 0) & (moments < spans[np.maximum(index, 0), 1]), index, -1)
