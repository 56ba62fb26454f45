"""What a model would give if it heard no further than so many milliseconds ahead, as who speaks live asks of it.

    koemorph-models evaluate-look-ahead LIST[=AUDIO] ... [--model FOLDER] [--ahead 0,80,160,330] [--count N]

Every tenth of a second is heard anew from what a live listener would have then: the sound up to that moment and the
look-ahead, and nothing after it. What is heard is put together and performed as a line, so that the last step alone,
laying the phones, knows the end of the line.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.analysis import CLOCK, Analysis
from koemorph.audio import Clip
from koemorph.engine import Engine
from koemorph.features.listener import FEATURE_RATE
from koemorph.model import ANALYSIS_FPS, TOKEN_FRAMES, load_model
from koemorph.settings import Settings
from koemorph.timing import SAMPLE_RATE

from ..errors import DataError
from ..speech.sound import at_level, load
from .conditions import INVENTED, with_room
from .lines import chosen
from .scores import Scores

HOP: Final = ANALYSIS_FPS // 10
PAST: Final = 20 * TOKEN_FRAMES
"""Frames that are heard again: six seconds, so that one window of the listener has them."""
FIGURES: Final = (
    "closure_f1",
    "closure_recall",
    "closure_precision",
    "vowel_closed",
    "labiodental_auc",
    "rounding_auc",
)


def heard_live(engine: Engine, samples: NDArray[np.float32], ahead: float) -> Analysis:
    """The analysis of a line each moment of which was heard `ahead` seconds ahead at most, one window at a time."""
    with Clip.from_samples(samples, SAMPLE_RATE) as clip:
        whole = engine.analyse(clip)
    frames = len(whole.speech)
    for first in range(0, frames, HOP):
        stop = min(first + HOP, frames)
        begin = max(0, first - PAST) // TOKEN_FRAMES * TOKEN_FRAMES
        end = round((stop / ANALYSIS_FPS + ahead) * SAMPLE_RATE)
        with Clip.from_samples(samples[begin * SAMPLE_RATE // ANALYSIS_FPS : end], SAMPLE_RATE) as clip:
            part = engine.analyse(clip)
        own, of_part = slice(first, stop), slice(first - begin, stop - begin)
        whole.speech[own], whole.emotion[own] = part.speech[of_part], part.emotion[of_part]
        at, since = (frame * FEATURE_RATE // ANALYSIS_FPS for frame in (first, begin))
        for name in ("phones", "narrowness"):
            told, heard = getattr(whole.heard, name), getattr(part.heard, name)
            new = heard[at - since : at - since + HOP * FEATURE_RATE // ANALYSIS_FPS]
            told[at : at + len(new)] = new[: len(told) - at]
    return whole


def table(engine: Engine, lists: Sequence[str], count: int, ahead: Sequence[float]) -> str:
    """One row for each look-ahead; the first has all of the line before it, as a recording does."""
    settings = Settings().with_values(**INVENTED)
    found: dict[str, Scores] = {}
    for line in chosen(lists, count):
        samples = at_level(load(line.sound))
        with Clip.from_samples(samples, SAMPLE_RATE) as clip:
            versions = {"all": engine.analyse(clip)}
        versions |= {f"{1000 * seconds:.0f} ms": heard_live(engine, samples, seconds) for seconds in ahead}
        for name, analysis in versions.items():
            take = with_room(engine, analysis, settings, CLOCK)
            found.setdefault(f"{line.group}, {name}", Scores()).add(take, line.utterance.phones, take)
    if not found:
        raise DataError("None of these utterances is kept for measuring; split.json says whose are.")
    rows = [f"| voices, look-ahead | {' | '.join(FIGURES)} |", "| --- |" + " --- |" * len(FIGURES)]
    for name, scores in found.items():
        figures = scores.figures()
        rows.append(f"| {name} | " + " | ".join(f"{figures[one]:.3f}" for one in FIGURES) + " |")
    return "\n".join(rows)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lists", nargs="+", help="utterances.jsonl, or utterances.jsonl=FOLDER of its audio")
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("--ahead", default="0,80,160,330", help="milliseconds, with commas between (%(default)s)")
    parser.add_argument("--count", type=int, default=6, help="utterances of each group (%(default)s)")


def run(options: argparse.Namespace) -> None:
    ahead = [float(one) / 1000 for one in options.ahead.split(",")]
    print(table(Engine(load_model(options.model), threads=1), options.lists, options.count, ahead))
