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
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np

from koemorph import arkit
from koemorph.features.melody import MELODY_RATE, melody
from koemorph.moods import NEUTRAL, MoodKey, MoodTrack
from koemorph.moods.hearing import hear_moods
from koemorph.moods.laughter import laughing
from koemorph.performance import Frames
from koemorph.performance.moods import show_moods
from koemorph.settings import Settings
from koemorph.speech.symbols import classes
from koemorph.timing import SAMPLE_RATE, FrameRate

from .faces import Face, Faces, read_faces
from .fitting import MOODS
from .leaving_out import called, left_out, of_several, reading, recall
from .material import PLAIN, VARIANTS, Line, load_material
from .quarrels import quarrels, share_told

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
_SIXTY: Final = FrameRate.parse("60")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("material", type=Path, help="what 'koemorph-models hear-moods' wrote")
    parser.add_argument("corpora", type=Path, nargs="+", help="the folders of corpora that it was made from")
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("--faces", type=int, help="look at so many lines of each actor in a mood; all if left out")
    parser.add_argument("-o", "--output", type=Path, help="the table as JSON as well")


def run(options: argparse.Namespace) -> int:
    lines = load_material(options.material)
    several = of_several(lines)
    rows = quarrels([line for line in lines if line.corpus in several and line.acted and line.variant == PLAIN])
    joined = [quarrel.line for quarrel in rows]
    tracks = {id(line): track for line, track in left_out(lines, joined)}
    found = [(line, tracks[id(line)]) for line in lines]
    told = [(line, called(line, track)) for line, track in found]
    faces, people = Faces(options.corpora, options.model), _readers(lines)
    watched = _watched([line for line in lines if line.variant == PLAIN], several, people, options.faces)
    seen = [(line, faces.of(line, track)) for line, track in found if id(line) in watched]
    acted, calm = ([one for one in seen if one[0].acted == stage] for stage in (True, False))
    facts = {
        "by voice": {
            corpus: {
                variant: recall(own)
                for variant in VARIANTS
                if (own := [one for one in told if (one[0].corpus, one[0].variant) == (corpus, variant)])
            }
            for corpus in sorted({line.corpus for line in lines if line.acted})
        },
        "half seconds told in quarrels": share_told(
            [(quarrel, tracks[id(line)]) for quarrel, line in zip(rows, joined, strict=True)]
        ),
        "by face": {corpus: recall(read_faces(_in(acted, corpus))) for corpus in several},
        "shapes against the actor's neutral": {corpus: shown(_in(acted, corpus)) for corpus in several},
        "read lines called neutral or bored": {
            **reading(told),
            f"{READERS} people": reading([one for one in told if one[0].speaker in people], together=True),
        },
        f"mean of a shape in lines of {READERS} readers": {
            shape: round(float(np.mean([face.mean[arkit.indices(arkit.sides(shape))] for _, face in calm])), 3)
            for shape in CALM
        },
        "seconds of a processor for a minute of sound": seconds_of_a_minute(),
    }
    text = json.dumps(facts, indent=1)
    print(text)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    return 0


def _watched(lines: Sequence[Line], several: Sequence[str], people: set[str], most: int | None) -> set[int]:
    """Whose faces are looked at: lines of actors, spread over all that there are, and one of each reader."""
    found, read = defaultdict(list), {line.speaker: line for line in lines if line.speaker in people}
    for line in lines:
        if line.acted and line.corpus in several:
            found[line.speaker, line.mood].append(line)
    spread = [own[:: -(-len(own) // most) if most else 1] for own in found.values()]
    return {id(line) for own in (*spread, read.values()) for line in own}


def _in(faces: Sequence[tuple[Line, Face]], corpus: str) -> list[tuple[Line, Face]]:
    return [one for one in faces if one[0].corpus == corpus]


def _readers(lines: Sequence[Line]) -> set[str]:
    """So many people, those first who are alone in their corpus."""
    where = {line.speaker: line.corpus for line in lines if not line.acted}
    of = Counter(where.values())
    return set(sorted(where, key=lambda speaker: (of[where[speaker]], speaker))[:READERS])


def seconds_of_a_minute(times: int = 10) -> dict[str, float]:
    """What moods cost beside what is heard anyway, at least: hearing them, laughter, and showing one after the other.

    The melody is there for questions, too.
    """
    chance = np.random.default_rng(0)
    tones, level = chance.normal(size=(120, 1024)).astype(np.float16), np.full(3600, -25.0, np.float32)
    phones = np.zeros((3000, len(classes())), np.float16)
    samples = chance.normal(0.0, 0.1, 61 * SAMPLE_RATE).astype(np.float32)
    octaves = melody(lambda start, stop: samples[start + 1000 : stop + 1000], 0, 60 * MELODY_RATE)
    curves, frames = (
        chance.uniform(0.0, 0.2, (3600, len(arkit.SHAPES))).astype(np.float32),
        Frames(rate=_SIXTY, count=3600),
    )
    track = MoodTrack(
        tuple(MoodKey(seconds=5.0 * turn, mood=MOODS[turn % len(MOODS)], intensity=0.9) for turn in range(12)),
        "detected",
    )
    parts = {
        "heard": lambda: hear_moods(tones, level),
        "laughter": lambda: laughing(phones, level, octaves, 120),
        "shown": lambda: show_moods(curves.copy(), frames, track, Settings()),
        "melody": lambda: melody(lambda start, stop: samples[start + 1000 : stop + 1000], 0, 60 * MELODY_RATE),
    }
    return {name: round(min(_seconds(part) for _ in range(times)), 4) for name, part in parts.items()}


def _seconds(part: Callable[[], object]) -> float:
    begun = process_time()
    part()
    return process_time() - begun


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
