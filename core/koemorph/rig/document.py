"""A mapping as a JSON document: read with one clear sentence for all that is wrong, written so that people can read it.

`schema.json` describes the documents for editors and other programs; a test holds it and this reader together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, Final

from .. import arkit
from ..errors import RigError
from ..formats.base import ROTATIONS
from ..trust import Door, fault_of, limits
from . import visemes
from .mapping import Calibration, Link, Mapping, Names, Range

RIG: Final = Door(what="preset of a rig", error=RigError, size=limits.SETTINGS_FILE)
SCHEMA_VERSION: Final = 1
LARGEST: Final = 1e6
"""What no number of a preset may reach."""
SOURCES: Final = (*arkit.SHAPES, *ROTATIONS, *visemes.NAMES)
"""What a take can hold, or have read from it, and a preset may read."""

_TOP: Final = (
    *("schema_version", "name", "description", "also", "limits", "approximated", "prefixes", "aliases"),
    *("calibration", "entries"),
)
_PLAIN: Final = ("name", "description", "also", "limits", "approximated", "prefixes")
_LINK: Final = ("target", "gain", "offset", "inverted", "from", "to", "share_of", "picks")
_CALIBRATION: Final = ("gain", "rest", "minimum", "maximum")
_FIELDS: Final = {"from": "source_range", "to": "target_range"}
"""What is called otherwise in a file."""


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
    description = content.get("description", "")
    if not isinstance(description, str):
        raise RigError(f'{where}: "description" must be text.')
    limits = _range(content, "limits", where)
    return Mapping(
        name=_text(content, "name", where),
        links=tuple(link for source, targets in entries.items() for link in _entry(source, targets, where)),
        description=description,
        also=_names(content.get("also", []), "also", where),
        limits=limits and (min(limits), max(limits)),
        approximated=_sources(content, where),
        calibrations=_calibrations(content, where),
        prefixes=_prefixes(content, where),
        aliases=_aliases(content, where),
    )


def as_json(mapping: Mapping) -> str:
    """The preset as a file, an entry a line so that it can be read and compared."""
    head = {"schema_version": SCHEMA_VERSION, **_said(mapping, _PLAIN)}
    if mapping.aliases:
        head["aliases"] = {target: list(names) for target, names in mapping.aliases}
    if mapping.calibrations:
        head["calibration"] = {one.target: _said(one, _CALIBRATION) for one in mapping.calibrations}
    lines = [f"  {_json(name)}: {_json(value)}," for name, value in head.items()]
    entries = []
    for source in mapping.sources:
        links = [_said(link, _LINK) for link in mapping.of(source)]
        targets = [link if len(link) > 1 else link["target"] for link in links]
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
        return Link(source=source, target=content)
    if not isinstance(content, dict):
        raise RigError(f"{here}: a target must be a name or an object with a target, not {_shown(content)}.")
    _only(content, _LINK, here)
    share_of = content.get("share_of")
    if "share_of" in content and share_of not in SOURCES:
        raise RigError(f'{here}: "share_of" must be another shape, not {_shown(share_of)}.')
    inverted, picks = (_switch(content, name, here) for name in ("inverted", "picks"))
    return Link(
        source=source,
        target=_text(content, "target", here),
        gain=_number(content.get("gain", 1.0), "gain", here),
        offset=_number(content.get("offset", 0.0), "offset", here),
        inverted=inverted,
        source_range=_range(content, "from", here),
        target_range=_range(content, "to", here),
        share_of=share_of,
        picks=picks,
    )


def _names(listed: Any, name: str, where: str) -> Names:
    if not isinstance(listed, list) or not all(_is_text(one) for one in listed):
        raise RigError(f'{where}: "{name}" must be a list of names.')
    return tuple(listed)


def _prefixes(content: dict[str, Any], where: str) -> Names:
    listed = content.get("prefixes", [])
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise RigError(f'{where}: "prefixes" must be a list of what names begin with.')
    return tuple(listed)


def _sources(content: dict[str, Any], where: str) -> Names:
    names = _names(content.get("approximated", []), "approximated", where)
    for name in names:
        if name not in SOURCES:
            raise RigError(f'{where}: "approximated" names {_shown(name)}, which is no shape.')
    return names


def _aliases(content: dict[str, Any], where: str) -> tuple[tuple[str, Names], ...]:
    aliases = content.get("aliases", {})
    if not isinstance(aliases, dict) or not all(_is_text(target) for target in aliases):
        raise RigError(f'{where}: "aliases" must be an object of targets and lists of their other names.')
    return tuple((target, _names(names, "aliases", where)) for target, names in aliases.items())


def _calibrations(content: dict[str, Any], where: str) -> tuple[Calibration, ...]:
    told = content.get("calibration", {})
    if not isinstance(told, dict) or not all(_is_text(target) for target in told):
        raise RigError(f'{where}: "calibration" must be an object of targets with gain, rest, minimum and maximum.')
    found = []
    for target, one in told.items():
        here = f"{where}, calibration of {target!r}"
        if not isinstance(one, dict):
            raise RigError(f"{here}: it must be an object with gain, rest, minimum or maximum, not {_shown(one)}.")
        _only(one, _CALIBRATION, here)
        numbers = {name: _number(value, name, here) for name, value in one.items()}
        if numbers.get("minimum", -LARGEST) > numbers.get("maximum", LARGEST):
            raise RigError(f"{here}: the minimum is above the maximum.")
        found.append(Calibration(target=target, **numbers))
    return tuple(found)


def _said(one: Mapping | Link | Calibration, words: Iterable[str]) -> dict[str, Any]:
    """What is not as usual, in the words of the file."""
    usual = {entry.name: entry.default for entry in fields(one)}
    values = {word: getattr(one, _FIELDS.get(word, word)) for word in words}
    return {word: _short(value) for word, value in values.items() if value != usual[_FIELDS.get(word, word)]}


def _short(value: Any) -> Any:
    """1 rather than 1.0."""
    if isinstance(value, tuple):
        return [*map(_short, value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _only(content: dict[str, Any], known: Iterable[str], where: str) -> None:
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


def _switch(content: dict[str, Any], name: str, where: str) -> bool:
    value = content.get(name, False)
    if not isinstance(value, bool):
        raise RigError(f'{where}: "{name}" must be true or false, not {_shown(value)}.')
    return value


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
