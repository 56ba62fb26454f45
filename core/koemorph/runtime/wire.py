"""How processes of ours speak to each other: one JSON object a line, its kinds and fields declared as dataclasses.

Whatever comes in is checked against the declaration before anybody sees it. Exact moments, rates and recordings travel
as text, never as floats. ASCII with escapes: file names that are no proper text pass through unchanged.
Standard library only, for hosts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from fractions import Fraction
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, BinaryIO, ClassVar, Final, get_args, get_origin, get_type_hints

from ..errors import KoeMorphError
from ..recording import Recording
from ..speech.script import Script
from ..timing import FrameRate, parse_exact
from ..trust import fault_of
from ..trust.doors import reason_of
from ..trust.parsing import NoJson, parse

LINE_LIMIT: Final = 2**20
"""Bytes of one message, its line break included."""

KIND: Final = "message"
"""The field that names the kind of a message."""


class WireError(KoeMorphError):
    """What came in is not a message, or not one that is expected here."""

    exit_code = 2

    def __init__(self, message: str, request_id: str | None = None) -> None:
        super().__init__(message)
        self.request_id = request_id


@dataclass(frozen=True)
class Length:
    """How many letters a text may have."""

    least: int
    most: int


Id = Annotated[str, Length(1, 200)]
"""Names a job, or an analysis that is kept."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """Base of all kinds. A kind is called after its class: `ShowSettings` is `show_settings`."""

    kind: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        cls.kind = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


Vocabulary = Mapping[str, type[Message]]
"""The kinds that one side of a conversation may say."""


def vocabulary(*kinds: type[Message]) -> Vocabulary:
    return {kind.kind: kind for kind in kinds}


def encode(message: Message) -> bytes:
    """A line, with its break. What is None is left out."""
    values = {entry.name: _plain(getattr(message, entry.name)) for entry in fields(message)}
    told = {KIND: message.kind, **{name: value for name, value in values.items() if value is not None}}
    line = json.dumps(told, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"
    if len(line) > LINE_LIMIT:
        raise WireError(f"A message may be {LINE_LIMIT} bytes long at most; this {message.kind} is longer.")
    return line


def decode(line: bytes, known: Vocabulary) -> Message:
    """A line as a message of the vocabulary, or a `WireError` that says what is wrong with it."""
    if len(line) > LINE_LIMIT:
        raise WireError(f"A message may be {LINE_LIMIT} bytes long at most; this one is longer.")
    try:
        told = parse(line)
    except (json.JSONDecodeError, NoJson) as err:
        raise WireError(f"A message must be one line of JSON in UTF-8 ({reason_of(err, 100)}).") from err
    if not isinstance(told, dict):
        raise WireError(f"A message must be a JSON object with its {KIND}.")
    name, request_id = told.pop(KIND, None), told.get("id")
    if not isinstance(request_id, str) or not 0 < len(request_id) <= Id.__metadata__[0].most:  # type: ignore[attr-defined]
        request_id = None
    kind = known.get(name) if isinstance(name, str) else None
    if kind is None:
        raise WireError(f"There is no {KIND} {_shown(name)} here; there are {', '.join(known)}.", request_id)
    try:
        return kind(**_values(kind, told))
    except KoeMorphError as err:
        raise WireError(f"{kind.kind}: {str(err).rstrip('.')}.", request_id) from err


def lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines until the stream ends; of one that is too long just enough to tell. What the end cuts off is no line."""
    while line := stream.readline(LINE_LIMIT + 1):
        last = line
        while last and not last.endswith(b"\n"):
            last = stream.readline(LINE_LIMIT)
        if not last:
            return
        yield line


_HINTS: Final[dict[type[Message], dict[str, Any]]] = {}
"""What was read of declarations, since that takes a while."""


def fields_of(kind: type[Message]) -> dict[str, Any]:
    """The types of its fields, as declared."""
    if kind not in _HINTS:
        hints = get_type_hints(kind, include_extras=True)
        _HINTS[kind] = {entry.name: hints[entry.name] for entry in fields(kind)}
    return _HINTS[kind]


def optional_fields(kind: type[Message]) -> set[str]:
    """Those that need not be said."""
    return {entry.name for entry in fields(kind) if (entry.default, entry.default_factory) != (MISSING, MISSING)}


def _values(kind: type[Message], told: Mapping[str, Any]) -> dict[str, Any]:
    hints = fields_of(kind)
    for name in told:
        if name not in hints:
            raise WireError(f"there is no field {_shown(name)}; there are {', '.join(hints) or 'none'}")
    for name in hints:
        if name not in told and name not in optional_fields(kind):
            raise WireError(f"{name} is missing")
    return {name: _read(name, hints[name], value) for name, value in told.items()}


def _read(name: str, hint: Any, value: Any) -> Any:
    """A value as the field of that type has it."""
    alternatives = get_args(hint) if get_origin(hint) not in (tuple, dict, Annotated) else ()
    if NoneType in alternatives:
        (hint,) = (one for one in alternatives if one is not NoneType)
        return None if value is None else _read(name, hint, value)
    limit = Length(0, LINE_LIMIT)
    if get_origin(hint) is Annotated:
        hint, limit = get_args(hint)
    expected, make = _READERS[get_origin(hint) or hint]
    if type(value) not in expected:
        raise WireError(f"{name} must be {_WORDS[expected[0]]}, not {_shown(value)}")
    for text in value if isinstance(value, list) else (value,):
        if isinstance(value, list) and not isinstance(text, str):
            raise WireError(f"{name} must be a list of texts")
        if isinstance(text, str) and ("\0" in text or not limit.least <= len(text) <= limit.most):
            raise WireError(f"{name} must be {limit.least} to {limit.most} letters without a null character")
    return make(value)


def _path(text: str) -> Path:
    if not text:
        raise WireError("the path of a file must not be empty")
    if fault := fault_of(text):
        raise WireError(f"{fault}, so it is no path")
    return Path(text)


_READERS: Final[Mapping[Any, tuple[tuple[type, ...], Callable[[Any], Any]]]] = {
    str: ((str,), str),
    int: ((int,), int),
    float: ((float, int), float),
    bool: ((bool,), bool),
    dict: ((dict,), dict),
    tuple: ((list,), tuple),
    Path: ((str,), _path),
    Fraction: ((str,), parse_exact),
    FrameRate: ((str,), FrameRate.parse),
    Recording: ((dict,), Recording.from_dict),
    Script: ((dict,), Script.from_dict),
}
"""Of each type that a field may have: how it looks in JSON, and how it is made of that."""
_WORDS: Final = {str: "text", int: "a whole number", float: "a number", bool: "true or false", dict: "an object"} | {
    list: "a list"
}


def _plain(value: Any) -> Any:
    if isinstance(value, (Recording, Script)):
        return value.to_dict()
    return str(value) if isinstance(value, (Path, Fraction, FrameRate)) else value


def _shown(value: object) -> str:
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
