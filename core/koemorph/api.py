"""The one call for scripts that have one recording."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from .analysis import CLOCK
from .engine import Engine
from .model import load_model
from .settings import Settings
from .speech.script import ENGLISH, Script
from .take import Take
from .timing import FrameRate


def animate(
    source: Path | str,
    settings: Settings | None = None,
    *,
    rate: FrameRate | Fraction | str | float = CLOCK,
    script: str | None = None,
    language: str = ENGLISH,
    model: Path | None = None,
    threads: int | None = None,
) -> Take:
    """A recording to a finished take at `rate` (60 frames a second), as `koemorph animate` makes it.

    `script` is what is said in it, as people write it; a text beside the recording is not looked for.
    It opens the model each time; for many recordings keep an `Engine`.
    """
    engine = Engine(load_model(model) if model else None, threads=threads)
    return engine.animate(source, settings, FrameRate.parse(rate), script=Script.of(script or "", language))
