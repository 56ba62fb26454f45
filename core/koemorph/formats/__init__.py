"""The files a take can be written to and read from: one module each, which is found here by its `FORMAT`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Final

from .. import arkit
from ..errors import OutputError, TakeError
from ..take import Take
from ..timing import FrameRate
from .base import TAKE, Format, Reading, Wishes, shortened

__all__ = [
    "FORMATS",
    "READABLE",
    "WRITABLE",
    "Format",
    "Reading",
    "Wishes",
    "by_name",
    "by_suffix",
    "read",
    "read_take",
    "write_take",
]


def _found() -> tuple[Format, ...]:
    modules = [import_module(f".{module.name}", __name__) for module in iter_modules(__path__)]
    formats: list[Format] = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return tuple(sorted(formats, key=lambda one: one.rank))


FORMATS: Final = _found()
WRITABLE: Final = frozenset(suffix for known in FORMATS for suffix in known.suffixes)
READABLE: Final = frozenset(suffix for known in FORMATS for suffix in known.suffixes if known.read)
_HEAD: Final = 4096
"""Bytes of a file that tell formats of one ending apart."""


def by_name(name: str) -> Format:
    for known in FORMATS:
        if name == known.name:
            return known
    raise OutputError(f"There is no format called {name!r}; there are {', '.join(f.name for f in FORMATS)}.")


def by_suffix(path: Path) -> Format:
    for known in FORMATS:
        if path.suffix.lower() in known.suffixes:
            return known
    endings = ", ".join(sorted(WRITABLE))
    raise OutputError(
        f"{path.name or path} has no ending that names a format; use one of {endings}, or name the format."
    )


def read(path: Path, format_name: str | None = None, rate: FrameRate | None = None) -> Reading:
    """A take from any file that can be read, and notes on what the file has that the take has not, or lacks.

    `rate` is for files that do not tell their frame rate, or tell it wrong.
    """
    try:
        chosen = by_name(format_name) if format_name else _recognised(path)
        if chosen.read is None:
            raise TakeError(f"{path} cannot be read: KoeMorph writes {chosen.label} files but reads none.")
        reading = chosen.read(path, rate)
    except OSError as err:
        raise TakeError(f"Cannot read {path} ({err.strerror or err}).") from err
    except UnicodeDecodeError as err:
        raise TakeError(f"{path} is not a {chosen.label}: it is not text.") from err
    except TakeError as err:
        raise err if path.name in err.args[0] else TakeError(f"{path}: {err}") from err
    return Reading(reading.take, (*reading.notes, *_missing(reading.take)))


def read_take(path: Path) -> Take:
    """A take from any file whose ending is known."""
    return read(path).take


def write_take(take: Take, path: Path, format_name: str | None = None, wishes: Wishes | None = None) -> tuple[str, ...]:
    """Write a take, atomically; returns a sentence for each thing that the format cannot carry."""
    chosen = by_name(format_name) if format_name else by_suffix(path)
    try:
        return chosen.write(take, path, wishes or Wishes())
    except UnicodeEncodeError as err:
        names = ", ".join(
            name.encode("ascii", "backslashreplace").decode() for name in take.names if not _is_text(name)
        )
        raise OutputError(f"{chosen.label} holds only text, which {names} is not; rename the shape.") from err


def _recognised(path: Path) -> Format:
    """By the ending; by how the file begins, where that leaves a choice."""
    ending = path.suffix.lower()
    if ending not in WRITABLE:
        endings = ", ".join(sorted(READABLE))
        raise TakeError(f"{path.name or path} has no ending of a take that can be read; those are {endings}.")
    candidates = [known for known in FORMATS if ending in known.suffixes and known.read]
    if len(candidates) < 2:
        return by_suffix(path)
    with TAKE.open(path) as handle:
        head = handle.read(_HEAD)
    return next((known for known in candidates if known.recognises(head)), candidates[0])


def _is_text(name: str) -> bool:
    """Names of files that are not UTF-8 come as halves of letters, which no text can hold."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _missing(take: Take) -> tuple[str, ...]:
    missing = [name for name in arkit.SHAPES if name not in take.names]
    if len(missing) == len(arkit.SHAPES):
        return ("None of its names is one of the 52 ARKit shapes.",)
    return (f"It has no {shortened(missing)}; they stay at rest.",) if missing else ()
