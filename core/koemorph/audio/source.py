"""What every decoder looks like to the rest of the room, and the simplest one."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

FULL_SCALE = 0.9999
"""A magnitude from here on counts as full scale; 16 bit reaches 0.99997."""


class Source(Protocol):
    """A stream of float32 frames that is read once, from the front."""

    @property
    def rate(self) -> int: ...

    @property
    def channels(self) -> int: ...

    @property
    def full_scale(self) -> float: ...

    @property
    def promised(self) -> int | None:
        """Frames the stream must hold to be whole; None where the header does not say so reliably."""

    @property
    def expected(self) -> int | None:
        """Frames the stream probably holds, for progress only."""

    def read(self, count: int) -> NDArray[np.float32]:
        """The next `count` frames as (frames, channels); fewer only at the end."""

    def skip(self, count: int) -> int:
        """Leave out `count` frames; says how many there were to leave out."""

    def close(self) -> None: ...


def skip_by_reading(source: Source, count: int, block: int = 32_768) -> int:
    """Skip without seeking: the only way that is sample-exact in every lossy format."""
    skipped = 0
    while skipped < count:
        wanted = min(block, count - skipped)
        got = len(source.read(wanted))
        skipped += got
        if got < wanted:
            break
    return skipped


class ArraySource:
    """Samples that are in memory already: (frames,) or (frames, channels), floats or signed integers."""

    full_scale = FULL_SCALE

    def __init__(self, samples: NDArray[Any], rate: int) -> None:
        frames = samples[:, None] if samples.ndim == 1 else samples
        self._frames = frames
        self._scale = 1.0 / -float(np.iinfo(frames.dtype).min) if frames.dtype.kind == "i" else 1.0
        self._at = 0
        self.rate = rate
        self.channels = int(frames.shape[1])
        self.promised = self.expected = len(frames)

    def read(self, count: int) -> NDArray[np.float32]:
        block = self._frames[self._at : self._at + count]
        self._at += len(block)
        with np.errstate(over="ignore"):  # what overflows becomes infinite and is refused as such
            return np.asarray(block * self._scale, np.float32)

    def skip(self, count: int) -> int:
        skipped = min(count, len(self._frames) - self._at)
        self._at += skipped
        return skipped

    def close(self) -> None:
        pass
