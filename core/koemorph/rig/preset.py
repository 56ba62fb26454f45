"""Mappings and lists of names as JSON files: the presets that come along, and those that users write.

`schema.json` describes the files for editors and other programs; a test holds it and this reader together.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any, Final

from .. import arkit
from ..errors import RigError
from ..files import write_text
from ..formats.livelink import ORDER
from ..trust import Door, fault_of, limits
from .mapping import Link, Mapping, Range

RIG: Final = Door(what="preset of a rig", error=RigError, size=limits.SETTINGS_FILE)
SCHEMA_VERSION: Final = 1
LARGEST: Final = 1e6
"""What no number of a preset may reach."""
SOURCES: Final = (*arkit.SHAPES, *(name for name in ORDER if name not in arkit.SHAPES))
"""What a take can hold and a preset may read."""

_FOLDER: Final = resources.files("koemorph.rig") / "presets"
_TOP: Final = ("schema_version", "name", "description", "also", "limits", "entries")
_LINK: Final = ("target", "gain", "offset", "inverted", "from", "to", "share_of")


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


def mapping_of(content: Any, where: str) -> Mapping:
    """The mapping that a parsed preset holds; `where` begins every message about it."""
    if not isinstance(content, dict):
        raise RigError(f"{where} must be a JSON object with schema_version, name and entries.")
    _only(content, _TOP, where)
    version = content.get("schema_version")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise RigError(f'{where}: "schema_version" must be {SCHEMA_VERSION}, not {_shown(version)}.')
    entries = content.get("entries")
    if not isinstance(entries, dict) or not entries:
        raise RigError(f'{where}: "entries" must be an object of shapes and their targets, at least one.')
    also = content.get("also", [])
    if not isinstance(also, list) or not all(_is_text(name) for name in also):
        raise RigError(f'{where}: "also" must be a list of names.')
    description = content.get("description", "")
    if not isinstance(description, str):
        raise RigError(f'{where}: "description" must be text.')
    limits = _range(content, "limits", where)
    return Mapping(
        name=_text(content, "name", where),
        links=tuple(link for source, targets in entries.items() for link in _entry(source, targets, where)),
        description=description,
        also=tuple(also),
        limits=limits and (min(limits), max(limits)),
    )


def as_json(mapping: Mapping) -> str:
    """The preset as a file, an entry a line so that it can be read and compared."""
    head: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "name": mapping.name}
    if mapping.description:
        head["description"] = mapping.description
    if mapping.also:
        head["also"] = list(mapping.also)
    if mapping.limits is not None:
        head["limits"] = [*map(_short, mapping.limits)]
    lines = [f"  {_json(name)}: {_json(value)}," for name, value in head.items()]
    entries = []
    for source in mapping.sources:
        targets = [_plain(link) for link in mapping.of(source)]
        entries.append(f"    {_json(source)}: {_json(targets[0] if len(targets) == 1 else targets)}")
    return "\n".join(["{", *lines, '  "entries": {', ",\n".join(entries), "  }", "}", ""])


def _entry(source: str, targets: Any, where: str) -> list[Link]:
    here = f"{where}, entry {source!r}"
    if source not in SOURCES:
        near = get_close_matches(source, SOURCES, 1)
        advice = f"perhaps {near[0]} is meant" if near else "entries bear ARKit's names, such as jawOpen"
        raise RigError(f"{here}: no shape is called that; {advice}.")
    listed = targets if isinstance(targets, list) else [targets]
    if not listed:
        raise RigError(f"{here}: the list of targets is empty; name one or leave the entry out.")
    RIG.count(len(listed), limits.TARGETS, here)
    return [_link(source, target, here) for target in listed]


def _link(source: str, content: Any, here: str) -> Link:
    if _is_text(content):
        return Link(source, content)
    if not isinstance(content, dict):
        raise RigError(f"{here}: a target must be a name or an object with a target, not {_shown(content)}.")
    _only(content, _LINK, here)
    share_of = content.get("share_of")
    if "share_of" in content and share_of not in SOURCES:
        raise RigError(f'{here}: "share_of" must be another shape, not {_shown(share_of)}.')
    inverted = content.get("inverted", False)
    if not isinstance(inverted, bool):
        raise RigError(f'{here}: "inverted" must be true or false, not {_shown(inverted)}.')
    return Link(
        source,
        target=_text(content, "target", here),
        gain=_number(content.get("gain", 1.0), "gain", here),
        offset=_number(content.get("offset", 0.0), "offset", here),
        inverted=inverted,
        source_range=_range(content, "from", here),
        target_range=_range(content, "to", here),
        share_of=share_of,
    )


def _plain(link: Link) -> str | dict[str, Any]:
    """A link as it stands in a file: what is not said is as usual."""
    said: dict[str, Any] = {"target": link.target}
    if link.gain != 1.0:
        said["gain"] = _short(link.gain)
    if link.offset:
        said["offset"] = _short(link.offset)
    if link.inverted:
        said["inverted"] = True
    if link.source_range is not None:
        said["from"] = [*map(_short, link.source_range)]
    if link.target_range is not None:
        said["to"] = [*map(_short, link.target_range)]
    if link.share_of is not None:
        said["share_of"] = link.share_of
    return said if len(said) > 1 else link.target


def _short(number: float) -> float:
    """1 rather than 1.0."""
    return int(number) if number.is_integer() else number


def _only(content: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in content:
        if name not in known:
            raise RigError(f"{where}: {name!r} means nothing here; there are {', '.join(known)}.")


def _text(content: dict[str, Any], name: str, where: str) -> str:
    value = content.get(name)
    if not _is_text(value):
        raise RigError(f'{where}: "{name}" must be a name, not {_shown(value)}.')
    return str(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and any(not letter.isspace() for letter in value) and not fault_of(value)


def _number(value: Any, name: str, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < LARGEST:
        raise RigError(f'{where}: "{name}" must be a number under a million, not {_shown(value)}.')
    return float(value)


def _range(content: dict[str, Any], name: str, where: str) -> Range | None:
    value = content.get(name)
    if value is None and name not in content:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise RigError(f'{where}: "{name}" must be two numbers such as [0, 1], not {_shown(value)}.')
    low, high = (_number(number, name, where) for number in value)
    if low == high:
        raise RigError(f'{where}: "{name}" must go from one number to another, not {_shown(value)}.')
    return low, high


def _shown(value: Any) -> str:
    return "nothing" if value is None else _json(value)[:60]


_json: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False).encode
