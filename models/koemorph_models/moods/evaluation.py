"""How well moods are told of people who were left out whole, and what they do to the faces that the product makes.

Each actor is left out in turn, with a share of the readers; the layer is fitted anew, and every line gets the mood
track that the product would give it. By voice is the mood that the track is in longest. By face is read off the curves
that the shipped network and the performance make of the recording with that track, by somebody who saw the faces of
the other actors; shapes are compared with the same actor's neutral lines.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from koemorph import arkit
from koemorph.moods import NEUTRAL, MoodTrack
from koemorph.moods.hearing import CELL_SECONDS, MoodEar, pooled, track_of

from .faces import Face, Faces, read_faces
from .fitting import MOODS, fit
from .material import PLAIN, VARIANTS, Line, load_material

FOLDS: Final = 6
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
CALM: Final = ("eyeSquint", "cheekSquint", "noseSneer", "eyeWide", "mouthSmile")
"""What a neutral face shows none of."""
READERS: Final = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("material", type=Path, help="what 'koemorph-models hear-moods' wrote")
    parser.add_argument("corpora", type=Path, nargs="+", help="the folders of corpora that it was made from")
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("-o", "--output", type=Path, help="the table as JSON as well")


def run(options: argparse.Namespace) -> int:
    found = list(left_out(load_material(options.material)))
    told = [(line, called(line, track)) for line, track in found]
    faces = Faces(options.corpora, options.model)
    acted = [(line, faces.of(line, track)) for line, track in found if line.acted and line.variant == PLAIN]
    others = _readers(found)
    calm = [(line, faces.of(line, track)) for line, track in found if any(line is other for other in others)]
    facts = {
        "by voice": {
            corpus: {
                variant: recall([one for one in told if (one[0].corpus, one[0].variant) == (corpus, variant)])
                for variant in VARIANTS
            }
            for corpus in _of(acted)
        },
        "by face": {
            corpus: recall(read_faces([one for one in acted if one[0].corpus == corpus])) for corpus in _of(acted)
        },
        "shapes against the actor's neutral": {
            corpus: shown([one for one in acted if one[0].corpus == corpus]) for corpus in _of(acted)
        },
        "read lines called neutral or bored": reading(told),
        "mean of a shape in lines of other readers": {
            shape: round(float(np.mean([face.mean[arkit.indices(arkit.sides(shape))] for _, face in calm])), 3)
            for shape in CALM
        },
    }
    text = json.dumps(facts, indent=1)
    print(text)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    return 0


def _of(faces: Sequence[tuple[Line, Face]]) -> list[str]:
    return sorted({line.corpus for line, _ in faces})


def _readers(found: Sequence[tuple[Line, MoodTrack | None]]) -> list[Line]:
    """A plain line each of as many people, as many corpora as there are first."""
    first = {line.speaker: line for line, _ in reversed(found) if not line.acted and line.variant == PLAIN}
    of = Counter(line.corpus for line in first.values())
    return sorted(first.values(), key=lambda line: (of[line.corpus], line.id))[:READERS]


def left_out(lines: Sequence[Line]) -> Iterator[tuple[Line, MoodTrack | None]]:
    """Every line with the track that it gets from a layer that never heard its speaker."""
    actors = sorted({line.speaker for line in lines if line.acted})
    readers = sorted({line.speaker for line in lines if not line.acted})
    for fold in range(max(FOLDS, len(actors))):
        apart = {*actors[fold : fold + 1], *(readers[fold::FOLDS] if fold < FOLDS else ())}
        ear = fit([line for line in lines if line.speaker not in apart])
        yield from ((line, heard(line, ear)) for line in lines if line.speaker in apart)


def heard(line: Line, ear: MoodEar) -> MoodTrack | None:
    features, sounding = pooled(line.tones, line.sound)
    return track_of(features @ ear.weights + ear.bias, sounding, ear.names)


def called(line: Line, track: MoodTrack | None) -> str:
    """The mood that a track is in longest."""
    lasting: dict[str, float] = defaultdict(float)
    keys = track.keys if track else ()
    for key, end in zip(keys, [*(key.seconds for key in keys[1:]), len(line.sound) * CELL_SECONDS], strict=True):
        lasting[key.mood] += end - key.seconds
    return max(lasting, key=lambda mood: lasting[mood]) if lasting else NEUTRAL


def recall(pairs: Sequence[tuple[Line, str]]) -> dict[str, Any]:
    """Lines with what they are called; the rows of the confusion are what was acted."""
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


def shown(faces: Sequence[tuple[Line, Face]]) -> dict[str, float]:
    """Mean over actors of how much more of a shape a mood's lines have than the actor's neutral ones."""
    means = {}
    for actor in {line.speaker for line, _ in faces}:
        for mood in MOODS:
            own = [face.mean for line, face in faces if (line.speaker, line.mood) == (actor, mood)]
            if own:
                means[actor, mood] = np.mean(own, axis=0)
    rows = {}
    for shape, mood in SHOWN:
        columns = arkit.indices(arkit.sides(shape))
        pairs = [(means[a, m], means[a, NEUTRAL]) for a, m in means if m == mood and (a, NEUTRAL) in means]
        if pairs:
            rows[f"{shape} in {mood}"] = round(float(np.mean([(own - calm)[columns].mean() for own, calm in pairs])), 3)
    return rows
