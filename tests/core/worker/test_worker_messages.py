"""Requests as they are read, against the schema; the queue and the cache, without a process."""

from __future__ import annotations

import io
import json
import threading
from dataclasses import MISSING, fields
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worker_host import EVENT, REQUEST, SCHEMA

from koemorph.engine import Analysis, Engine, Heard, Origin
from koemorph.settings import Settings
from koemorph.worker.cache import Analysed, LatentsCache
from koemorph.worker.jobs import Jobs
from koemorph.worker.messages import (
    LINE_LIMIT,
    REQUESTS,
    Analyse,
    Animate,
    Forget,
    KeyGoneError,
    Request,
    RequestError,
    parse,
)
from koemorph.worker.pipes import lines


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("op", REQUESTS)
def test_the_schema_and_the_requests_have_the_same_fields(op: str) -> None:
    known = fields(REQUESTS[op])
    described = SCHEMA["$defs"][op]
    required = [entry.name for entry in known if entry.default is entry.default_factory is MISSING]
    assert set(described["properties"]) == {"op", *(entry.name for entry in known)}
    assert set(described["required"]) == {"op", *required}
    assert {"$ref": f"#/$defs/{op}"} in SCHEMA["$defs"]["request"]["oneOf"]


names = st.sampled_from(sorted({entry.name for kind in REQUESTS.values() for entry in fields(kind)}))
values = st.sampled_from(
    # No 1.0: to a schema it is a whole number.
    ["a", "12.5", "", "x" * 201, "a\0b", "声", 0, 1, -3, 12.5, True, False, None, [], [1], {}, {"a": 1}]
)
likely = {"id": "1", "audio": "a.wav", "out": "a.take", "fps": 30, "key": "k"}


@st.composite
def messages(draw: st.DrawFn) -> dict[str, Any]:
    """Requests that are right or nearly so."""
    op = draw(st.sampled_from(sorted(REQUESTS)))
    message = {"op": op, **{e.name: likely[e.name] for e in fields(REQUESTS[op]) if e.name in likely}}
    for name in draw(st.lists(names, max_size=3)):
        if draw(st.booleans()):
            message[name] = draw(values)
        else:
            message.pop(name, None)
    return message


@given(messages())
def test_what_the_schema_takes_is_understood_and_nothing_else(message: dict[str, Any]) -> None:
    line = json.dumps(message).encode()
    if REQUEST.is_valid(message):
        assert parse(line).op == message["op"]
    else:
        with pytest.raises(RequestError):
            parse(line)


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.one_of(st.binary(), anything.map(lambda value: json.dumps(value).encode())))
def test_any_line_is_a_request_or_a_request_error(line: bytes) -> None:
    try:
        assert isinstance(parse(line), Request)
    except RequestError as err:
        assert str(err)


def test_a_request_may_be_as_long_as_the_limit() -> None:
    settings = {"a": ""}
    message = {"op": "animate", "id": "1", "audio": "a", "out": "b", "fps": 24, "settings": settings}
    settings["a"] = "x" * (LINE_LIMIT - len(json.dumps(message)) - 1)
    line = json.dumps(message).encode() + b"\n"
    assert len(line) == LINE_LIMIT and isinstance(parse(line), Animate)
    with pytest.raises(RequestError, match="longer"):
        parse(b" " + line)


def test_lines_are_cut_at_breaks_and_kept_small() -> None:
    stream = io.BytesIO(b"one\r\n" + b"x" * (3 * LINE_LIMIT) + b"\n\ntwo\ncut off")
    found = list(lines(stream))
    assert [len(line) for line in found] == [5, LINE_LIMIT + 1, 1, 4]
    assert list(lines(io.BytesIO(b"x" * 3 * LINE_LIMIT))) == []


def latents(size: int) -> Analysed:
    array = np.zeros((size, 1), np.float32)
    return Analysed(
        Analysis(array, array, Heard(array[:, 0], array[:0], array[:0]), Origin(Fraction(1), Fraction(0), {})),
        Settings(),
    )


def test_the_cache_is_bounded_by_number_and_by_bytes() -> None:
    cache = LatentsCache(most=3, most_bytes=12 * 100)
    assert [cache.keep(key, latents(10)) for key in "abc"] == [[], [], []]
    cache.get("a")
    assert cache.keep("d", latents(10)) == ["b"]
    assert cache.keep("d", latents(85)) == ["c"]
    assert cache.keep("huge", latents(1000)) == ["a", "d"]
    assert cache.get("huge").size == 12_000
    with pytest.raises(KeyGoneError, match="analyse the recording again"):
        cache.get("a")


class Broken:
    """An engine with a defect."""

    def animate(self, *_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")


def test_a_defect_is_told_with_its_traceback(line: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events: list[dict[str, Any]] = []
    ended = threading.Event()

    def emit(event: dict[str, Any]) -> None:
        EVENT.validate(event)
        events.append(event)
        if event["event"] != "progress":
            ended.set()

    jobs = Jobs(cast(Engine, Broken()), emit)
    jobs.submit(Animate(id="1", audio=str(line), out=str(tmp_path / "a.take"), fps=30))
    assert ended.wait(10)
    error = events[-1]
    assert (error["event"], error["kind"], error["id"], error["exit_code"]) == ("error", "internal", "1", 1)
    assert "ZeroDivisionError" in error["message"] and "Traceback" in error["details"]
    assert error["details"] in capsys.readouterr().err
    assert jobs.stop(1.0)


def test_an_engine_that_hears_of_no_cancel_still_changes_nothing(line: Path, tmp_path: Path) -> None:
    """The job is told cancelled at once; when the engine is done with it at last, nothing comes of it."""
    events: list[dict[str, Any]] = []
    entered, leave = threading.Event(), threading.Event()

    class Deaf:
        def analyse(self, *_: object, **__: object) -> Any:
            entered.set()
            leave.wait(10)
            return SimpleNamespace()

    jobs = Jobs(cast(Engine, Deaf()), events.append)
    jobs.submit(Analyse(id="1", audio=str(line), key="k"))
    assert entered.wait(10)
    jobs.cancel("1")
    assert events[-1] == {"event": "cancelled", "id": "1"}
    assert not jobs.has("1")
    jobs.submit(Forget(id="1", key="k"))
    assert not jobs.stop(0.1)
    leave.set()
    assert jobs.stop(2.0)
    assert [event["event"] for event in events if event["event"] != "progress"] == ["cancelled", "cancelled"]
