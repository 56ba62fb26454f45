"""A script in a file: the one that is named, or a `line.txt` beside `line.wav`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ..errors import KoeMorphError
from ..trust import Door, limits
from ..trust.looks import is_file
from .script import ENGLISH, Script, ScriptError

SCRIPT_FILE: Final = Door(what="script", error=ScriptError, size=limits.SCRIPT_FILE)


def script_beside(recording: Path) -> Path | None:
    """The text that lies beside a recording and is called like it."""
    path = recording.with_suffix(".txt") if recording.name else recording
    return path if is_file(path) else None


def read_script_file(path: Path, language: str = ENGLISH) -> Script | None:
    """None where nothing stands in it; raises `ScriptError` where it cannot be read."""
    return Script.of(SCRIPT_FILE.text(path), language)


def script_of(
    recording: Path, language: str = ENGLISH, leave: str = "--no-script leaves it"
) -> tuple[Script | None, tuple[str, ...]]:
    """The script beside a recording, and what to say of it: that it is used and how to `leave` it, or why not."""
    file = script_beside(recording)
    if file is None:
        return None, ()
    try:
        script = read_script_file(file, language)
    except KoeMorphError as err:
        return None, (f"{err} What is heard is used.",)
    if script is None:
        return None, (f"The script {file.name} beside the recording is empty; what is heard is used.",)
    return script, (f"The script {file.name} beside the recording is used; {leave}.",)


def chosen_script(
    recording: Path, *, text: str | None = None, file: Path | None = None, language: str = ENGLISH, beside: bool = True
) -> tuple[Script | None, tuple[str, ...]]:
    """The script that somebody gave as text or as a file, else the one beside the recording, if that may count."""
    if text is not None:
        return Script.of(text, language), ()
    if file is not None:
        return read_script_file(file, language), ()
    return script_of(recording, language) if beside else (None, ())
