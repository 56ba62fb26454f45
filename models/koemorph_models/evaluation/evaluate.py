"""The table of a model: what its curves do on voices it was never trained on, beside a baseline and the teacher.

    koemorph-models evaluate LIST[=AUDIO] ... --out FOLDER [--model FOLDER] [--count N]

Everything runs as a user would run it: a clip in, the engine's take out. "Spoken times" are the aligner's for human
speech and the synthesiser's for synthetic speech.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from koemorph.audio import Clip
from koemorph.engine import Engine
from koemorph.model import load_model
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import SAMPLE_RATE, FrameRate

from ..errors import DataError
from ..speech.sound import at_level, load
from ..speech.utterance import Phone
from ..teacher import Style, analyse, teach
from .conditions import BASELINE, CONDITIONS, DEFAULT, INVENTED, TEACHER, envelope, takes, versions
from .endings import as_spoken
from .film import film_as_markdown, film_table
from .lines import Line, chosen
from .plots import draw_figures, draw_lines
from .rest import rest_table
from .scores import Scores
from .table import Table, as_markdown, native, rest_as_markdown

RESTING: Final = 20
"""Lines before and after which the mouth is watched at rest."""


def measure(job: tuple[Path | None, Sequence[Line]]) -> dict[tuple[str, str], Scores]:
    """Scores by (group, condition) of some lines; one process's share."""
    folder, lines = job
    engine = Engine(load_model(folder), threads=1)
    found: dict[tuple[str, str], Scores] = {}
    for line in lines:
        for sound, version in versions(line):
            results = [*takes(engine, version, sound)]
            if sound == DEFAULT.sound:
                usual = version.truth[DEFAULT.fps]
                results += [(BASELINE, envelope(version.samples, usual)), (TEACHER, usual)]
            for condition, take in results:
                place = found.setdefault((line.group, condition.name), Scores())
                spoken = as_spoken(line.utterance.id, version.phones)
                place.add(take, version.phones, version.truth[condition.fps], spoken)
    return found


def drawn(folder: Path | None, line: Line) -> tuple[str, Sequence[Phone], dict[str, Take]]:
    """A line's phones and its takes by the model, the teacher and the baseline, for a picture."""
    samples, phones = at_level(load(line.sound)), line.utterance.phones
    rate = FrameRate.parse(str(DEFAULT.fps))
    truth = teach(phones, analyse(samples), len(samples) / SAMPLE_RATE, rate, Style(), line.usual)
    with Clip.from_samples(samples, SAMPLE_RATE) as clip:
        ours = Engine(load_model(folder)).animate(clip, Settings().with_values(**INVENTED), rate)
    return line.group, phones, {"KoeMorph": ours, "the teacher": truth, "loudness": envelope(samples, truth)}


def evaluate(lines: Sequence[Line], folder: Path | None, workers: int) -> Table:
    parts = [(folder, lines[first::workers]) for first in range(workers)]
    merged: dict[tuple[str, str], Scores] = {}
    with ProcessPoolExecutor(workers) as pool:
        for part in pool.map(measure, parts):
            for key, scores in part.items():
                merged[key] = scores if key not in merged else merged[key].joined(scores)
    table: Table = {}
    for (group, condition), scores in merged.items():
        table.setdefault(group, {})[condition] = scores.figures()
    return table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lists", nargs="+", help="utterances.jsonl, or utterances.jsonl=FOLDER of its audio")
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("--out", type=Path, required=True, help="folder for table.md, table.json and the plots")
    parser.add_argument("--film", type=Path, help="the filmed mouth to compare with")
    parser.add_argument("--clips", type=int, default=150, help="of the film (%(default)s)")
    parser.add_argument("--count", type=int, default=120, help="utterances of each group")
    parser.add_argument("--workers", type=int, default=2)


def run(options: argparse.Namespace) -> None:
    lines = chosen(options.lists, options.count)
    if not lines:
        raise DataError("None of these utterances is kept for measuring; split.json says whose are.")
    table = evaluate(lines, options.model, options.workers)
    options.out.mkdir(parents=True, exist_ok=True)
    shown = [at_level(load(line.sound)) for line in lines if line.group == native(table)][:RESTING]
    still = rest_table(Engine(load_model(options.model)), shown, Settings().with_values(**INVENTED))
    (options.out / "table.json").write_text(json.dumps({"table": table, "rest": still}, indent=1) + "\n", "utf-8")
    written = as_markdown(
        table, (DEFAULT.name, BASELINE.name, TEACHER.name), [condition.name for condition in CONDITIONS]
    )
    written += "\n" + rest_as_markdown(still)
    if options.film:
        engine, settings = Engine(load_model(options.model)), Settings().with_values(**INVENTED)
        written += "\n" + film_as_markdown(film_table(engine, options.film, settings, options.clips))
    (options.out / "table.md").write_text(written, "utf-8")
    groups = {group: table[group][DEFAULT.name] for group in sorted(table)}
    conditions = {condition.name: table[native(table)][condition.name] for condition in CONDITIONS}
    draw_figures(groups, conditions, options.out / "figures.png")
    firsts = {line.group: line for line in reversed(lines)}
    draw_lines([drawn(options.model, firsts[group]) for group in sorted(firsts)], options.out / "lines.png")
    print(written)
