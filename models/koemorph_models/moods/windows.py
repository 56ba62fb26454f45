"""The documents' windows beside ours: 88 functionals or the listener's tones, over twenty seconds or two.

The documents take three windows of 20 s, .3 s apart; a line that is shorter has one and the same in all of them, so
that its mood cannot change. Every variant is fitted and judged in the same way on lines as they were recorded, actors
left out, a line of each reader, and may choose the sureness that suits it best.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from koemorph.features.egemaps import NativeEgemaps
from koemorph.features.emotion import token_count, windows_of_token
from koemorph.moods import MoodTrack
from koemorph.moods.hearing import CELL_SECONDS, track_of
from koemorph.timing import SAMPLE_RATE

from ..speech.sound import at_level, load
from .faces import sound_of
from .fitting import Features, Remembered, around
from .leaving_out import called, ears_left_out, reading, recall
from .material import PLAIN, Line, load_material
from .quarrels import Quarrel, quarrels, share_told

CELL: Final = round(CELL_SECONDS * SAMPLE_RATE)
SURENESSES: Final = (0.7, 1.0, 2.0, 4.0, 8.0)
"""Times that of what ships."""
DOCUMENTS: Final = 20.0
OURS: Final = 2.0
EACH: Final = 5
"""Quarrels of an actor: their functionals take long."""

Sound = NDArray[np.float32]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("material", type=Path, help="what 'koemorph-models hear-moods' wrote")
    parser.add_argument("corpora", type=Path, nargs="+", help="the folders of corpora that it was made from")
    parser.add_argument("corpus", help="the acted corpus of several actors to judge on: emodb")
    parser.add_argument("-o", "--output", type=Path, help="the table as JSON as well")


def run(options: argparse.Namespace) -> int:
    lines = [line for line in load_material(options.material) if line.variant == PLAIN]
    read = {line.speaker: line for line in lines if not line.acted}
    lines = [line for line in lines if line.corpus == options.corpus and line.acted] + list(read.values())
    facts = compare(lines, options.corpora)
    if options.output:
        options.output.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return 0


def compare(lines: Sequence[Line], corpora: Sequence[Path]) -> dict[str, dict[str, Any]]:
    rows = quarrels([line for line in lines if line.acted], EACH)
    joined = [quarrel.line for quarrel in rows]
    said = {line.id: at_level(load(sound_of(line, corpora))) for line in lines}
    sounds = {id(line): said[line.id] for line in lines}
    sounds |= {id(line): _argued(quarrel, said) for quarrel, line in zip(rows, joined, strict=True)}

    def functional(seconds: float) -> Features:
        return lambda line: (functionals(sounds[id(line)], len(line.sound), seconds), around(line)[1])

    variants = {
        "88 functionals, 20 s at three offsets: the documents'": functional(DOCUMENTS),
        "the listener's tones, 20 s": whole,
        "the listener's tones, 2 s: as it ships": around,
        "88 functionals, 2 s": functional(OURS),
    }
    facts = {}
    for name, features in variants.items():
        facts[name] = judged(lines, rows, joined, Remembered(features))
        print(name, facts[name], flush=True)
    return facts


def judged(
    lines: Sequence[Line], rows: Sequence[Quarrel], joined: Sequence[Line], features: Features
) -> dict[str, Any]:
    """Recall by line, half seconds told in quarrels and readers left calm, with the sureness that recalls most."""
    tracks: dict[float, dict[int, MoodTrack | None]] = {sureness: {} for sureness in SURENESSES}
    for apart, ear in ears_left_out(lines, features):
        for line in (*lines, *joined):
            if line.speaker in apart:
                values, heard = features(line)
                scores = values @ ear.weights + ear.bias
                for sureness, own in tracks.items():
                    own[id(line)] = track_of(scores * np.float32(sureness), heard, ear.names)
    told = {sureness: [(line, called(line, own[id(line)])) for line in lines] for sureness, own in tracks.items()}
    best = max(SURENESSES, key=lambda sureness: recall(told[sureness])["mean recall"])
    return {
        "sureness": best,
        "mean recall": recall(told[best])["mean recall"],
        "quarrels": share_told([(quarrel, tracks[best][id(line)]) for quarrel, line in zip(rows, joined, strict=True)]),
        "read lines": reading(told[best], together=True)["share"],
    }


def whole(line: Line) -> tuple[Sound, Sound]:
    """Mean and spread of the tones over a line of up to 20 s, the same for each of its cells."""
    size = line.tones.shape[1] // 2
    moments = np.average(line.tones, axis=0, weights=line.sound + 1e-6)
    spread = np.sqrt(np.maximum(moments[size:] - moments[:size] ** 2, 1e-4))
    values = np.tile(np.concatenate([moments[:size], spread]).astype(np.float32), (len(line.sound), 1))
    return values, around(line)[1]


def _argued(quarrel: Quarrel, said: dict[str, Sound]) -> Sound:
    """The sound of a quarrel, each line on the grid of cells."""
    parts = []
    for part in quarrel.parts:
        own = said[part.id][: len(part.sound) * CELL]
        parts.append(np.pad(own, (0, (len(part.sound) + 1) * CELL - len(own))))
    return np.concatenate(parts)


def functionals(samples: Sound, cells: int, seconds: float) -> Sound:
    """(cells, n) of the 88 functionals around the middle of each cell; of 20 s the three of the documents."""
    if seconds == DOCUMENTS:
        own = np.concatenate(list(NativeEgemaps().windows(_reader(samples), len(samples))))
        tokens = [min(round((cell + 0.5) * CELL_SECONDS / 0.3), token_count(len(samples)) - 1) for cell in range(cells)]
        return np.stack([own[list(windows_of_token(token, len(own)))].reshape(-1) for token in tokens])
    reach = round(seconds * SAMPLE_RATE / 2)
    found = []
    for cell in range(cells):
        middle = cell * CELL + CELL // 2
        piece = samples[max(middle - reach, 0) : middle + reach]
        found.append(np.concatenate(list(NativeEgemaps().windows(_reader(piece), max(len(piece), CELL)))))
    return np.concatenate(found)


def _reader(samples: Sound) -> Callable[[int, int], Sound]:
    def read(start: int, stop: int) -> Sound:
        inside = samples[max(start, 0) : max(stop, 0)]
        return np.pad(inside, (max(-start, 0), max(stop - max(start, 0) - len(inside), 0)))[: stop - start]

    return read
