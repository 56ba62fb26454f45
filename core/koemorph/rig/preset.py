"""Mappings and lists of names as JSON files: the presets that come along, and those that users write."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from ..errors import RigError
from ..files import write_text
from .document import RIG, as_json, mapping_of
from .mapping import Mapping

_FOLDER: Final = resources.files("koemorph.rig") / "presets"


@cache
def shipped() -> tuple[Mapping, ...]:
    """The presets that come along, plain ARKit first."""
    files = sorted((f for f in _FOLDER.iterdir() if f.name.endswith(".json")), key=lambda f: f.name)
    files.sort(key=lambda f: f.name != "arkit.json")
    return tuple(mapping_of(RIG.json(file.read_text("utf-8"), file.name, once=True), file.name) for file in files)


def find(wanted: str) -> Mapping:
    """A preset that comes along, by name or other name, or else one from a file."""
    known = shipped()
    for mapping in known:
        if wanted.casefold() in {name.casefold() for name in (mapping.name, *mapping.also)}:
            return mapping
    path = Path(wanted)
    if path.suffix.lower() == ".json" or path.exists():
        return read(path)
    names = ", ".join(mapping.name for mapping in known)
    raise RigError(f"There is no preset called {wanted!r}; there are {names}, or name a JSON file.")


def read(path: Path) -> Mapping:
    return mapping_of(load(path), str(path))


def write(mapping: Mapping, path: Path) -> None:
    write_text(path, as_json(mapping))


def load(path: Path) -> Any:
    """Any JSON file, in which no name may stand twice."""
    return RIG.json(RIG.text(path), str(path), once=True)
