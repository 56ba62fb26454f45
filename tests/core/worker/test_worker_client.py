"""The client that hosts use."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from worker_host import ENDS, EVENT, TINY_MODEL, environment, inside, settings

from koemorph.errors import MissingPieceError
from koemorph.worker.client import WorkerClient

posix = pytest.mark.skipif(os.name == "nt", reason="a script in place of Python")


@pytest.fixture
def connect() -> Iterator[Callable[..., WorkerClient]]:
    clients: list[WorkerClient] = []

    def begin(python: str | Path = sys.executable, **more: Any) -> WorkerClient:
        clients.append(WorkerClient(python, **{"model": TINY_MODEL, **more}))
        return clients[-1]

    yield begin
    for client in clients:
        client.close(timeout=0.5)
        assert not client.alive


def until(client: WorkerClient, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Poll as a host's timer does."""
    events: list[dict[str, Any]] = []
    end = time.monotonic() + 20.0
    while not any(wanted(event) for event in events):
        assert time.monotonic() < end, events
        events += client.poll(0.02)
    for event in events:
        EVENT.validate(event)
    return events


def end_of(client: WorkerClient, job: str) -> dict[str, Any]:
    return until(client, lambda event: event["event"] in ENDS and event["id"] == job)[-1]


def test_the_client_needs_nothing_but_python() -> None:
    check = (
        "import sys, koemorph.worker.client; print(sorted({'numpy', 'onnxruntime', 'soundfile'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, env=environment(), check=True)
    assert done.stdout.strip() == b"[]"


def test_animate_analyse_render_forget(connect: Callable[..., WorkerClient], line: Path, tmp_path: Path) -> None:
    client = connect(threads=1)
    assert client.poll() == []  # at once, though nothing is ready
    job = client.animate(line, tmp_path / "a.take", "24", settings=settings())
    assert end_of(client, job)["frames"] == 72
    key = end_of(client, client.analyse(line, id="mine", settings=settings(), end="1.0"))["key"]
    assert end_of(client, client.render(key, tmp_path / "b.take", "30", settings={"temperature": 0.4}))["frames"] == 30
    assert end_of(client, client.forget(key))["forgotten"] == [key]
    client.ping()
    until(client, lambda event: event["event"] == "pong")
    client.close()
    assert client.poll()[-1] == {"event": "bye", "exit_code": 0}
    late = client.forget(key)
    assert [event["id"] for event in client.poll()] == [late]


def test_cancel_and_close_in_the_middle(
    connect: Callable[..., WorkerClient], long_recording: Path, tmp_path: Path
) -> None:
    client = connect()
    job = client.animate(long_recording, tmp_path / "a.take", "30", settings=settings())
    until(client, lambda event: event["event"] == "progress")
    client.cancel(job)
    assert end_of(client, job)["event"] == "cancelled"
    job = client.animate(long_recording, tmp_path / "a.take", "30", settings=settings())
    began = time.monotonic()
    client.close()
    assert time.monotonic() - began < 1.5
    assert [event["event"] for event in client.poll() if event.get("id") == job][-1] == "cancelled"
    assert inside(tmp_path) == []
    client.close()


def test_a_worker_that_dies_ends_its_jobs(
    connect: Callable[..., WorkerClient], long_recording: Path, tmp_path: Path
) -> None:
    client = connect()
    jobs = [client.animate(long_recording, tmp_path / f"{n}.take", "30", settings=settings()) for n in range(2)]
    until(client, lambda event: event["event"] == "progress")
    client._process.kill()
    events = until(client, lambda event: event.get("id") == max(jobs) and event["event"] == "error")
    errors = [event for event in events if event["event"] == "error"]
    assert [error["id"] for error in errors] == [None, *sorted(jobs)]
    assert {error["kind"] for error in errors} == {"WorkerDied"}
    assert {error["exit_code"] for error in errors} == ({137} if os.name == "posix" else {1})
    late = client.forget("k")
    assert end_of(client, late)["kind"] == "WorkerDied"


def test_a_python_without_koemorph_is_told_in_a_sentence(connect: Callable[..., WorkerClient], tmp_path: Path) -> None:
    tmp_path.joinpath("koemorph.py").write_text("print('not here', file=__import__('sys').stderr); raise SystemExit(9)")
    client = connect(pythonpath=[tmp_path])
    job = client.forget("k")
    error = end_of(client, job)
    assert (error["kind"], error["exit_code"]) == ("WorkerDied", 9)
    assert "exit code 9 (not here)" in error["message"]


def test_a_model_that_cannot_be_loaded_is_told_once(connect: Callable[..., WorkerClient], tmp_path: Path) -> None:
    client = connect(model=tmp_path)
    job = client.forget("k")
    events = until(client, lambda event: event["event"] == "error" and event["id"] == job)
    errors = [event for event in events if event["event"] == "error"]
    assert [(error["id"], error["kind"], error["exit_code"]) for error in errors] == [
        (None, "ModelError", 5),
        (job, "ModelError", 5),
    ]


def test_a_python_that_does_not_exist_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(MissingPieceError, match="choose another Python"):
        WorkerClient(tmp_path / "python")


def script(path: Path, code: str) -> Path:
    """Something that is started like a Python and behaves as it likes."""
    path.write_text(f"#!{sys.executable}\n{textwrap.dedent(code)}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@posix
def test_a_worker_of_another_protocol_is_refused(connect: Callable[..., WorkerClient], tmp_path: Path) -> None:
    code = """
        import sys
        print("a banner")
        print('{"event": "ready", "protocol": 99, "koemorph": "9.9"}', flush=True)
        sys.stdin.read()
    """
    client = connect(script(tmp_path / "python", code))
    error = end_of(client, client.forget("k"))
    assert error["kind"] == "WorkerMisfit" and "9.9" in error["message"]


@posix
def test_a_worker_that_will_not_end_is_killed(connect: Callable[..., WorkerClient], tmp_path: Path) -> None:
    code = """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("deaf", flush=True)
        time.sleep(60)
    """
    client = connect(script(tmp_path / "python", code))
    while not client._said:
        time.sleep(0.01)
    began = time.monotonic()
    client.close(timeout=0.3)
    assert not client.alive and time.monotonic() - began < 2.0


def test_the_environment_can_be_changed(connect: Callable[..., WorkerClient], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    client = connect(environment={"PYTHONHOME": None, "KOEMORPH_THREADS": "none"})
    error = until(client, lambda event: event["event"] == "error")[0]
    assert error["kind"] == "SettingsError" and "KOEMORPH_THREADS" in error["message"]
