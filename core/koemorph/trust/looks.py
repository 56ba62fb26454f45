"""Is a file still the one that was looked at? Cheaply, and never wrongly yes."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_COARSE_NS: Final = 2_000_000_000
"""File systems that count whole seconds (FAT two) may give two versions one time."""
_FINE_NS: Final = 50_000_000
"""The clock that the others write down ticks less often than once in so many nanoseconds."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a glance tells of a file. Two versions of a file never give the same look, unless it was `racy`."""

    size: int
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0
    seen_ns: int = 0
    """When it was looked at."""

    @classmethod
    def at(cls, place: Path | int) -> Look:
        """At a path or an open file; raises OSError."""
        now = time.time_ns()
        found = os.stat(place)
        return cls(
            size=found.st_size, mtime_ns=found.st_mtime_ns, ctime_ns=found.st_ctime_ns, inode=found.st_ino, seen_ns=now
        )

    @property
    def racy(self) -> bool:
        """Whether it had changed so shortly before that the same moment may have seen another change since."""
        coarse = self.mtime_ns % 1_000_000_000 == 0
        return max(self.mtime_ns, self.ctime_ns) > self.seen_ns - (_COARSE_NS if coarse else _FINE_NS)

    def same_content(self, other: Look) -> bool:
        """Of one open file: whether it was written to between; what its names did meanwhile does not matter."""
        return (self.size, self.mtime_ns) == (other.size, other.mtime_ns)

    def agrees(self, other: Look) -> bool:
        mine = (self.size, self.mtime_ns, self.ctime_ns, self.inode)
        return mine == (other.size, other.mtime_ns, other.ctime_ns, other.inode)


def is_file(path: Path) -> bool:
    """Whether a file is there; nowhere is one whose name no disk can hold, or whose folder is closed to us."""
    return stat.S_ISREG(_mode(path))


def is_folder(path: Path) -> bool:
    """Likewise."""
    return stat.S_ISDIR(_mode(path))


def _mode(path: Path) -> int:
    try:
        return os.stat(path).st_mode
    except (OSError, ValueError):
        return 0
