"""The worker as the program sees it that started it."""

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
from worker_host import TINY_MODEL, environment, inside, settings

from koemorph.errors import MissingPieceError
from koemorph.recording import Recording
from koemorph.runtime import Runtime
from koemorph.runtime.messages import ENDS, Animate, Bye, Failed, Forget, Ping, Pong, Progress, Stopped
from koemorph.runtime.process import DIED, LAST_LINES, LONGEST_LINE, WorkerProcess
from koemorph.timing import FrameRate

posix = pytest.mark.skipif(os.name == "nt", reason="a script in place of Python")


@pytest.fixture
def connect() -> Iterator[Callable[..., WorkerProcess]]:
    processes: list[WorkerProcess] = []

    def begin(**more: Any) -> WorkerProcess:
        processes.append(Runtime(**{"model": TINY_MODEL, **more}).start_worker())
        return processes[-1]

    yield begin
    for process in processes:
        process.close(timeout=0.5)
        assert not process.alive


def until(process: WorkerProcess, wanted: Callable[[Any], bool]) -> list[Any]:
    """Poll as a host's timer does."""
    events: list[Any] = []
    end = time.monotonic() + 120.0
    while not any(wanted(event) for event in events):
        assert time.monotonic() < end, events
        events += process.poll(0.02)
    return events


def end_of(process: WorkerProcess, job: str) -> Any:
    return until(process, lambda event: isinstance(event, ENDS) and event.id == job)[-1]


def animate(job: str, line: Path, out: Path) -> Animate:
    rate = FrameRate.parse(30)
    return Animate(id=job, recording=Recording(line), out=out, rate=rate, settings=settings())


def test_a_host_needs_nothing_but_python_to_start_a_worker_and_to_speak_with_it() -> None:
    modules = "koemorph.runtime.runtime, koemorph.runtime.process, koemorph.hosts.link, koemorph.hosts.bake"
    check = f"import sys, {modules}; print(sorted({{'numpy', 'onnxruntime', 'soundfile'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, env=environment(), check=True)
    assert done.stdout.strip() == b"[]"


def test_jobs_end_in_an_event_also_after_the_end(
    connect: Callable[..., WorkerProcess], line: Path, tmp_path: Path
) -> None:
    process = connect(threads=1)
    assert process.poll() == []  # at once, though nothing is ready
    process.submit(animate("a", line, tmp_path / "a.take"))
    assert end_of(process, "a").frames == 90
    process.send(Ping(id="p"))
    until(process, lambda event: event == Pong(id="p"))
    process.close()
    assert process.poll()[-1] == Bye(exit_code=0)
    process.submit(Forget(id="late", key="k"))
    assert [(event.id, event.error) for event in process.poll()] == [("late", DIED)]


def test_cancel_and_close_in_the_middle(
    connect: Callable[..., WorkerProcess], long_recording: Path, tmp_path: Path
) -> None:
    process = connect()
    process.submit(animate("1", long_recording, tmp_path / "a.take"))
    until(process, lambda event: isinstance(event, Progress))
    process.cancel("1")
    assert end_of(process, "1") == Stopped(id="1")
    process.submit(animate("2", long_recording, tmp_path / "a.take"))
    process.close()
    assert [event for event in process.poll() if getattr(event, "id", None) == "2"][-1] == Stopped(id="2")
    assert inside(tmp_path) == []
    process.close()


def test_a_worker_that_dies_ends_its_jobs(
    connect: Callable[..., WorkerProcess], long_recording: Path, tmp_path: Path
) -> None:
    process = connect()
    for job in "12":
        process.submit(animate(job, long_recording, tmp_path / f"{job}.take"))
    until(process, lambda event: isinstance(event, Progress))
    process._process.kill()
    events = until(process, lambda event: isinstance(event, Failed) and event.id == "2")
    errors = [event for event in events if isinstance(event, Failed)]
    assert [error.id for error in errors] == [None, "1", "2"]
    assert {error.error for error in errors} == {DIED}
    assert {error.exit_code for error in errors} == ({137} if os.name == "posix" else {1})


def test_a_python_without_koemorph_is_told_in_a_sentence(connect: Callable[..., WorkerProcess], tmp_path: Path) -> None:
    tmp_path.joinpath("koemorph.py").write_text("print('not here', file=__import__('sys').stderr); raise SystemExit(9)")
    process = connect(pythonpath=(tmp_path,))
    process.submit(Forget(id="1", key="k"))
    error = end_of(process, "1")
    assert (error.error, error.exit_code) == (DIED, 9) and "exit code 9 (not here)" in error.text


def test_a_model_that_cannot_be_loaded_is_told_once(connect: Callable[..., WorkerProcess], tmp_path: Path) -> None:
    process = connect(model=tmp_path)
    process.submit(Forget(id="1", key="k"))
    errors = [e for e in until(process, lambda e: getattr(e, "id", None) == "1") if isinstance(e, Failed)]
    assert [(e.id, e.error, e.exit_code) for e in errors] == [(None, "ModelError", 5), ("1", "ModelError", 5)]


def test_a_python_that_does_not_exist_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(MissingPieceError, match="choose another Python"):
        Runtime(python=str(tmp_path / "python")).start_worker()


def script(path: Path, code: str) -> str:
    """Something that is started like a Python and behaves as it likes."""
    path.write_text(f"#!{sys.executable}\n{textwrap.dedent(code)}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@posix
@pytest.mark.parametrize("greeting", ['{"event": "ready", "protocol": 1}', '{"message": "ready", "protocol": 99}'])
def test_a_worker_of_another_protocol_is_refused(
    connect: Callable[..., WorkerProcess], tmp_path: Path, greeting: str
) -> None:
    code = f"""
        import sys
        print("a banner")
        print({greeting!r}, flush=True)
        sys.stdin.read()
    """
    process = connect(python=script(tmp_path / "python", code))
    process.submit(Forget(id="1", key="k"))
    error = end_of(process, "1")
    assert error.error == "WorkerMisfit" and "update the older" in error.text


@posix
def test_endless_lines_of_another_program_are_not_remembered(
    connect: Callable[..., WorkerProcess], tmp_path: Path
) -> None:
    code = """
        import sys
        for stream in (sys.stdout, sys.stderr):
            stream.write("x" * 5_000_000)
            stream.flush()
        print()
        sys.exit(3)
    """
    process = connect(python=script(tmp_path / "python", code))
    process.submit(Forget(id="1", key="k"))
    assert end_of(process, "1").exit_code == 3
    assert sum(map(len, process._said)) <= LAST_LINES * LONGEST_LINE


@posix
def test_a_worker_that_will_not_end_is_killed(connect: Callable[..., WorkerProcess], tmp_path: Path) -> None:
    code = """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("deaf", flush=True)
        time.sleep(600)
    """
    process = connect(python=script(tmp_path / "python", code))
    while not process._said:
        time.sleep(0.01)
    process.close(timeout=0.3)
    assert not process.alive
