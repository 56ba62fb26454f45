"""How well moods are told, and what they do to faces, of people who were left out whole.

Each actor is left out in turn, with a share of the readers; the layer is fitted anew, and every line gets the mood
track that the product would give it. By voice is the mood that the track is in longest; by face is what the performance
makes of a face that only speaks, against the same actor's neutral lines.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from koemorph import arkit
from koemorph.moods import NEUTRAL, MoodTrack
from koemorph.moods.hearing import CELL_SECONDS, MoodEar, track_of
from koemorph.performance import perform
from koemorph.settings import Settings
from koemorph.timing import FrameRate

from .fitting import MOODS, fit
from .material import Line, load_material

FOLDS: Final = 6
CLOCK: Final = FrameRate.parse("60")
SHOWN: Final = (
    ("mouthSmile", "anger"),
    ("mouthSmile", "joy"),
    ("browDown", "anger"),
    ("browDown", "joy"),
    ("browInnerUp", "sadness"),
    ("mouthFrown", "sadness"),
    ("eyeWide", "fear"),
    ("noseSneer", "disgust"),
    ("eyeBlink", "boredom"),
)
"""What a mood should do to a shape, or should not."""
SPOKEN: Final = {"jawOpen": 0.15, "mouthLowerDown": 0.15, "mouthUpperUp": 0.08, "mouthSmile": 0.05, "browInnerUp": 0.05}
"""A face that speaks and shows nothing else."""
STILL: Final = Settings.raw().with_values(mood_from_voice="on")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("material", type=Path, help="what 'koemorph-models hear-moods' wrote")
    parser.add_argument("-o", "--output", type=Path, help="the table as JSON as well")


def run(options: argparse.Namespace) -> int:
    found = [(line, track, face(line, track)) for line, track in left_out(load_material(options.material))]
    facts = {
        "by voice, plain": recall([(line, called(line, track)) for line, track, _ in found if not line.disturbed]),
        "by voice, disturbed": recall([(line, called(line, track)) for line, track, _ in found if line.disturbed]),
        "read lines called neutral or bored": reading([(line, called(line, track)) for line, track, _ in found]),
        "shapes against the actor's neutral": shown([(line, shapes) for line, _, shapes in found if line.acted]),
    }
    text = json.dumps(facts, indent=1)
    print(text)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    return 0


def left_out(lines: Sequence[Line]) -> Iterator[tuple[Line, MoodTrack | None]]:
    """Every line with the track that it gets from a layer that never heard its speaker."""
    actors = sorted({line.speaker for line in lines if line.acted})
    readers = sorted({line.speaker for line in lines} - set(actors))
    for fold in range(max(FOLDS, len(actors))):
        apart = {*actors[fold : fold + 1], *readers[fold::FOLDS]} if fold < FOLDS else set(actors[fold : fold + 1])
        ear = fit([line for line in lines if line.speaker not in apart])
        yield from ((line, heard(line, ear)) for line in lines if line.speaker in apart)


def heard(line: Line, ear: MoodEar) -> MoodTrack | None:
    return track_of(line.features @ ear.weights + ear.bias, line.heard, ear.names)


def called(line: Line, track: MoodTrack | None) -> str:
    """The mood that a track is in longest."""
    lasting: dict[str, float] = defaultdict(float)
    keys = track.keys if track else ()
    for key, end in zip(keys, [*(key.seconds for key in keys[1:]), len(line.heard) * CELL_SECONDS], strict=True):
        lasting[key.mood] += end - key.seconds
    return max(lasting, key=lambda mood: lasting[mood]) if lasting else NEUTRAL


def face(line: Line, track: MoodTrack | None) -> NDArray[np.float32]:
    """(52,): the mean of each shape while the line sounds."""
    curves = np.zeros((round(len(line.heard) * CELL_SECONDS * 60), len(arkit.SHAPES)), np.float32)
    for name, value in SPOKEN.items():
        curves[:, arkit.indices(arkit.sides(name))] = value
    return np.asarray(perform(curves, None, STILL, CLOCK, heard=track).mean(axis=0), np.float32)


def recall(pairs: Sequence[tuple[Line, str]]) -> dict[str, Any]:
    acted = [(line.mood, told) for line, told in pairs if line.acted]
    table = {mood: {told: acted.count((mood, told)) for told in MOODS} for mood in MOODS}
    each = {mood: row[mood] / sum(row.values()) for mood, row in table.items() if sum(row.values())}
    rounded = {mood: round(value, 2) for mood, value in each.items()}
    return {"mean recall": round(float(np.mean(list(each.values()))), 3), "recall": rounded, "confusion": table}


def reading(pairs: Sequence[tuple[Line, str]]) -> dict[str, Any]:
    told: dict[str, list[bool]] = defaultdict(list)
    for line, mood in pairs:
        if not line.acted:
            told[line.corpus].append(mood in (NEUTRAL, "boredom"))
    return {corpus: {"lines": len(calm), "share": round(float(np.mean(calm)), 3)} for corpus, calm in told.items()}


def shown(faces: Sequence[tuple[Line, NDArray[np.float32]]]) -> dict[str, float]:
    """Mean over actors of how much more of a shape a mood's lines have than the actor's neutral ones."""
    means: dict[tuple[str, str], NDArray[np.float32]] = {}
    for actor in {line.speaker for line, _ in faces}:
        for mood in MOODS:
            own = [shapes for line, shapes in faces if (line.speaker, line.mood) == (actor, mood)]
            if own:
                means[actor, mood] = np.mean(own, axis=0)
    rows = {}
    for shape, mood in SHOWN:
        columns = arkit.indices(arkit.sides(shape))
        pairs = [(means[a, m], means[a, NEUTRAL]) for a, m in means if m == mood and (a, NEUTRAL) in means]
        if pairs:
            rows[f"{shape} in {mood}"] = round(float(np.mean([(own - calm)[columns].mean() for own, calm in pairs])), 3)
    return rows
