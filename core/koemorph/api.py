"""The one call for scripts that have one recording."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from .engine import CLOCK, Engine
from .model import load_model
from .settings import Settings
from .take import Take
from .timing import FrameRate


def animate(
    source: Path | str,
    settings: Settings | None = None,
    *,
    rate: FrameRate | Fraction | str | float = CLOCK,
    model: Path | None = None,
    threads: int | None = None,
) -> Take:
    """A recording to a finished take at `rate` (60 frames a second), as `koemorph animate` makes it.

    It opens the model each time; for many recordings keep an `Engine`.
    """
    engine = Engine(load_model(model) if model else None, threads=threads)
    return engine.animate(source, settings, FrameRate.parse(rate))
