"""Requests as frozen dataclasses, checked on the way in; the events that do not belong to one job.

A new field of a request appears in the check by itself; schema.json says the same for everyone else, and a
test holds the two together.
"""

from __future__ import annotations

import json
import math
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Final, NoReturn, get_args, get_origin, get_type_hints

from ..errors import KoeMorphError

LINE_LIMIT: Final = 2**20
"""Bytes of one request, its line break included."""
ID_LIMIT: Final = 200

Event = dict[str, Any]
Emit = Callable[[Event], None]


class RequestError(KoeMorphError):
    """A line on stdin is not a request that the worker understands."""

    exit_code = 2

    def __init__(self, message: str, request_id: str | None = None) -> None:
        super().__init__(message)
        self.request_id = request_id


class KeyGoneError(KoeMorphError):
    """Latents were asked for that are not kept, or no longer; analyse the recording again."""

    exit_code = 2


@dataclass(frozen=True, kw_only=True)
class Request:
    op: ClassVar[str]


@dataclass(frozen=True, kw_only=True)
class Job(Request):
    """A request that waits its turn and ends in one result, error or cancelled."""

    id: str


@dataclass(frozen=True, kw_only=True)
class Animate(Job):
    op = "animate"
    audio: str
    out: str
    fps: str | int | float
    format: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    start: str | int | float | None = None
    end: str | int | float | None = None
    channel: str | int | None = None


@dataclass(frozen=True, kw_only=True)
class Analyse(Job):
    op = "analyse"
    audio: str
    key: str | None = None
    fps: str | int | float | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    start: str | int | float | None = None
    end: str | int | float | None = None
    channel: str | int | None = None


@dataclass(frozen=True, kw_only=True)
class Render(Job):
    op = "render"
    key: str
    out: str
    fps: str | int | float
    format: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Forget(Job):
    op = "forget"
    key: str


@dataclass(frozen=True, kw_only=True)
class Cancel(Request):
    op = "cancel"
    id: str


@dataclass(frozen=True, kw_only=True)
class Ping(Request):
    op = "ping"
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Shutdown(Request):
    op = "shutdown"


REQUESTS: Final[Mapping[str, type[Request]]] = {
    kind.op: kind for kind in (Animate, Analyse, Render, Forget, Cancel, Ping, Shutdown)
}

_IN_WORDS: Final = {str: "text", int: "a whole number", float: "a number", dict: "an object", type(None): "null"}


def parse(line: bytes) -> Request:
    """A line from stdin as a request, or a `RequestError` that says what is wrong with it."""
    if len(line) > LINE_LIMIT:
        raise RequestError(f"A request may be {LINE_LIMIT} bytes long at most; this one is longer.")
    try:
        message = json.loads(line.decode("utf-8"), parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as err:
        raise RequestError(f"A request must be one line of JSON in UTF-8 ({err}).") from err
    if not isinstance(message, dict):
        raise RequestError("A request must be a JSON object with an op.")
    op, request_id = message.pop("op", None), message.get("id")
    if not isinstance(request_id, str) or len(request_id) > ID_LIMIT:
        request_id = None
    kind = REQUESTS.get(op) if isinstance(op, str) else None
    if kind is None:
        raise RequestError(f"There is no op {_shown(op)}; there are {', '.join(REQUESTS)}.", request_id)
    if problem := _problem(kind, message):
        raise RequestError(f"{kind.op}: {problem}.", request_id)
    return kind(**message)


def _problem(kind: type[Request], message: Mapping[str, Any]) -> str | None:
    """The first thing that keeps `message` from being a request of that kind."""
    types = get_type_hints(kind)
    known = {entry.name: entry for entry in fields(kind)}
    for name, value in message.items():
        if name not in known:
            return f"there is no field {_shown(name)}; there are {', '.join(known) or 'none'}"
        allowed = [get_origin(one) or one for one in get_args(types[name]) or (types[name],)]
        if get_origin(types[name]) is dict:
            allowed = [dict]
        if type(value) not in allowed:
            return f"{name} must be {' or '.join(_IN_WORDS[one] for one in allowed)}, not {_shown(value)}"
        if isinstance(value, str) and (not value or "\0" in value):
            return f"{name} must not be empty or hold a null character"
        if name in ("id", "key") and value is not None and len(value) > ID_LIMIT:
            return f"{name} may be {ID_LIMIT} characters long at most"
    for name, entry in known.items():
        if entry.default is MISSING and entry.default_factory is MISSING and name not in message:
            return f"{name} is missing"
    return None


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number")


def _shown(value: object) -> str:
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:40]}…"


def error_event(error: Exception, request_id: str | None = None) -> Event:
    """What a host shows: a KoeMorphError's own sentence; anything else is a defect and comes with its traceback."""
    event: Event = {"event": "error", "id": request_id}
    if isinstance(error, KoeMorphError):
        return {**event, "kind": type(error).__name__, "message": str(error), "exit_code": error.exit_code}
    details = "".join(traceback.format_exception(error))
    sys.stderr.write(details)
    what = f"{type(error).__name__}: {error}"
    return {
        **event,
        "kind": "internal",
        "message": f"Something went wrong inside KoeMorph ({what}); please report it with the details.",
        "exit_code": KoeMorphError.exit_code,
        "details": details,
    }
