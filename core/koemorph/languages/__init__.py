"""What the core says to people, in other languages: settings, presets and stages of the work.

One JSON file for each language, from the English text to its translation; every surface reads these and adds its own.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path


def languages() -> tuple[str, ...]:
    """The codes of those that there are: de, ja."""
    return tuple(sorted(path.stem for path in _folder().glob("*.json")))


def texts(language: str) -> dict[str, str]:
    """From English; empty for a language that there is no file for."""
    path = _folder() / f"{language}.json"
    known: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return known


def _folder() -> Path:
    return Path(str(files(__package__)))
