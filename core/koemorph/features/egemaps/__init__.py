"""eGeMAPS v02, 25 descriptors and 88 functionals (Eyben et al. 2016), in numpy, under our own licence.

One pass: `descriptors.tables` walks through the clip once, in blocks; `functionals.functionals` sums up the
windows that are complete, and what no later window needs is dropped. Written from the
published definitions; where those leave room, constants were chosen so that the results agree with
openSMILE's (see PARITY.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..emotion import STEP_SAMPLES, WINDOW_SAMPLES, Read, window_count
from .descriptors import BLOCK, Table, tables
from .framing import HOP, LONG, SHORT, frame_count
from .functionals import functionals
from .names import DESCRIPTORS, FUNCTIONALS

__all__ = ["DESCRIPTORS", "FUNCTIONALS", "NativeEgemaps", "Table", "tables"]

STEP: Final = STEP_SAMPLES // HOP
BATCH: Final = 16
"""Windows that are summed up together, unless fewer are left."""


def _join(parts: list[Table]) -> Table:
    return Table(
        descriptors=np.concatenate([part.descriptors for part in parts], axis=1),
        voiced_balance=np.concatenate([part.voiced_balance for part in parts], axis=1),
        unvoiced_balance=np.concatenate([part.unvoiced_balance for part in parts], axis=1),
        power=np.concatenate([part.power for part in parts]),
    )


def _from(table: Table, frame: int) -> Table:
    return Table(
        descriptors=table.descriptors[:, frame:],
        voiced_balance=table.voiced_balance[:, frame:],
        unvoiced_balance=table.unvoiced_balance[:, frame:],
        power=table.power[frame:],
    )


class NativeEgemaps:
    """The emotion backend that needs nothing but numpy."""

    name = "native"

    def __init__(self, block: int = BLOCK) -> None:
        self._block = block

    def windows(self, read: Read, sample_count: int) -> Iterator[NDArray[np.float32]]:
        """Yield the 88 functionals of the windows in order, (n, 88) at a time, as soon as they are complete."""
        span = min(sample_count, WINDOW_SAMPLES)
        short, long = frame_count(span, SHORT), frame_count(span, LONG)
        wanted, done, dropped = window_count(sample_count), 0, 0
        held: list[Table] = []
        frames = 0
        for table in tables(read, max(sample_count, 1), self._block):
            held.append(table)
            frames += table.power.size
            ready = min(wanted, 1 + (dropped + frames - short) // STEP) - done
            if ready <= 0 or (ready < BATCH and done + ready < wanted):
                continue
            joined = _join(held)
            begin = (done + np.arange(ready)) * STEP - dropped
            yield functionals(joined, begin, short, long)
            done += ready
            keep = min(done * STEP - dropped, frames)
            held, frames, dropped = [_from(joined, keep)], frames - keep, dropped + keep
