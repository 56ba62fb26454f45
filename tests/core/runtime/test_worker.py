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
from koemorph.runtime.messages import PROTOCOL

posix = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


def begin_long(host: Host, recording: Path, out: Path, job: str = "long") -> None:
    """A job that is well under way."""
    host.say(
        message="animate", id=job, recording={"path": str(recording)}, out=str(out), rate="30", settings=settings()
    )
    host.until(lambda event: event["message"] == "progress" and event["stage"] == "animating")


def test_ready(start: Callable[..., Host]) -> None:
    host = start("--model", str(TINY_MODEL), "--threads", "1")
    ready = host.next()
    assert ready is not None and ready["message"] == "ready"
    assert (ready["protocol"], ready["koemorph"], ready["trained"]) == (PROTOCOL, koemorph.__version__, False)
    assert (ready["model"], ready["pid"]) == ("koemorph-tiny-untrained", host.process.pid)
    host.say(message="shutdown")
    assert host.rest() == [{"message": "bye", "exit_code": 0}]
    assert host.process.wait(2) == 0


def test_requests_before_ready_are_not_lost(start: Callable[..., Host]) -> None:
    host = start()
    host.say(message="ping", id="early")
    assert [event and event["message"] for event in (host.next(), host.next())] == ["ready", "pong"]


@pytest.mark.parametrize(("name", "format_name"), [("a.take", None), ("b.jsonl", None), ("c.data", "take")])
def test_animate(worker: Host, line: Path, tmp_path: Path, name: str, format_name: str | None) -> None:
    out = tmp_path / "出 folder" / name
    more = {} if format_name is None else {"format": format_name}
    request = {
        "message": "animate",
        "id": "1",
        "recording": {"path": str(line)},
        "out": str(out),
        "rate": "29.97",
        "settings": settings(),
    }
    result = worker.do(**request, **more)
    assert (result["message"], result["out"]) == ("made", str(out))
    assert (result["frames"], result["rate"]) == (90, "30000/1001")
    assert bool(result["warnings"]) == name.endswith(".jsonl"), "which has no place for the head"
    assert (result["begin"], result["duration"]) == ("0", "3")
    assert inside(out.parent) == [name]
    if format_name is None:
        assert read_take(out).frame_count == 90


def test_progress_rises_and_is_not_a_flood(worker: Host, line: Path, tmp_path: Path) -> None:
    worker.do(
        message="animate",
        id="1",
        recording={"path": str(line)},
        out=str(tmp_path / "a.take"),
        rate="30",
        settings=settings(),
    )
    progress = [event for event in worker.seen if event["message"] == "progress"]
    assert list(dict.fromkeys(event["stage"] for event in progress)) == ["listening", "animating", "writing"]
    assert all(a["fraction"] <= b["fraction"] for a, b in pairwise(progress))
    assert len(progress) <= 3 + worker.seen[-1]["seconds"] / 0.1 + 1


def test_a_stretch_and_one_channel(worker: Host, line: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.take"
    request = {
        "message": "animate",
        "id": "1",
        "recording": {"path": str(line)},
        "out": str(out),
        "rate": "24",
        "settings": settings(),
    }
    request["recording"] |= {"in": "3/2", "out": "2.5", "channel": "right"}
    result = worker.do(**request)
    assert result["frames"] == 24
    assert float(read_take(out).start) == 1.5 and (result["begin"], result["duration"]) == ("3/2", "1")


def test_render_is_animate_byte_for_byte(worker: Host, line: Path, tmp_path: Path) -> None:
    part = {"path": str(line), "in": "3/10", "out": "2.55", "channel": "1"}
    analysed = worker.do(message="analyse", id="1", recording=part, key="line", settings=settings())
    assert (analysed["key"], analysed["duration"], analysed["forgotten"]) == ("line", "9/4", [])
    chosen = {"temperature": 0.31, "upper_face_smoothing": 0.02}
    direct, rendered = tmp_path / "direct.take", tmp_path / "rendered.take"
    for rate in ("60", "25", "23.976"):
        worker.do(message="render", id="2", key="line", out=str(rendered), rate=rate, settings=chosen)
        full = settings(**chosen)
        worker.do(message="animate", id="3", recording=part, out=str(direct), rate=rate, settings=full)
        assert rendered.read_bytes() == direct.read_bytes()


def test_a_key_is_given_kept_and_forgotten(worker: Host, line: Path, tmp_path: Path) -> None:
    key = "mine"
    worker.do(message="analyse", id="1", key=key, recording={"path": str(line)}, settings=settings())
    render = {"message": "render", "key": key, "out": str(tmp_path / "a.take"), "rate": "30"}
    assert worker.do(**render, id="2")["message"] == "made"
    other = "native" if settings()["emotion"] == "opensmile" else "opensmile"
    refused = worker.do(**render, id="3", settings={"emotion": other})
    assert (refused["error"], refused["exit_code"]) == ("SettingsError", 4)
    assert "Emotion analysis" in refused["text"]
    assert worker.do(message="forget", id="4", key=key)["forgotten"] == [key]
    assert worker.do(message="forget", id="5", key=key)["forgotten"] == []
    assert worker.do(**render, id="6")["error"] == "KeyGoneError"


def test_the_least_recently_used_analysis_goes(worker: Host, line: Path, tmp_path: Path) -> None:
    def analyse(key: str) -> list[str]:
        request = {"message": "analyse", "id": key, "recording": {"path": str(line), "out": "0.2"}, "key": key}
        forgotten: list[str] = worker.do(**request, settings=settings())["forgotten"]
        return forgotten

    assert [analyse(f"k{number}") for number in range(8)] == [[]] * 8
    worker.do(message="render", id="r", key="k0", out=str(tmp_path / "a.take"), rate="30")
    assert (analyse("k8"), analyse("k8"), analyse("k9")) == (["k1"], [], ["k2"])


def test_cancel_running_and_queued(worker: Host, line: Path, long_recording: Path, tmp_path: Path) -> None:
    begin_long(worker, long_recording, tmp_path / "long.take")
    queued = {
        "message": "animate",
        "id": "queued",
        "recording": {"path": str(line)},
        "out": str(tmp_path / "queued.take"),
        "rate": "30",
    }
    worker.say(**queued)
    for job in ("queued", "long"):
        asked = time.monotonic()
        worker.say(message="cancel", id=job)
        assert worker.end_of(job) == {"message": "stopped", "id": job}
        assert time.monotonic() - asked < 0.3
    worker.say(message="cancel", id="long")
    worker.say(message="cancel", id="never heard of")
    # Both ids are free again, and the worker is well.
    assert worker.do(**{**queued, "id": "long", "settings": settings()})["message"] == "made"
    assert inside(tmp_path) == ["queued.take"]
    assert len([event for event in worker.seen if event["message"] in ENDS]) == 3


def test_ping_is_answered_while_a_job_runs(worker: Host, long_recording: Path, tmp_path: Path) -> None:
    begin_long(worker, long_recording, tmp_path / "long.take")
    asked = time.monotonic()
    worker.say(message="ping", id="p")
    assert worker.named("pong", "p")
    assert time.monotonic() - asked < 0.3


def test_a_failed_job_says_why_and_leaves_nothing(worker: Host, line: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "a.take"
    good = {
        "message": "animate",
        "id": "1",
        "recording": {"path": str(line)},
        "out": str(out),
        "rate": "30",
        "settings": settings(),
    }
    (tmp_path / "file").write_text("in the way")
    for change, kind, code, word in (
        ({"recording": {"path": str(tmp_path / "none.wav")}}, "AudioError", 3, "does not exist"),
        ({"recording": {"path": str(tmp_path)}}, "AudioError", 3, "folder"),
        ({"recording": {"path": str(line), "channel": "3"}}, "AudioError", 3, "channel"),
        ({"recording": {"path": str(line), "in": "2", "out": "1"}}, "AudioError", 3, "out point"),
        ({"recording": {"path": str(line), "in": "soon"}}, "WireError", 2, "soon"),
        ({"recording": {"path": str(line), "in": "1" * 5000}}, "WireError", 2, "exact"),
        ({"recording": {"path": str(line), "channel": "1" * 5000}}, "WireError", 2, "Channel"),
        ({"rate": "fast"}, "WireError", 2, "fast"),
        ({"settings": settings(temperature=9)}, "SettingsError", 4, "Temperature"),
        ({"settings": {"colour": 1}}, "SettingsError", 4, "colour"),
        ({"out": str(tmp_path / "a.xyz")}, "OutputError", 7, "a.xyz"),
        ({"format": "xyz"}, "OutputError", 7, "xyz"),
        ({"out": str(tmp_path / "file" / "a.take")}, "OutputError", 7, str(tmp_path / "file" / "a.take")),
    ):
        worker.send(json.dumps({**good, **change}).encode() + b"\n")
        error = worker.end_of("1")
        assert (error["message"], error["error"], error["exit_code"]) == ("failed", kind, code), error
        assert word in error["text"] and not error["details"] and len(error["text"]) < 400
    assert inside(tmp_path) == ["file"]
    assert worker.do(**good)["message"] == "made"


BAD_LINES = {
    "not JSON": b"hello",
    "a part": b'{"message": "ping"',
    "not an object": b"[1, 2]",
    "not UTF-8": b'{"message": "ping", "id": "\xff"}',
    "beyond all numbers": b'{"message": "forget", "id": 1e999, "key": "k"}',
    "NaN": b'{"message": "ping", "id": NaN}',
    "deep": b"[" * 500_000,
    "a number of many digits": b'{"message": "ping", "id": ' + b"9" * 5000 + b"}",
    "huge": b'{"message": "ping", "id": "' + b"x" * 2_000_000 + b'"}',
    "huge and nothing else": b"x" * 3_000_000,
    "a null character": b'{"message": "forget", "id": "1", "key": "a\\u0000b"}',
    "no kind": b'{"id": "1"}',
    "unknown kind": b'{"message": "dance", "id": "1"}',
    "kind no text": b'{"message": ["ping"], "id": "1"}',
    "field missing": b'{"message": "animate", "id": "1"}',
    "unknown field": b'{"message": "forget", "id": "1", "key": "k", "colour": "red"}',
    "wrong type": b'{"message": "forget", "id": "1", "key": 5}',
    "a rate is text": b'{"message": "render", "id": "1", "key": "k", "out": "a.take", "rate": 30}',
    "no path": b'{"message": "render", "id": "1", "key": "k", "out": "", "rate": "30"}',
    "settings no object": b'{"message": "analyse", "id": "1", "key": "k", "recording": {"path": "a"}, "settings": []}',
    "a recording is an object": b'{"message": "analyse", "id": "1", "key": "k", "recording": "a.wav"}',
    "id no text": b'{"message": "forget", "id": 5, "key": "k"}',
    "id too long": b'{"message": "forget", "id": "' + b"x" * 201 + b'", "key": "k"}',
}


def test_bad_requests_are_answered_and_survived(worker: Host) -> None:
    for name, data in BAD_LINES.items():
        worker.send(data + b"\n")
        error = worker.next()
        assert error is not None and (error["message"], error["error"]) == ("failed", "WireError"), name
        assert error.get("id") == ("1" if b'"id": "1"' in data else None), name
        assert len(error["text"]) < 400
    worker.say(message="ping", id="still here")
    assert worker.next() == {"message": "pong", "id": "still here"}


def test_nothing_is_written_over_what_it_is_made_from(worker: Host, line: Path, tmp_path: Path) -> None:
    source, take = tmp_path / "r.wav", tmp_path / "t.take"
    source.write_bytes(line.read_bytes())
    (tmp_path / "same.take").hardlink_to(source)
    heard = {"recording": {"path": str(source)}, "settings": settings()}
    for out in (source, tmp_path / "." / "r.wav", tmp_path / "same.take"):
        request = {"message": "animate", "id": "1", **heard, "out": str(out), "rate": "30", "format": "take"}
        refused = worker.do(**request)
        assert (refused["error"], refused["exit_code"]) == ("OutputError", 7) and "replace" in refused["text"]
    worker.do(message="analyse", id="1", key="k", **heard)
    refused = worker.do(message="render", id="1", key="k", out=str(source), rate="30", format="take")
    assert refused["error"] == "OutputError"
    worker.do(message="render", id="1", key="k", out=str(take), rate="30")
    before = take.read_bytes()
    assert worker.do(message="film", id="1", take=str(take), out=str(take))["error"] == "OutputError"
    assert source.read_bytes() == line.read_bytes() and take.read_bytes() == before
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe := tmp_path / "pipe.take")
        refused = worker.do(message="animate", id="1", **heard, out=str(pipe), rate="30")
        assert refused["error"] == "OutputError" and pipe.is_fifo()


def test_film(worker: Host, line: Path, tmp_path: Path) -> None:
    take, movie, heard = tmp_path / "a.take", tmp_path / "a.gif", {"path": str(line), "out": "0.2"}
    worker.do(message="animate", id="1", recording=heard, out=str(take), rate="30", settings=settings())
    made = worker.do(message="film", id="2", take=str(take), out=str(movie), recording=heard)
    assert made["message"] == "made" and made["warnings"] == ["A GIF carries no sound."]
    assert movie.read_bytes()[:3] == b"GIF"
    assert {event["stage"] for event in worker.seen if event.get("id") == "2" and "stage" in event} == {"drawing"}


def test_an_id_in_use_is_refused_without_ending_its_job(worker: Host, long_recording: Path, tmp_path: Path) -> None:
    begin_long(worker, long_recording, tmp_path / "long.take")
    worker.say(message="forget", id="long", key="k")
    assert "'long'" in worker.named("failed")["text"]
    worker.send(b'{"message": "dance", "id": "long"}\n')
    worker.named("failed")
    assert [event.get("id") for event in worker.seen if event["message"] == "failed"] == [None, None]
    worker.say(message="cancel", id="long")
    assert worker.end_of("long")["message"] == "stopped"


@pytest.mark.parametrize("end", ["shutdown", "end of stdin"])
def test_it_ends_quickly_in_the_middle_of_a_job(worker: Host, long_recording: Path, tmp_path: Path, end: str) -> None:
    begin_long(worker, long_recording, tmp_path / "long.take")
    worker.say(message="forget", id="queued", key="k")
    asked = time.monotonic()
    worker.say(message="shutdown") if end == "shutdown" else worker.hang_up()
    assert worker.process.wait(5) == 0
    assert time.monotonic() - asked < 1.5
    told = [event for event in worker.rest() if event["message"] != "progress"]
    assert {event.get("id") for event in told[:-1]} == {"long", "queued"}
    assert told[-1] == {"message": "bye", "exit_code": 0}
    assert inside(tmp_path) == []


def test_a_request_that_the_end_cuts_off_is_not_done(worker: Host) -> None:
    worker.send(b'{"message": "forget", "id": "1", "key": "k"}')
    worker.hang_up()
    assert [event["message"] for event in worker.rest()] == ["bye"]


def test_it_ends_when_nobody_reads_any_more(long_recording: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "koemorph.runtime.worker", "--model", str(TINY_MODEL)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdin and process.stdout
    process.stdout.readline()
    request = {
        "message": "animate",
        "id": "1",
        "recording": {"path": str(long_recording)},
        "out": str(tmp_path / "a.take"),
        "rate": "30",
    }
    process.stdin.write(json.dumps({**request, "settings": settings()}).encode() + b"\n")
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(5) == 130
    assert inside(tmp_path) == []
    process.stdin.close()


def test_it_reads_on_while_nobody_reads_its_events(long_recording: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "koemorph.runtime.worker", "--model", str(TINY_MODEL)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdin and process.stdout
    process.stdin.write(b'{"message": "ping", "id": "' + b"x" * 200 + b'"}\n' + b'{"message": "ping"}\n' * 20_000)
    process.stdin.close()
    assert process.wait(5) == 0
    process.stdout.close()


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(worker: Host, long_recording: Path, tmp_path: Path, number: int) -> None:
    begin_long(worker, long_recording, tmp_path / "long.take")
    worker.process.send_signal(number)
    assert worker.process.wait(2) == 130
    assert [event["message"] for event in worker.rest() if event["message"] != "progress"] == ["stopped", "bye"]
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
    request = {
        "message": "animate",
        "id": "1",
        "recording": {"path": str(long_recording)},
        "out": str(tmp_path / "a.take"),
        "rate": "30",
    }
    worker = [sys.executable, "-m", "koemorph.runtime.worker", "--model", str(TINY_MODEL)]
    process = subprocess.Popen(
        [sys.executable, "-c", parent, json.dumps({**request, "settings": settings()}), *worker],
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout
    child = psutil.Process(json.loads(process.stdout.readline())["pid"])
    assert json.loads(process.stdout.readline())["message"] == "progress"
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
    assert (error["message"], error.get("id"), error["error"], error["exit_code"]) == ("failed", None, kind, code)
    assert bye == {"message": "bye", "exit_code": code}
    assert host.process.wait(2) == code


def test_stdout_and_stdin_belong_to_the_protocol_alone() -> None:
    script = textwrap.dedent("""
        import os, subprocess, sys
        from koemorph.runtime.worker.pipes import claim
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
    """By its own clock: the machine may be busy."""
    host = start()
    host.named("ready")
    spent = psutil.Process(host.process.pid).cpu_times()
    record_property("seconds", spent.user + spent.system)
    assert spent.user + spent.system < 2.5
