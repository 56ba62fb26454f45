"""KoeMorph: recorded dialogue to an editable facial performance of 52 ARKit shapes.

What scripts use stands here; every other name may change from version to version. Nothing is loaded before it is asked
for, so `import koemorph` costs nothing.

    >>> import koemorph
    >>> koemorph.FrameRate.parse("29.97").fps
    Fraction(30000, 1001)
    >>> koemorph.Settings().with_values(jaw_strength=1.2).changed()
    {'jaw_strength': 1.2}

A recording becomes a take, and a take a file:

    take = koemorph.animate("line.wav", rate="24")
    koemorph.write_take(take, Path("line.csv"))

Whoever has many recordings, or sliders that move, keeps an `Engine`: it opens the model once, and `analyse` is the
expensive half of `animate`, which `render` then repeats for other settings, another script or edited phones in no time:

    from koemorph.speech import editing

    edited = editing.set_symbol(take.tracks, Fraction("1.2"), "m")
    take = engine.render(analysis, edited=edited)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .analysis import Analysis
    from .api import animate
    from .audio import Clip, open_clip
    from .engine import Engine
    from .errors import KoeMorphError
    from .formats import read_take, write_take
    from .recording import Recording
    from .settings import Settings
    from .speech.script import Script
    from .speech.track import Tracks
    from .take import Take
    from .timing import FrameRate

__version__ = "0.1.0"
__all__ = [
    "Analysis",
    "Clip",
    "Engine",
    "FrameRate",
    "KoeMorphError",
    "Recording",
    "Script",
    "Settings",
    "Take",
    "Tracks",
    "__version__",
    "animate",
    "open_clip",
    "read_take",
    "write_take",
]
_HOMES: Final = {
    "Analysis": "analysis",
    "Clip": "audio",
    "Engine": "engine",
    "FrameRate": "timing",
    "KoeMorphError": "errors",
    "Recording": "recording",
    "Script": "speech.script",
    "Settings": "settings",
    "Take": "take",
    "Tracks": "speech.track",
    "animate": "api",
    "open_clip": "audio",
    "read_take": "formats",
    "write_take": "formats",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
