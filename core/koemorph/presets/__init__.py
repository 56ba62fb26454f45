"""The presets that come along: one JSON file each, like those that people write themselves."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from ..errors import SettingsError
from ..settings import Preset, load_preset


def shipped() -> tuple[Preset, ...]:
    """All that come along, by name."""
    folder = Path(str(files(__package__)))
    return tuple(load_preset(path) for path in sorted(folder.glob("*.json")))


def find_preset(name: str) -> Preset:
    """One that came along, by its name, or any file."""
    path = Path(name)
    if path.suffix or path.name != name:
        return load_preset(path)
    known = {preset.name: preset for preset in shipped()}
    if name not in known:
        raise SettingsError(f"There is no preset called {name!r}; there are {', '.join(known)}, or give a JSON file.")
    return known[name]
