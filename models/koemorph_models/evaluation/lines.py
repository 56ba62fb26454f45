"""Which lines are measured: of speakers that nothing was trained on, in groups, drawn the same way each time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..data.split import Part, Split, shipped_split
from ..speech.utterance import Utterance, read_utterances
from ..teacher.prosody import Reference
from ..training.stringing import known_of, usual_voice

NATIVE: Final = {"librispeech": "native reader left out", "emodb": "German actors left out"}


def group_of(utterance: Utterance, split: Split) -> str | None:
    """The row an utterance counts in, if it may be measured at all."""
    if split.part(utterance) is not Part.TEST:
        return None
    if utterance.source in split.test_sources:
        # The same person lent these voices to an engine that is trained on.
        return None if utterance.speaker in ("kal", "slt") else "synthetic voices left out"
    if utterance.source in NATIVE:
        return NATIVE[utterance.source]
    return f"non-native left out: {utterance.group}"


@dataclass(frozen=True)
class Line:
    """Something to measure: an utterance, its sound, the row it counts in and its speaker's usual voice."""

    group: str
    sound: Path
    utterance: Utterance
    usual: Reference


def chosen(lists: Sequence[str], count: int) -> list[Line]:
    """Up to `count` utterances of each group, drawn the same way each time."""
    split = shipped_split()
    groups: dict[str, list[tuple[Path, Utterance]]] = {}
    speakers: dict[str, list[tuple[Path, Utterance]]] = {}
    for entry in lists:
        listed, _, root = entry.partition("=")
        base = Path(root) if root else Path(listed).parent
        for utterance in read_utterances(Path(listed)):
            group = group_of(utterance, split)
            if group:
                groups.setdefault(group, []).append((base, utterance))
                speakers.setdefault(utterance.speaker, []).append((base, utterance))
    found, usual = [], {}
    for group in sorted(groups):
        own = sorted(groups[group], key=lambda one: one[1].id)
        for base, utterance in random.Random(1).sample(own, min(count, len(own))):
            if utterance.speaker not in usual:
                known = known_of([one for _, one in speakers[utterance.speaker]])
                usual[utterance.speaker] = usual_voice(base / one.audio for one in known)
            found.append(Line(group, base / utterance.audio, utterance, usual[utterance.speaker]))
    return found
