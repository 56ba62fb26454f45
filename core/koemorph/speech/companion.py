"""The script of a recording: the text that was given, or a `line.txt` beside `line.wav`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ..errors import KoeMorphError
from .script import Script, ScriptError, read_script

LARGEST: Final = 2**20
"""Bytes of a script's file."""


def script_beside(recording: Path) -> Path | None:
    """The text that lies beside a recording and is called like it."""
    path = recording.with_suffix(".txt")
    return path if path.is_file() else None


def read_script_file(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise ScriptError(f"The script {path} is too large for a line.")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as err:
        raise ScriptError(f"Cannot read the script {path} ({err.strerror or err}).") from err
    except UnicodeDecodeError as err:
        raise ScriptError(f"The script {path} is no text in UTF-8; save it as such.") from err


def script_of(
    recording: Path, text: str | None, file: Path | None, language: str, *, beside: bool = True
) -> tuple[Script | None, tuple[str, ...]]:
    """A recording's script and what to say about it; one that cannot be read is said so, and hearing goes on."""
    notes: tuple[str, ...] = ()
    if text is None and file is None and beside and (file := script_beside(recording)):
        notes = (f"The script {file.name} beside the recording is used; --no-script leaves it.",)
    try:
        if text is None and file is not None:
            text = read_script_file(file)
        return (read_script(text, language), notes) if text is not None else (None, notes)
    except KoeMorphError as err:
        return None, (str(err),)
