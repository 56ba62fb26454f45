"""Messages as they are read and written, against their schema; the queue and the cache, without a process."""

from __future__ import annotations

import io
import json
import threading
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worker_host import EVENT

from koemorph.analysis import Analysis, Heard, Origin
from koemorph.engine import Engine
from koemorph.errors import KoeMorphError
from koemorph.hosts.messages import LINK
from koemorph.recording import Recording
from koemorph.runtime.messages import EVENTS, REQUESTS, Analyse, Animate, Failed, Forget, Made, Stopped
from koemorph.runtime.schema import schema
from koemorph.runtime.wire import LINE_LIMIT, Message, WireError, decode, encode, lines
from koemorph.runtime.worker.cache import AnalysisCache, Kept, KeyGoneError, Stretch
from koemorph.runtime.worker.jobs import Jobs
from koemorph.settings import Settings
from koemorph.timing import FrameRate

KNOWN = {**REQUESTS, **EVENTS, **LINK}
SCHEMA = jsonschema.Draft202012Validator(schema("all", KNOWN))
RATE = FrameRate.parse("29.97")


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema("all", KNOWN))


def test_nothing_exact_becomes_a_float() -> None:
    heard = Recording(Path("a \udcff.wav"), begin=Fraction(1001, 30000), end=Fraction(10**12 + 1, 3), channel="left")
    message = Animate(id="1", recording=heard, out=Path("b.take"), rate=RATE, settings={"temperature": 0.3})
    line = encode(message)
    assert decode(line, REQUESTS) == message
    told = json.loads(line)
    assert told["recording"]["in"] == "1001/30000" and told["rate"] == "30000/1001"
    assert "format" not in told and told["message"] == "animate"
    SCHEMA.validate(told)
    made = Made(id="1", out=Path("o"), frames=2, rate=RATE, warnings=("a",), seconds=0.5, duration=Fraction(1, 3))
    assert decode(encode(made), EVENTS) == made


names = st.sampled_from(sorted({entry.name for kind in KNOWN.values() for entry in fields(kind)}))
values = st.sampled_from(
    # No 1.0: to a schema it is a whole number.
    [
        "a",
        "12.5",
        "3/4",
        "24",
        "",
        "x" * 201,
        "声",
        0,
        1,
        -3,
        12.5,
        True,
        False,
        None,
        [],
        [1],
        ["a"],
        {},
        {"path": "a"},
    ]
)
likely: dict[str, Any] = {"id": "1", "recording": {"path": "a"}, "out": "a.take", "rate": "30", "key": "k"}
likely |= {"take": "t", "text": "", "protocol": 1, "token": "", "koemorph": "", "host": "", "target": "", "names": []}
likely |= {"settings": {}, "audio": "a", "keys": "every", "tolerance": 0.1, "first_frame": "1"}
likely |= {"frames": 1, "warnings": [], "seconds": 0.5, "forgotten": [], "duration": "1/2", "stage": "s"}
likely |= {"fraction": 0.5, "pid": 1, "model": "m", "model_sha256": "s", "trained": True}


@st.composite
def messages(draw: st.DrawFn) -> dict[str, Any]:
    """Messages that are right or nearly so."""
    kind = draw(st.sampled_from(sorted(KNOWN)))
    message: dict[str, Any] = {"message": kind}
    message |= {e.name: likely[e.name] for e in fields(KNOWN[kind]) if e.name in likely}
    if kind == "keyed":
        message["keys"] = 1
    for name in draw(st.lists(names, max_size=3)):
        if draw(st.booleans()):
            message[name] = draw(values)
        else:
            message.pop(name, None)
    return message


@given(messages())
def test_what_is_understood_fits_the_schema_and_comes_back_as_it_was(message: dict[str, Any]) -> None:
    try:
        understood = decode(json.dumps(message).encode(), KNOWN)
    except WireError as err:
        assert str(err) and len(str(err)) < 500
        return
    SCHEMA.validate(message)
    assert decode(encode(understood), KNOWN) == understood


@given(messages())
def test_what_the_schema_refuses_is_refused(message: dict[str, Any]) -> None:
    if not SCHEMA.is_valid(message):
        with pytest.raises(WireError):
            decode(json.dumps(message).encode(), KNOWN)


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.one_of(st.binary(), anything.map(lambda value: json.dumps(value).encode())))
def test_any_line_is_a_message_or_a_wire_error(line: bytes) -> None:
    try:
        assert isinstance(decode(line, KNOWN), Message)
    except WireError as err:
        assert str(err)


def test_a_message_may_be_as_long_as_the_limit() -> None:
    settings = {"a": ""}
    message = Animate(id="1", recording=Recording(Path("a")), out=Path("b"), rate=RATE, settings=settings)
    settings["a"] = "x" * (LINE_LIMIT - len(encode(message)))
    line = encode(message)
    assert len(line) == LINE_LIMIT and decode(line, REQUESTS) == message
    with pytest.raises(WireError, match="longer"):
        decode(b" " + line, REQUESTS)
    settings["a"] += "x"
    with pytest.raises(WireError, match="longer"):
        encode(message)


def test_lines_are_cut_at_breaks_and_kept_small() -> None:
    stream = io.BytesIO(b"one\r\n" + b"x" * (3 * LINE_LIMIT) + b"\n\ntwo\ncut off")
    found = list(lines(stream))
    assert [len(line) for line in found] == [5, LINE_LIMIT + 1, 1, 4]
    assert list(lines(io.BytesIO(b"x" * 3 * LINE_LIMIT))) == []


@pytest.mark.parametrize("told", [{}, {"path": ""}, {"path": "a", "in": 1.5}, {"path": "a", "colour": "red"}, "a.wav"])
def test_what_is_no_recording(told: Any) -> None:
    with pytest.raises(KoeMorphError):
        Recording.from_dict(told)


def analysis(size: int) -> Kept:
    array = np.zeros((size, 1), np.float32)
    stretch = Stretch(path=Path("a.wav"), begin=Fraction(0), duration=Fraction(1))
    heard = Heard(level=array[:, 0], phones=array[:0], tones=array[:0], melody=array[:0, 0], narrowness=array[:0, 0])
    return Kept(
        Analysis(
            speech=array,
            emotion=array,
            heard=heard,
            origin=Origin(duration=Fraction(1), start=Fraction(0), provenance={}),
        ),
        Settings(),
        stretch,
    )


def test_the_cache_is_bounded_by_number_and_by_bytes() -> None:
    cache = AnalysisCache(most=3, most_bytes=12 * 100)
    assert [cache.keep(key, analysis(10)) for key in "abc"] == [[], [], []]
    cache.get("a")
    assert cache.keep("d", analysis(10)) == ["b"]
    assert cache.keep("d", analysis(85)) == ["c"]
    assert cache.keep("huge", analysis(1000)) == ["a", "d"]
    assert cache.get("huge").size == 12_000
    with pytest.raises(KeyGoneError, match="analyse the recording again"):
        cache.get("a")


class Broken:
    """An engine with a defect."""

    def animate(self, *_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")


def test_a_defect_is_told_with_its_traceback(line: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events: list[Message] = []
    ended = threading.Event()

    def emit(event: Message) -> None:
        EVENT.validate(json.loads(encode(event)))
        events.append(event)
        if event.kind != "progress":
            ended.set()

    jobs = Jobs(cast(Engine, Broken()), emit)
    jobs.submit(Animate(id="1", recording=Recording(line), out=tmp_path / "a.take", rate=RATE))
    assert ended.wait(10)
    error = events[-1]
    assert isinstance(error, Failed)
    assert (error.error, error.id, error.exit_code) == ("internal", "1", 1)
    assert "ZeroDivisionError" in error.text and "Traceback" in error.details
    assert error.details in capsys.readouterr().err
    assert jobs.stop(1.0)


def test_an_engine_that_hears_of_no_cancel_still_changes_nothing(line: Path, tmp_path: Path) -> None:
    """The job is told cancelled at once; when the engine is done with it at last, nothing comes of it."""
    events: list[Message] = []
    entered, leave = threading.Event(), threading.Event()

    class Deaf:
        def analyse(self, *_: object, **__: object) -> Any:
            entered.set()
            leave.wait(10)
            return SimpleNamespace()

    jobs = Jobs(cast(Engine, Deaf()), events.append)
    jobs.submit(Analyse(id="1", recording=Recording(line), key="k"))
    assert entered.wait(10)
    jobs.cancel("1")
    assert events[-1] == Stopped(id="1")
    assert not jobs.has("1")
    jobs.submit(Forget(id="1", key="k"))
    assert not jobs.stop(0.1)
    leave.set()
    assert jobs.stop(2.0)
    assert [event.kind for event in events if event.kind != "progress"] == ["stopped", "stopped"]
