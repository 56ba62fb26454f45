"""Which features a renderer may be fed with; without numpy, so that the command line can tell them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FEATURE_SIZE: Final = 512


@dataclass(frozen=True)
class Mode:
    """What a renderer is fed with: numbers a video frame, and the shape that 16 such rows are given."""

    name: str
    row: int
    shape: tuple[int, int, int]


MODES: Final = {
    mode.name: mode
    for mode in (
        Mode("ave", FEATURE_SIZE, (32, 16, 16)),
        Mode("hubert", 2048, (32, 32, 32)),
        Mode("wenet", 8192, (256, 16, 32)),
    )
}
"""`ave` is made from sound here; the others' features come from elsewhere, as a file."""
