"""What every format module offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..take import Curves, Take


@dataclass(frozen=True)
class Format:
    name: str
    suffix: str
    label: str
    read: Callable[[Path], Take]
    write: Callable[[Take, Path], tuple[str, ...]]
    """Writes atomically and returns what was left out, a sentence each."""


def columns(take: Take, wanted: tuple[str, ...]) -> tuple[Curves, tuple[str, ...]]:
    """The take's values in the order of `wanted`, zeros where it has none; and a note on both kinds of mismatch."""
    values = np.zeros((take.frame_count, len(wanted)), dtype=np.float32)
    for column, name in enumerate(wanted):
        if name in take.names:
            values[:, column] = take.curve(name)
    notes = []
    if missing := [name for name in wanted if name not in take.names]:
        notes.append(f"Written as 0, because the take has no {', '.join(missing)}.")
    if extra := [name for name in take.names if name not in wanted]:
        notes.append(f"Left out, because the format has no place for {', '.join(extra)}.")
    return values, tuple(notes)
