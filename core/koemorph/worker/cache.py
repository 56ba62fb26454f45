"""The latents that wait for a slider: few, and the least recently used go first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from ..engine import Analysis
from ..settings import Settings
from .messages import KeyGoneError

MOST_RECORDINGS: Final = 8
MOST_BYTES: Final = 128 * 2**20
"""Of all latents together (about 40 minutes of sound). The newest is kept even if it is larger alone."""


@dataclass(frozen=True)
class Analysed:
    latents: Analysis
    settings: Settings
    """What the recording was analysed with."""

    @property
    def size(self) -> int:
        return self.latents.nbytes


class LatentsCache:
    """Analysed recordings under their keys; for one thread."""

    def __init__(self, most: int = MOST_RECORDINGS, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._kept: OrderedDict[str, Analysed] = OrderedDict()

    def keep(self, key: str, analysed: Analysed) -> list[str]:
        """Returns the keys that had to go for it."""
        self._kept.pop(key, None)
        self._kept[key] = analysed
        gone: list[str] = []
        while len(self._kept) > 1 and (len(self._kept) > self._most or self._size() > self._most_bytes):
            gone.append(self._kept.popitem(last=False)[0])
        return gone

    def get(self, key: str) -> Analysed:
        try:
            self._kept.move_to_end(key)
            return self._kept[key]
        except KeyError:
            raise KeyGoneError(f"The analysis {key!r} is not kept (any more); analyse the recording again.") from None

    def forget(self, key: str) -> bool:
        """Returns whether it was kept at all."""
        return self._kept.pop(key, None) is not None

    def _size(self) -> int:
        return sum(analysed.size for analysed in self._kept.values())
