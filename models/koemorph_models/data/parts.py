"""Who of a data set is learned from, watched and measured: whole speakers, never both.

A speaker's part follows from the name alone, so it stays when others join; speakers.tsv may say otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from .dataset import Recording, Speaker
from .split import Part

VALIDATION_SHARE: Final = 0.1
TEST_SHARE: Final = 0.1
_SCALE: Final = 2**64


def part_of(speaker: Speaker, validation: float = VALIDATION_SHARE, test: float = TEST_SHARE) -> Part:
    """The part that is listed for a speaker, or the one that its name draws."""
    if speaker.part:
        return Part(speaker.part)
    drawn = int.from_bytes(hashlib.sha256(speaker.speaker.encode("utf-8")).digest()[:8], "big") / _SCALE
    if drawn < test:
        return Part.TEST
    return Part.VALIDATION if drawn < test + validation else Part.TRAIN


def by_part(
    recordings: Iterable[Recording], validation: float = VALIDATION_SHARE, test: float = TEST_SHARE
) -> dict[Part, list[Recording]]:
    """Recordings of each part, in their order; every part is there, be it empty."""
    found: dict[Part, list[Recording]] = {part: [] for part in Part}
    for recording in recordings:
        found[part_of(recording.speaker, validation, test)].append(recording)
    return found
