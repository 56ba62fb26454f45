"""The worker as a process: what it promises, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
from worker_host import ENDS, TINY_MODEL, Host, environment, inside, settings, wait_for

import koemorph
from koemorph.formats import read_take
from koemorph.worker import PROTOCOL

posix = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


def begin_long(host: Host, recording: Path, out: Path, job: str = "long") -> None:
    """A job that is well under way."""
    host.say(op="animate", id=job, audio=str(recording), out=str(out), fps=30, settings=settings())
    host.until(lambda event: event["event"] == "progress" and event["stage"] == "animating")


def test_ready(start: Callable[..., Host]) -> None:
    host = start("--model", str(TINY_MODEL), "--threads", "1")
    ready = host.next()
    assert ready is not None and ready["event"] == "ready"
    assert (ready["protocol"], ready["koemorph"], ready["trained"]) == (PROTOCOL, koemorph.__version__, False)
    assert (ready["model"], ready["pid"]) == ("koemorph-tiny-untrained", host.process.pid)
    host.say(op="shutdown")
    assert host.rest() == [{"event": "bye", "exit_code": 0}]
    assert host.process.wait(2) == 0


def test_requests_before_ready_are_not_lost(start: Callable[..., Host]) -> None:
    host = start()
    host.say(op="ping", id="early")
    assert [event and event["event"] for event in (host.next(), host.next())] == ["ready", "pong"]


@pytest.mark.parametrize(("name", "format_name"), [("a.take", None), ("b.jsonl", None), ("c.data", "take")])
def test_animate(worker: Host, line: Path, tmp_path: Path, name: str, format_name: str | None) -> None:
    out = tmp_path / "出 folder" / name
    more = {} if format_name is None else {"format": format_name}
    request = {"op": "animate", "id": "1", "audio": str(line), "out": str(out), "fps": "29.97", "settings": settings()}
    result = worker.do(**request, **more)
    assert (result["event"], result["op"], result["out"]) == ("result", "animate", str(out))
    assert (result["frames"], result["fps"], result["warnings"]) == (90, "30000/1001", [])
    assert inside(out.parent) == [name]
    if format_name is None:
        assert read_take(out).frame_count == 90


def test_progress_rises_and_is_not_a_flood(worker: Host, line: Path, tmp_path: Path) -> None:
    worker.do(op="animate", id="1", audio=str(line), out=str(tmp_path / "a.take"), fps=30, settings=settings())
    progress = [event for event in worker.seen if event["event"] == "progress"]
    assert list(dict.fromkeys(event["stage"] for event in progress)) == ["listening", "animating", "writing"]
    assert all(a["fraction"] <= b["fraction"] for a, b in pairwise(progress))
    assert len(progress) <= 3 + worker.seen[-1]["seconds"] / 0.1 + 1


def test_trimmed_by_timecode_and_one_channel(worker: Host, line: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.take"
    request = {"op": "animate", "id": "1", "audio": str(line), "out": str(out), "fps": 24, "settings": settings()}
    result = worker.do(**request, start="00:00:01:12", end=2.5, channel="right")
    assert result["frames"] == 24
    assert float(read_take(out).start) == 1.5


def test_render_is_animate_byte_for_byte(worker: Host, line: Path, tmp_path: Path) -> None:
    trim = {"start": 0.1 + 0.2, "end": "2.55", "channel": 1}
    analysed = worker.do(op="analyse", id="1", audio=str(line), key="line", settings=settings(), **trim)
    assert (analysed["key"], analysed["duration"], analysed["forgotten"]) == ("line", 2.25, [])
    chosen = {"temperature": 0.31, "upper_face_smoothing": 0.02}
    direct, rendered = tmp_path / "direct.take", tmp_path / "rendered.take"
    for rate in (60, "25", "23.976"):
        worker.do(op="render", id="2", key="line", out=str(rendered), fps=rate, settings=chosen)
        full = settings(**chosen)
        worker.do(op="animate", id="3", audio=str(line), out=str(direct), fps=rate, settings=full, **trim)
        assert rendered.read_bytes() == direct.read_bytes()


def test_a_key_is_given_kept_and_forgotten(worker: Host, line: Path, tmp_path: Path) -> None:
    key = worker.do(op="analyse", id="1", audio=str(line), settings=settings())["key"]
    render = {"op": "render", "key": key, "out": str(tmp_path / "a.take"), "fps": 30}
    assert worker.do(**render, id="2")["event"] == "result"
    other = "native" if settings()["emotion"] == "opensmile" else "opensmile"
    refused = worker.do(**render, id="3", settings={"emotion": other})
    assert (refused["kind"], refused["exit_code"]) == ("SettingsError", 4)
    assert "Emotion analysis" in refused["message"]
    assert worker.do(op="forget", id="4", key=key)["forgotten"] == [key]
    assert worker.do(op="forget", id="5", key=key)["forgotten"] == []
    assert worker.do(**render, id="6")["kind"] == "KeyGoneError"


def test_the_least_recently_used_analysis_goes(worker: Host, line: Path, tmp_path: Path) -> None:
    def analyse(key: str) -> list[str]:
        request = {"op": "analyse", "id": key, "audio": str(line), "key": key, "end": 0.2}
        forgotten: list[str] = worker.do(**request, settings=settings())["forgotten"]
        return forgotten

    assert [analyse(f"k{number}") for number in range(8)] == [[]] * 8
    worker.do(op="render", id="r", key="k0", out=str(tmp_path / "a.take"), fps=30)
    assert (analyse("k8"), analyse("k8"), analyse("k9")) == (["k1"], [], ["k2"])


def test_cancel_running_and_queued(worker: Host, line: Path, long_recording: Path, tmp_path: Path) -> None:
    begin_long(worker, long_recording, tmp_path / "long.take")
    queued = {"op": "animate", "id": "queued", "audio": str(line), "out": str(tmp_path / "queued.take"), "fps": 30}
    worker.say(**queued)
    for job in ("queued", "long"):
        asked = time.monotonic()
        worker.say(op="cancel", id=job)
        assert worker.end_of(job) == {"event": "cancelled", "id": job}
        assert time.monotonic() - asked < 0.3
    worker.say(op="cancel", id="long")
    worker.say(op="cancel", id="never heard of")
    # Both ids are free again, and the worker is well.
    assert worker.do(**{**queued, "id": "long", "settings": settings()})["event"] == "result"
    assert inside(tmp_path) == ["queued.take"]
    assert len([event for event in worker.seen if event["event"] in ENDS]) == 3


def test_ping_is_answered_while_a_job_runs(worker: Host, long_recording: Path, tmp_path: Path) -> None:
    begin_long(worker, long_recording, tmp_path / "long.take")
    asked = time.monotonic()
    worker.say(op="ping", id="p")
    assert worker.named("pong", "p")
    assert time.monotonic() - asked < 0.3


def test_a_failed_job_says_why_and_leaves_nothing(worker: Host, line: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "a.take"
    good = {"op": "animate", "id": "1", "audio": str(line), "out": str(out), "fps": 30, "settings": settings()}
    (tmp_path / "file").write_text("in the way")
    for change, kind, code, word in (
        ({"audio": str(tmp_path / "none.wav")}, "AudioError", 3, "does not exist"),
        ({"audio": str(tmp_path)}, "AudioError", 3, "folder"),
        ({"channel": 3}, "AudioError", 3, "channel"),
        ({"start": 2, "end": 1}, "AudioError", 3, "out point"),
        ({"start": "soon"}, "SettingsError", 4, "soon"),
        ({"fps": "fast"}, "SettingsError", 4, "fast"),
        ({"settings": settings(temperature=9)}, "SettingsError", 4, "Temperature"),
        ({"settings": {"colour": 1}}, "SettingsError", 4, "colour"),
        ({"out": str(tmp_path / "a.xyz")}, "OutputError", 7, "a.xyz"),
        ({"format": "xyz"}, "OutputError", 7, "xyz"),
        ({"out": str(tmp_path / "file" / "a.take")}, "OutputError", 7, str(tmp_path / "file" / "a.take")),
    ):
        error = worker.do(**{**good, **change})
        assert (error["event"], error["kind"], error["exit_code"]) == ("error", kind, code), error
        assert word in error["message"] and "details" not in error
    assert inside(tmp_path) == ["file"]
    assert worker.do(**good)["event"] == "result"


BAD_LINES = {
    "not JSON": b"hello",
    "a part": b'{"op": "ping"',
    "not an object": b"[1, 2]",
    "not UTF-8": b'{"op": "ping", "id": "\xff"}',
    "beyond all numbers": b'{"op": "analyse", "audio": "a", "start": 1e999}',
    "NaN": b'{"op": "ping", "id": NaN}',
    "deep": b"[" * 500_000,
    "huge": b'{"op": "ping", "id": "' + b"x" * 2_000_000 + b'"}',
    "huge and nothing else": b"x" * 3_000_000,
    "a null character": b'{"op": "forget", "id": "1", "key": "a\\u0000b"}',
    "no op": b'{"id": "1"}',
    "unknown op": b'{"op": "dance", "id": "1"}',
    "op no text": b'{"op": ["ping"], "id": "1"}',
    "field missing": b'{"op": "animate", "id": "1"}',
    "unknown field": b'{"op": "forget", "id": "1", "key": "k", "colour": "red"}',
    "wrong type": b'{"op": "forget", "id": "1", "key": 5}',
    "truth is no number": b'{"op": "render", "id": "1", "key": "k", "out": "a.take", "fps": true}',
    "settings no object": b'{"op": "render", "id": "1", "key": "k", "out": "a.take", "fps": 30, "settings": []}',
    "id no text": b'{"op": "forget", "id": 5, "key": "k"}',
    "id too long": b'{"op": "forget", "id": "' + b"x" * 201 + b'", "key": "k"}',
}


def test_bad_requests_are_answered_and_survived(worker: Host) -> None:
    for name, data in BAD_LINES.items():
        worker.send(data + b"\n")
        error = worker.next()
        assert error is not None and (error["event"], error["kind"]) == ("error", "RequestError"), name
        assert error["id"] == ("1" if b'"id": "1"' in data else None), name
        assert len(error["message"]) < 400
    worker.say(op="ping", id="still here")
    assert worker.next() == {"event": "pong", "id": "still here"}


def test_an_id_in_use_is_refused_without_ending_its_job(worker: Host, long_recording: Path, tmp_path: Path) -> None:
    begin_long(worker, long_recording, tmp_path / "long.take")
    worker.say(op="forget", id="long", key="k")
    assert "'long'" in worker.named("error")["message"]
    worker.send(b'{"op": "dance", "id": "long"}\n')
    worker.named("error")
    assert [event["id"] for event in worker.seen if event["event"] == "error"] == [None, None]
    worker.say(op="cancel", id="long")
    assert worker.end_of("long")["event"] == "cancelled"


@pytest.mark.parametrize("end", ["shutdown", "end of stdin"])
def test_it_ends_quickly_in_the_middle_of_a_job(worker: Host, long_recording: Path, tmp_path: Path, end: str) -> None:
    begin_long(worker, long_recording, tmp_path / "long.take")
    worker.say(op="forget", id="queued", key="k")
    asked = time.monotonic()
    worker.say(op="shutdown") if end == "shutdown" else worker.hang_up()
    assert worker.process.wait(5) == 0
    assert time.monotonic() - asked < 1.5
    told = [event for event in worker.rest() if event["event"] != "progress"]
    assert {event.get("id") for event in told[:-1]} == {"long", "queued"}
    assert told[-1] == {"event": "bye", "exit_code": 0}
    assert inside(tmp_path) == []


def test_a_request_that_the_end_cuts_off_is_not_done(worker: Host) -> None:
    worker.send(b'{"op": "forget", "id": "1", "key": "k"}')
    worker.hang_up()
    assert [event["event"] for event in worker.rest()] == ["bye"]


def test_it_ends_when_nobody_reads_any_more(long_recording: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "koemorph.worker", "--model", str(TINY_MODEL)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdin and process.stdout
    process.stdout.readline()
    request = {"op": "animate", "id": "1", "audio": str(long_recording), "out": str(tmp_path / "a.take"), "fps": 30}
    process.stdin.write(json.dumps({**request, "settings": settings()}).encode() + b"\n")
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(5) == 130
    assert inside(tmp_path) == []
    process.stdin.close()


def test_it_reads_on_while_nobody_reads_its_events(long_recording: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "koemorph.worker", "--model", str(TINY_MODEL)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdin and process.stdout
    process.stdin.write(b'{"op": "ping", "id": "' + b"x" * 200 + b'"}\n' + b'{"op": "ping"}\n' * 20_000)
    process.stdin.close()
    assert process.wait(5) == 0
    process.stdout.close()


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(worker: Host, long_recording: Path, tmp_path: Path, number: int) -> None:
    begin_long(worker, long_recording, tmp_path / "long.take")
    worker.process.send_signal(number)
    assert worker.process.wait(2) == 130
    assert [event["event"] for event in worker.rest() if event["event"] != "progress"] == ["cancelled", "bye"]
    assert b"Traceback" not in worker.errors
    assert inside(tmp_path) == []


def test_it_dies_with_its_parent(long_recording: Path, tmp_path: Path) -> None:
    parent = textwrap.dedent("""
        import json, subprocess, sys, time
        worker = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        print(worker.stdout.readline().decode(), end="", flush=True)
        worker.stdin.write(sys.argv[1].encode() + b"\\n")
        worker.stdin.flush()
        print(worker.stdout.readline().decode(), end="", flush=True)
        time.sleep(60)
    """)
    request = {"op": "animate", "id": "1", "audio": str(long_recording), "out": str(tmp_path / "a.take"), "fps": 30}
    worker = [sys.executable, "-m", "koemorph.worker", "--model", str(TINY_MODEL)]
    process = subprocess.Popen(
        [sys.executable, "-c", parent, json.dumps({**request, "settings": settings()}), *worker],
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout
    child = psutil.Process(json.loads(process.stdout.readline())["pid"])
    assert json.loads(process.stdout.readline())["event"] == "progress"
    process.kill()
    process.wait()
    process.stdout.close()
    assert wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 2.0)
    assert inside(tmp_path) == []


def test_killed_in_the_middle_it_leaves_no_half_file(worker: Host, long_recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "long.take"
    out.write_bytes(b"the take of yesterday")
    begin_long(worker, long_recording, out)
    worker.process.kill()
    worker.process.wait()
    assert out.read_bytes() == b"the take of yesterday"


def stub(folder: Path, module: str) -> Path:
    """A folder that hides an installed module behind one that cannot be loaded."""
    folder.joinpath(f"{module}.py").write_text("raise ImportError('DLL load failed')")
    return folder


@pytest.mark.parametrize(
    ("missing", "kind", "code"),
    [("model", "ModelError", 5), ("onnxruntime", "MissingPieceError", 8), ("numpy", "MissingPieceError", 8)],
)
def test_what_cannot_be_loaded_is_an_error_and_an_exit_code(
    start: Callable[..., Host], tmp_path: Path, missing: str, kind: str, code: int
) -> None:
    host = start("--model", str(tmp_path)) if missing == "model" else start(pythonpath=(stub(tmp_path, missing),))
    error, bye = host.rest()
    assert (error["event"], error["id"], error["kind"], error["exit_code"]) == ("error", None, kind, code)
    assert bye == {"event": "bye", "exit_code": code}
    assert host.process.wait(2) == code


def test_stdout_and_stdin_belong_to_the_protocol_alone() -> None:
    script = textwrap.dedent("""
        import os, subprocess, sys
        from koemorph.worker.pipes import claim
        requests, events = claim()
        print("from python", flush=True)
        os.write(1, b"from a library")
        subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
        assert os.read(0, 10) == b""
        events.write(requests.readline())
    """)
    done = subprocess.run(
        [sys.executable, "-c", script], input=b"asked\n", capture_output=True, env=environment(), check=True
    )
    assert done.stdout == b"asked\n"
    assert all(f"from {who}".encode() in done.stderr for who in ("python", "a library", "a child"))


def test_start_is_quick(start: Callable[..., Host], record_property: Callable[[str, Any], None]) -> None:
    began = time.monotonic()
    start().named("ready")
    record_property("seconds", time.monotonic() - began)
    assert time.monotonic() - began < 2.0
