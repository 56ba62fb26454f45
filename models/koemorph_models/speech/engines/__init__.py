"""Speech synthesisers, one module each, found by looking into this folder: see `base.SpeechEngine`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Final, cast

from .base import EngineMissing, Rendering, Segment, SpeechEngine, Style, Voice

__all__ = ["ENGINES", "EngineMissing", "Rendering", "Segment", "SpeechEngine", "Style", "Voice"]


def _found() -> dict[str, SpeechEngine]:
    names = {module.name for module in iter_modules(__path__) if module.name != "base" and module.name[0] != "_"}
    engines = [cast(SpeechEngine, import_module(f".{name}", __name__)) for name in sorted(names, reverse=True)]
    return {engine.NAME: engine for engine in engines}


ENGINES: Final = _found()
"""By name, in the order in which corpora are planned: another order would be another corpus."""
