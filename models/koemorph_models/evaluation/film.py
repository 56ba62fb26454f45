"""The engine's curves beside a filmed mouth, on clips that the reader of the mouth was not taught with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from koemorph.audio import Clip
from koemorph.engine import Engine
from koemorph.settings import Settings
from koemorph.timing import SAMPLE_RATE

from ..mouth.clips import kept_apart, read_clips
from ..mouth.comparison import agreement, read_course, summary
from ..speech.sound import at_level


def film_table(engine: Engine, film: Path, settings: Settings, count: int) -> dict[str, float]:
    """Median r within clips of lip gap, chin and narrowness, over `count` clips kept apart."""
    found = []
    for filmed in kept_apart(read_clips(film))[1][:count]:
        with Clip.from_samples(at_level(filmed.sound()), SAMPLE_RATE) as clip:
            found.append(agreement(read_course(engine.animate(clip, settings)), filmed))
    return {**summary(found), "clips": len(found)}


def film_as_markdown(found: Mapping[str, float]) -> str:
    named = ", ".join(f"{name} {value:.2f}" for name, value in found.items() if name != "clips")
    return f"Beside the filmed mouth, median r within {found['clips']} clips kept apart: {named}.\n"
