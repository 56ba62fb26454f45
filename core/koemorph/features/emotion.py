"""The emotion stream: 88 eGeMAPS functionals over sliding 20 s windows, from one pass over a clip.

Window j covers the seconds 0.3 j to 0.3 j + 20. A clip of 20 s or less has one window, the whole clip.
The network sees a token every 0.3 s: the window that ends at that moment and the ones 0.3 and 0.6 s
before, each shifted to lie inside the clip, so that every frame has its tokens from the first to the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from ..timing import SAMPLE_RATE

WINDOW_SAMPLES: Final = 20 * SAMPLE_RATE
STEP_SAMPLES: Final = 3 * SAMPLE_RATE // 10
FUNCTIONALS: Final = 88
WINDOWS_PER_TOKEN: Final = 3
TOKEN_SIZE: Final = FUNCTIONALS * WINDOWS_PER_TOKEN

Samples = NDArray[np.float32]
Read = Callable[[int, int], Samples]
"""`read(start, stop)` gives mono 16 kHz samples start..stop-1; zeros outside the clip."""


class EmotionBackend(Protocol):
    """Something that measures the 88 functionals; the same names in the same order whichever it is."""

    name: str

    def windows(self, read: Read, sample_count: int) -> Iterator[NDArray[np.float32]]:
        """Yield blocks (n, 88) of finite functionals, `window_count(sample_count)` rows in all.

        Reads the clip once from front to back, in blocks, and holds only what a window needs.
        """
        ...


def window_count(sample_count: int) -> int:
    """How many whole windows fit; one for any clip that is not longer than a window."""
    return 1 + max(0, sample_count - WINDOW_SAMPLES) // STEP_SAMPLES


def token_count(sample_count: int) -> int:
    """Tokens at 0, 0.3, 0.6... up to and including the first at or after the end of the clip."""
    return 1 + -(-sample_count // STEP_SAMPLES)


def windows_of_token(token: int, windows: int) -> tuple[int, ...]:
    """The windows that token (at 0.3 s x `token`) holds: the one ending there, and 0.3 and 0.6 s before."""
    steps_in_window = -(-WINDOW_SAMPLES // STEP_SAMPLES)
    last = token - steps_in_window
    return tuple(min(max(last - back, 0), windows - 1) for back in range(WINDOWS_PER_TOKEN))
