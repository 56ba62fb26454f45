"""People left out whole: what hears them never heard them. What is told of their lines, and how often that is right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from koemorph.moods import NEUTRAL, MoodTrack
from koemorph.moods.hearing import CELL_SECONDS, MoodEar, track_of

from .fitting import MOODS, Features, Measured, Remembered, around
from .material import Line

FOLDS: Final = 6
"""Parts of the readers, one of which is left out with each actor."""


def of_several(lines: Sequence[Line]) -> list[str]:
    """Corpora of more than one actor: who is alone in one can't be compared with others."""
    actors = {(line.corpus, line.speaker) for line in lines if line.acted}
    return sorted(corpus for corpus, count in Counter(corpus for corpus, _ in actors).items() if count > 1)


def ears_left_out(lines: Sequence[Line], features: Features) -> Iterator[tuple[set[str], MoodEar]]:
    """Who was left out, an actor and a share of the readers at a time, and a layer that never heard them."""
    actors = sorted({line.speaker for line in lines if line.acted})
    readers = sorted({line.speaker for line in lines if not line.acted})
    for fold in range(max(FOLDS, len(actors))):
        apart = {*actors[fold : fold + 1], *(readers[fold::FOLDS] if fold < FOLDS else ())}
        yield apart, Measured.of([line for line in lines if line.speaker not in apart], features).ear()


def left_out(
    lines: Sequence[Line], others: Sequence[Line] = (), features: Features | None = None
) -> Iterator[tuple[Line, MoodTrack | None]]:
    """Every line with its track by a layer that never heard its speaker; likewise `others`, which are not learned."""
    features = features or Remembered()
    for apart, ear in ears_left_out(lines, features):
        yield from ((line, heard(line, ear, features)) for line in (*lines, *others) if line.speaker in apart)


def heard(line: Line, ear: MoodEar, features: Features = around) -> MoodTrack | None:
    values, sounding = features(line)
    return track_of(values @ ear.weights + ear.bias, sounding, ear.names)


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


def reading(pairs: Sequence[tuple[Line, str]], *, together: bool = False) -> dict[str, Any]:
    """How many hearings of read lines are called neutral or bored, by corpus or together."""
    told: dict[str, list[bool]] = defaultdict(list)
    for line, mood in pairs:
        if not line.acted:
            told[line.corpus].append(mood in (NEUTRAL, "boredom"))
    if together:
        told = {"": [calm for own in told.values() for calm in own]}
    shares = {corpus: {"lines": len(calm), "share": round(float(np.mean(calm)), 3)} for corpus, calm in told.items()}
    return shares[""] if together else shares
