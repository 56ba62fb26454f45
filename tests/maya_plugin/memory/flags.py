"""Refuses what Maya's commands do not have: flags, their modes, and arguments of another type."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

FLAGS: dict[str, dict[str, list[Any]]] = json.loads(Path(__file__).with_name("flags.json").read_text("utf-8"))
_TEXT = ("str", "script", "PyNode", "string")


EDITING = {("keyframe", "relative"), ("keyframe", "time")}
"""Flags that the examples in Autodesk's own pages of the command use in edit mode, which the table does not have."""


def checked(command: str, given: dict[str, Any]) -> dict[str, Any]:
    """The flags by their long names. Raises TypeError as Maya does."""
    known = FLAGS[command]
    longer = {told[0]: name for name, told in known.items()}
    flags = {longer.get(name, name) if name not in known else name: value for name, value in given.items()}
    mode = "query" if flags.get("query") else "edit" if flags.get("edit") else "create"
    for name, value in flags.items():
        if name in ("query", "edit"):
            continue
        if name not in known:
            raise TypeError(f"Invalid flag '{name}'")
        _, modes, kind = known[name]
        if modes and mode not in modes and (command, name) not in EDITING:
            raise TypeError(f"Flag '{name}' of {command} has no {mode} mode")
        if mode == "query" and value is True:
            continue
        several = "multiuse" in modes and isinstance(value, (list, tuple)) and not isinstance(kind, list)
        for one in value if several and not _fits(kind, value) else [value]:
            if not _fits(kind, one):
                raise TypeError(f"Invalid arguments for flag '{name}'.  Expected {kind}, got {type(one).__name__}")
    return flags


def _fits(kind: Any, value: Any) -> bool:
    if isinstance(kind, list):
        parts = isinstance(value, (list, tuple)) and len(value) == len(kind)
        return parts and all(_fits(one, part) for one, part in zip(kind, value, strict=True))
    if kind == "script" and isinstance(value, Callable):  # type: ignore[arg-type]
        return True
    if kind in _TEXT:
        return isinstance(value, str)
    if kind in ("switch", "bool"):
        return isinstance(value, (bool, int))
    if kind in ("int", "int64"):
        return isinstance(value, int)
    if kind in ("float", "time"):
        return isinstance(value, (int, float))
    if kind.lower() in ("timerange", "floatrange", "indexrange"):
        return isinstance(value, (int, float, str)) or (isinstance(value, tuple) and 1 <= len(value) <= 2)
    raise NotImplementedError(kind)
