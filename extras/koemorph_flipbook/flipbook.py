"""A clip in, its pictures out, of any length: windows of three seconds overlap by one, and fade into each other.

What fades is what the net has heard, not the pictures: two mouths laid over each other would be neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.audio import Clip
from koemorph.network import Session

from .geometry import RATE, WINDOW_FRAMES, WINDOW_SAMPLES, first_sample
from .model import FlipbookFiles, load_flipbook

OVERLAP: Final = 30
"""Frames that two windows share."""
FADE: Final = ((np.arange(OVERLAP, dtype=np.float32) + 0.5) / OVERLAP)[:, None]
"""How much of the later window is in each of them."""
CALM: Final = np.float32(0.25)
"""How much of either neighbour is in a picture: alone, each trembles with the 16 ms that it hears best."""
SHEET: Final = 15
"""Pictures drawn at a time: what drawing needs in memory grows with it."""

Heard = NDArray[np.float32]
Pictures = NDArray[np.uint8]


class Flipbook:
    """A loaded net. Not tied to any clip; not for use from two threads at once."""

    def __init__(
        self,
        files: FlipbookFiles | None = None,
        *,
        threads: int | None = None,
        providers: Sequence[str] = ("CPUExecutionProvider",),
        sessions: tuple[Session, Session] | None = None,
    ) -> None:
        if sessions is None:
            from koemorph.sessions import open_session

            files = files or load_flipbook()
            sessions = (
                open_session(files.listen, threads, providers),
                open_session(files.draw, threads, providers),
            )
        self._listener, self._painter = sessions

    def pictures(self, clip: Clip) -> Iterator[Pictures]:
        """(128, 128, 3) of sRGB bytes for each frame of the clip at 30 fps."""
        for heard in self.heard(clip):
            for first in range(0, len(heard), SHEET):
                yield from self.draw(heard[first : first + SHEET])

    def heard(self, clip: Clip) -> Iterator[Heard]:
        """What the listener makes of the clip, (frames, width) at a time, windows already faded into each other."""
        count = frame_count(clip)
        last: Heard | None = None
        for first in range(0, max(count - OVERLAP, 1), WINDOW_FRAMES - OVERLAP):
            window = self.listen(clip, first)
            if last is not None:
                window[:OVERLAP] = last + FADE * (window[:OVERLAP] - last)
            left = count - first
            if left <= WINDOW_FRAMES:
                yield window[:left]
            else:
                yield window[:-OVERLAP]
            last = window[-OVERLAP:]

    def listen(self, clip: Clip, first: int) -> Heard:
        """One window, which begins with frame `first`; silence outside of the clip."""
        begin = first_sample(first)
        samples = clip.read(begin, begin + WINDOW_SAMPLES) * np.float32(clip.gain)
        heard = np.pad(self._listener.run(None, {"samples": samples[None]})[0][0], ((1, 1), (0, 0)), mode="edge")
        return np.asarray(CALM * (heard[:-2] + heard[2:]) + (1 - 2 * CALM) * heard[1:-1], dtype=np.float32)

    def draw(self, heard: Heard) -> Pictures:
        return np.asarray(self._painter.run(None, {"heard": np.ascontiguousarray(heard)})[0], dtype=np.uint8)


def frame_count(clip: Clip) -> int:
    return RATE.frame_count(clip.duration)
