"""What moods cost lips: the closures of p, b and m with moods off, as heard, and each at its strongest."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from koemorph.audio import Clip
from koemorph.engine import Engine
from koemorph.model import load_model
from koemorph.moods import NEUTRAL
from koemorph.settings import Settings
from koemorph.timing import SAMPLE_RATE, FrameRate

from ..errors import DataError
from ..evaluation.conditions import INVENTED, with_room
from ..evaluation.lines import Line, chosen
from ..evaluation.scores import Scores
from ..speech.sound import at_level, load
from ..teacher import Style, analyse, teach
from .fitting import MOODS

SIXTY: Final = FrameRate.parse("60")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lists", nargs="+", help="utterances.jsonl, or utterances.jsonl=FOLDER of its audio")
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("--count", type=int, default=24, help="utterances of each group (%(default)s)")
    parser.add_argument("-o", "--output", type=Path, help="the table as JSON as well")


def run(options: argparse.Namespace) -> int:
    lines = chosen(options.lists, options.count)
    if not lines:
        raise DataError("None of these utterances is kept for measuring; split.json says whose are.")
    found: dict[str, dict[str, Scores]] = {}
    for group, name, scores in _scores(Engine(load_model(options.model)), lines):
        for row in (group, "all"):
            own = found.setdefault(row, {})
            own[name] = own[name].joined(scores) if name in own else scores
    facts = {
        group: {
            name: {key: round(scores.figures()[key], 4) for key in ("closure_f1", "closure_recall", "vowel_closed")}
            for name, scores in own.items()
        }
        for group, own in found.items()
    }
    text = json.dumps(facts, indent=1)
    print(text)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    return 0


def settings_of() -> dict[str, Settings]:
    """By what is done with moods."""
    still = Settings().with_values(**INVENTED)
    strongest = {mood: still.with_values(mood=mood, mood_intensity=1.0) for mood in MOODS if mood != NEUTRAL}
    return {"off": still.with_values(mood_from_voice="off"), "as heard": still, **strongest}


def _scores(engine: Engine, lines: Sequence[Line]) -> Iterator[tuple[str, str, Scores]]:
    for line in lines:
        samples, phones = at_level(load(line.sound)), line.utterance.phones
        truth = teach(phones, analyse(samples), len(samples) / SAMPLE_RATE, SIXTY, Style(), line.usual)
        with Clip.from_samples(samples, SAMPLE_RATE) as clip:
            heard = engine.analyse(clip)
        for name, settings in settings_of().items():
            scores = Scores()
            scores.add(with_room(engine, heard, settings, SIXTY), phones, truth)
            yield line.group, name, scores
