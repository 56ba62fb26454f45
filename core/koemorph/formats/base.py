"""What every format module offers, and what several of them share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np

from .. import arkit
from ..errors import TakeError
from ..take import Curves, Take
from ..timing import FrameRate
from ..trust import Door, limits
from ..trust.doors import reason_of

ROTATIONS: Final = (
    *arkit.HEAD_TURNS,
    *("leftEyeYaw", "leftEyePitch", "leftEyeRoll"),
    *("rightEyeYaw", "rightEyePitch", "rightEyeRoll"),
)
"""What captures hold beside the 52 shapes."""
CAPTURED: Final[tuple[str, ...]] = (*arkit.SHAPES, *ROTATIONS)
TAKE: Final = Door(what="take", error=TakeError, size=limits.TAKE_FILE)
"""Through which every file of curves comes in."""
_FRACTION: Final = re.compile(r"-?\d{1,40}(/\d{1,40})?")
_SPELLINGS: Final = {name.lower(): name for name in CAPTURED}


@dataclass(frozen=True)
class Reading:
    """A take out of a file, and a sentence for each thing in the file that is not in the take."""

    take: Take
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wishes:
    """What the reader of a file needs to know its own scene by."""

    node: str = "blendShape1"
    """The node whose attributes a Maya animation file drives."""
    face: bool | None = None
    """Whether KoeMorph's own head goes into a scene file; None is what is usual for the format."""


Reader = Callable[[Path, FrameRate | None], Reading]
"""From a path, and the frame rate that somebody says the file has."""
Writer = Callable[[Take, Path, Wishes], tuple[str, ...]]
"""Writes atomically and returns what was left out, a sentence each."""


@dataclass(frozen=True, kw_only=True)
class Format:
    name: str
    suffixes: tuple[str, ...]
    """The first one is the usual one."""
    label: str
    carries: str
    """One sentence: what survives in such a file and what does not."""
    write: Writer
    read: Reader | None = None
    recognises: Callable[[bytes], bool] = field(default=lambda head: True)
    """Whether a file that begins so is one of these, where several formats share an ending."""
    rank: int = 100
    """Its place in lists; and where several share an ending, the lowest is written and tried first."""

    @property
    def suffix(self) -> str:
        return self.suffixes[0]


def columns(take: Take, wanted: tuple[str, ...], elsewhere: tuple[str, ...] = ()) -> tuple[Curves, tuple[str, ...]]:
    """The take's values in the order of `wanted`, zeros where it has none; and a note on both kinds of mismatch.

    What the format carries `elsewhere` is not missed.
    """
    values = np.zeros((take.frame_count, len(wanted)), dtype=np.float32)
    for column, name in enumerate(wanted):
        if name in take.names:
            values[:, column] = take.curve(name)
    notes = []
    if missing := [name for name in wanted if name not in take.names]:
        notes.append(f"Written as 0, because the take has no {shortened(missing)}.")
    if extra := [name for name in take.names if name not in wanted and name not in elsewhere]:
        notes.append(f"Left out, because the format has no place for {shortened(extra)}.")
    return values, tuple(notes)


def spelled(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names as ARKit spells them where only capitals or underscores differ (JawOpen, jaw_open); and a note on it."""
    known = tuple(_SPELLINGS.get(name.strip().replace("_", "").lower(), name) for name in names)
    changed = [f"{name} as {ours}" for name, ours in zip(names, known, strict=True) if name != ours]
    if not changed or len(set(known)) != len(known):
        return tuple(names), ()
    return known, (f"Names were read in ARKit's spelling: {shortened(changed)}.",)


def shortened(names: Sequence[str], most: int = 8) -> str:
    """A list as a sentence can hold it."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def described(take: Take) -> dict[str, Any]:
    """What few layouts have a place for, exactly: rate and start as fractions, and provenance."""
    return {"rate": str(take.rate), "start": str(take.start), "provenance": dict(take.provenance)}


@contextmanager
def damage_explained(path: Path, what: str) -> Iterator[None]:
    """One sentence for whatever zipfile, zlib, json and numpy make of a file that is no `what`, or a damaged one."""
    try:
        yield
    except (OSError, TakeError):
        raise
    except Exception as err:  # they share no base class
        raise TakeError(f"{path} is not a {what}, or it is damaged ({reason_of(err)}).") from err


def exact_start(text: str) -> Fraction:
    """Seconds that were written as a fraction."""
    if not _FRACTION.fullmatch(text) or abs(start := Fraction(text)) > limits.START.most:
        raise ValueError(f"it cannot start at {text[:40]!r}: {limits.START.reason}")
    return start


def provenance_of(content: Any) -> dict[str, Any]:
    """Where a take comes from, as a file tells it."""
    if not isinstance(content, dict):
        raise ValueError("its provenance is no object of names and values")
    return content


def names_of(content: Any, where: Path) -> tuple[str, ...]:
    """The shapes that a file names: texts, few enough, none twice."""
    if not isinstance(content, (list, tuple)) or not all(isinstance(name, str) for name in content):
        raise ValueError("its names are no list of texts")
    TAKE.count(len(content), limits.NAMES, str(where))
    return tuple(content)
