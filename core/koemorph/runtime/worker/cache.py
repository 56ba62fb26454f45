"""The analyses that wait for a slider: few, and the least recently used go first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from ...analysis import Analysis
from ...audio import Clip
from ...errors import KoeMorphError
from ...recording import Recording
from ...settings import Settings

MOST_RECORDINGS: Final = 8
MOST_BYTES: Final = 128 * 2**20
"""Of all together (about 40 minutes of sound). The newest is kept even if it is larger alone."""


class KeyGoneError(KoeMorphError):
    """An analysis was asked for that is not kept, or no longer; analyse the recording again."""

    exit_code = 2


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """What was listened to: from where on and how long, in seconds of the recording."""

    path: Path
    begin: Fraction
    duration: Fraction

    @classmethod
    def of(cls, recording: Recording, clip: Clip) -> Stretch:
        return cls(path=recording.path, begin=clip.start, duration=clip.duration)


@dataclass(frozen=True)
class Kept:
    analysis: Analysis
    settings: Settings
    """What the recording was analysed with."""
    heard: Stretch

    @property
    def size(self) -> int:
        return self.analysis.nbytes


class AnalysisCache:
    """Kept analyses under their keys; for one thread."""

    def __init__(self, most: int = MOST_RECORDINGS, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def keep(self, key: str, kept: Kept) -> list[str]:
        """Returns the keys that had to go for it."""
        self._kept.pop(key, None)
        self._kept[key] = kept
        gone: list[str] = []
        while len(self._kept) > 1 and (len(self._kept) > self._most or self._size() > self._most_bytes):
            gone.append(self._kept.popitem(last=False)[0])
        return gone

    def get(self, key: str) -> Kept:
        try:
            self._kept.move_to_end(key)
            return self._kept[key]
        except KeyError:
            raise KeyGoneError(f"The analysis {key!r} is not kept (any more); analyse the recording again.") from None

    def forget(self, key: str) -> bool:
        """Returns whether it was kept at all."""
        return self._kept.pop(key, None) is not None

    def _size(self) -> int:
        return sum(kept.size for kept in self._kept.values())
