"""The files a take can be written to and read from: one module each, listed here and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ..errors import OutputError, TakeError
from ..take import Take
from . import jsonl, livelink, takefile
from .base import Format

FORMATS: Final[tuple[Format, ...]] = (takefile.FORMAT, livelink.FORMAT, jsonl.FORMAT)


def by_name(name: str) -> Format:
    for known in FORMATS:
        if name == known.name:
            return known
    raise OutputError(f"There is no format called {name!r}; there are {', '.join(f.name for f in FORMATS)}.")


def by_suffix(path: Path) -> Format:
    for known in FORMATS:
        if path.suffix.lower() == known.suffix:
            return known
    endings = ", ".join(f"{f.suffix} ({f.label})" for f in FORMATS)
    raise OutputError(f"{path.name} has no ending that names a format; use {endings}, or name the format.")


def read_take(path: Path) -> Take:
    """A take from any file whose ending is known."""
    chosen = by_suffix(path)
    try:
        return chosen.read(path)
    except OSError as err:
        raise TakeError(f"Cannot read {path} ({err.strerror or err}).") from err
    except UnicodeDecodeError as err:
        raise TakeError(f"{path} is not a {chosen.label}: it is not text.") from err


def write_take(take: Take, path: Path, format_name: str | None = None) -> tuple[str, ...]:
    """Write a take, atomically; returns a sentence for each thing that the format cannot carry."""
    chosen = by_name(format_name) if format_name else by_suffix(path)
    return chosen.write(take, path)
