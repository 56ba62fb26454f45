"""What the listener hears: the log-mel it was trained on, in fixed windows on a fixed grid, and its features at 50 Hz.

The listener is the first layers of Whisper base's encoder. Its own front end measures against the loudest moment of
thirty seconds; here the reference is fixed (the clip's level is), so that a moment sounds the same however a file is
read. Window k keeps the features from STEP k on and hears MARGIN more to both sides, the first and the last one the
SILENCE around a line instead: every feature has heard half a second to both sides, and none depends on where the
reading began. The last window ends with that silence, so that a short line costs what it is long.

Frame m of the mel is centred on sample 160 m, feature m on m / 50 seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ..timing import SAMPLE_RATE
from .emotion import Read
from .mel import MelBands

FEATURE_RATE: Final = 50
FEATURE_SIZE: Final = 512
WINDOW: Final = 500
"""Features of the longest window: ten seconds."""
MARGIN: Final = 25
SILENCE: Final = 50
"""Half as much before and after a line costs .01 to .03 of closure F1."""
STEP: Final = WINDOW - 2 * SILENCE
CELL: Final = 25
"""Features of a tone cell: half a second."""
TONE_SIZE: Final = 2 * FEATURE_SIZE
"""A tone is the mean and the mean square of a lower layer over a cell: how it is said, whatever is said."""

BANK: Final = MelBands(window=400, n_fft=400, bands=80, low_hz=0.0, high_hz=8000.0)
HOP: Final = SAMPLE_RATE // 100
LOUDEST: Final = 1.6
"""log10 of the power that counts as the loudest; the floor lies 8 below."""
RANGE: Final = 8.0
LEVEL: Final = 2.0
"""Samples are multiplied by it: speech at the reference level then peaks at LOUDEST (a spread of .2 over voices)."""

Array = NDArray[np.float32]
Hear = Callable[[Array], tuple[Array, Array]]
"""A window's mel (80, 2 n) -> its features (n, 512) and the tones of its cells (n / 25, 1024)."""


def log_mel(read: Read, first: int, count: int) -> Array:
    """(80, count) mel frames from number `first` on; outside of the clip is silence."""
    half = BANK.window // 2
    begin = first * HOP - half
    samples = read(begin, begin + (count - 1) * HOP + BANK.window).astype(np.float64)
    power = BANK.power(sliding_window_view(samples * LEVEL, BANK.window)[::HOP])
    floor = LOUDEST - RANGE
    scaled = (np.clip(np.log10(np.maximum(power, 1e-10)), floor, None) + 4.0) / 4.0
    return np.asarray(scaled.T, dtype=np.float32)


class Listening:
    """A clip of `count` features as the listener hears it; windows are kept as long as the next block may want them."""

    def __init__(self, hear: Hear, read: Read, count: int, kept: int = 6) -> None:
        self._hear, self._read, self._kept = hear, read, kept
        self._stop = -(-count // CELL) * CELL
        self._last = max(0, -(-self._stop // STEP) - 1)
        self._windows: dict[int, tuple[Array, Array]] = {}

    def features(self, first: int, stop: int) -> Array:
        """(stop - first, 512) features; far outside of the clip those of its silent ends are held."""
        return self._gathered(0, first, stop, 1)

    def tones(self, first: int, stop: int) -> Array:
        """(stop - first, 1024) tones of the cells `first` to `stop` - 1; cell c begins at c / 2 seconds."""
        return self._gathered(1, first, stop, CELL)

    def _gathered(self, which: int, first: int, stop: int, size: int) -> Array:
        """Features or tones, `size` features each, from the window in whose middle they lie."""
        places = np.clip(np.arange(first, stop), -SILENCE // size, (self._stop + SILENCE) // size - 1)
        windows = np.clip(places * size // STEP, 0, self._last)
        return np.concatenate(
            [
                self._window(window)[which][places[windows == window] - self._begin(window) // size]
                for window in np.unique(windows).tolist()
            ]
        )

    def _begin(self, window: int) -> int:
        return STEP * window - MARGIN if window else -SILENCE

    def _window(self, window: int) -> tuple[Array, Array]:
        found = self._windows.get(window)
        if found is None:
            first = self._begin(window)
            stop = self._stop + SILENCE if window == self._last else STEP * (window + 1) + MARGIN
            found = self._hear(log_mel(self._read, 2 * first, 2 * (stop - first)))
            self._windows[window] = found
            while len(self._windows) > self._kept:
                self._windows.pop(next(iter(self._windows)))
        return found
