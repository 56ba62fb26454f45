"""The JSON Schema of a shot list, made from the columns and the settings so that it cannot fall behind them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from ..settings import Settings, info_of
from .columns import COLUMNS

_WORDS: Final = {"type": ["string", "number", "null"]}
_KINDS: Final = {"number": "number", "whole": "integer", "switch": "boolean", "choice": "string", "text": "string"}


def schema() -> dict[str, Any]:
    """Draft 2020-12. Cells may be texts, as in a table; numbers are numbers in JSON."""
    columns: dict[str, Any] = {name: {**_WORDS, "description": about} for name, about in COLUMNS.items()}
    columns["target"]["type"] = ["string", "array", "null"]
    columns["target"]["items"] = {"type": "string"}
    settings = {entry.name: _setting(entry) for entry in fields(Settings)}
    shot = {
        "type": "object",
        "properties": {
            **columns,
            **settings,
            "settings": {"type": "object", "properties": settings, "additionalProperties": False},
        },
        "patternProperties": {"^#": {}},
        "additionalProperties": False,
    }
    listed = {"type": "array", "items": {"$ref": "#/$defs/shot"}}
    whole = {
        "type": "object",
        "properties": {"$schema": {"type": "string"}, "defaults": {"$ref": "#/$defs/shot"}, "shots": listed},
        "required": ["shots"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "KoeMorph shot list",
        "$defs": {"shot": shot},
        "oneOf": [whole, listed],
    }


def _setting(entry: Any) -> dict[str, Any]:
    shown = info_of(entry)
    kind: dict[str, Any] = {"type": _KINDS[shown.kind]}
    if shown.choices:
        kind["enum"] = list(shown.choices)
    if shown.low is not None:
        kind.update(minimum=shown.low, maximum=shown.high)
    text = {"type": ["string", "null"]}
    return {"description": shown.tooltip, "default": entry.default, "anyOf": [kind, text]}
