"""A vocabulary of `wire` for everybody else: JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_origin

from ..recording import Recording
from ..speech.script import Script
from ..timing import FrameRate
from .wire import KIND, LINE_LIMIT, Message, Vocabulary, fields_of, optional_fields

_EXACT: Final = {"type": "string", "pattern": r"^-?\d+(/\d+|\.\d+)?$", "description": "An exact number of seconds."}
_RECORDING: Final = {
    "description": "A stretch of a sound file; without in and out all of it, without channel the mix of all.",
    "type": "object",
    "properties": {"path": {"type": "string"}, "in": _EXACT, "out": _EXACT, "channel": {"type": "string"}},
    "required": ["path"],
    "additionalProperties": False,
}
_SCHEMAS: Final[Mapping[Any, dict[str, Any]]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    dict: {"type": "object"},
    tuple: {"type": "array", "items": {"type": "string"}},
    Path: {"type": "string", "minLength": 1},
    Fraction: _EXACT,
    FrameRate: {"type": "string", "description": "Frames per second: 24, 29.97, 30000/1001."},
    Recording: {"$ref": "#/$defs/recording"},
    Script: {
        "description": "What is said, as people write it; without language in English.",
        "type": "object",
        "properties": {"text": {"type": "string"}, "language": {"type": "string"}},
        "required": ["text"],
        "additionalProperties": False,
    },
}


def schema(title: str, known: Vocabulary) -> dict[str, Any]:
    """Draft 2020-12."""
    kinds = {name: _described(kind) for name, kind in known.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": f"One JSON object per line, in UTF-8, at most {LINE_LIMIT} bytes.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in kinds],
        "$defs": {**kinds, "recording": _RECORDING},
    }


def _described(kind: type[Message]) -> dict[str, Any]:
    properties = {name: _property(hint) for name, hint in fields_of(kind).items()}
    return {
        "description": (kind.__doc__ or "").strip(),
        "type": "object",
        "properties": {KIND: {"const": kind.kind}, **properties},
        "required": [KIND, *(name for name in properties if name not in optional_fields(kind))],
        "additionalProperties": False,
    }


def _property(hint: Any) -> dict[str, Any]:
    alternatives = get_args(hint) if get_origin(hint) not in (tuple, dict, Annotated) else ()
    if NoneType in alternatives:
        return {"anyOf": [*(_property(one) for one in alternatives if one is not NoneType), {"type": "null"}]}
    if get_origin(hint) is Annotated:
        inner, limit = get_args(hint)
        return {**_property(inner), "minLength": limit.least, "maxLength": limit.most}
    return dict(_SCHEMAS[get_origin(hint) or hint])
