"""The processes that work through a list side by side: one loaded model each, one line at a time."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from ..engine import Engine
from ..errors import KoeMorphError
from ..model import load_model
from .keying import Outcome, key_line
from .records import Record, Records
from .shot import Shot

BUSY_SECONDS: Final = 0.2
"""How long to wait before looking again at a line that another process is at."""
_END_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Brief:
    """What every process must know beside its lines."""

    output: Path
    model: Path | None
    threads: int
    provider: str
    force: bool
    allow_outside: bool


@dataclass
class _Member:
    process: BaseProcess
    pipe: Connection
    shot: Shot | None = None


def processors() -> int:
    """Those that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def work_through(
    shots: Sequence[Shot], brief: Brief, jobs: int, stopped: Callable[[], bool] = bool
) -> Generator[tuple[Shot, Outcome | None], None, None]:
    """Each line twice: with None when it begins, with its outcome when it ends. Close it to stop the work.

    `stopped` is asked a few times a second, also while all lines take long.
    """
    waiting: deque[tuple[float, Shot]] = deque((0.0, shot) for shot in shots)
    members = [_hire(brief) for _ in range(min(jobs, len(shots)))]
    try:
        while not stopped() and (waiting or any(member.shot for member in members)):
            for member in members:
                if member.shot is None and waiting and waiting[0][0] <= time.monotonic():
                    member.shot = waiting.popleft()[1]
                    with contextlib.suppress(OSError):  # it has died: seen below
                        member.pipe.send(member.shot)
                    yield member.shot, None
            working = [member.pipe for member in members if member.shot]
            if not working:
                time.sleep(BUSY_SECONDS)
                continue
            ready = wait(working, timeout=BUSY_SECONDS)
            for index, member in enumerate(members):
                shot = member.shot
                if shot is None or member.pipe not in ready:
                    continue
                try:
                    outcome: Outcome = member.pipe.recv()
                    member.shot = None
                except (EOFError, OSError):
                    outcome = _died(shot, member)
                    members[index] = _hire(brief)
                if outcome.state == "busy":
                    waiting.append((time.monotonic() + BUSY_SECONDS, shot))
                else:
                    yield shot, outcome
    finally:
        _dismiss(members)


def _hire(brief: Brief) -> _Member:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, brief), daemon=True)
    process.start()
    theirs.close()
    return _Member(process, ours)


def _died(shot: Shot, member: _Member) -> Outcome:
    member.process.join(_END_SECONDS)
    member.pipe.close()
    message = (
        f"The process that worked on it ended unexpectedly ({member.process.exitcode}); "
        "there may be too little memory: use fewer --jobs."
    )
    return Outcome("failed", Record(shot.name, "failed", message=message, exit_code=KoeMorphError.exit_code))


def _dismiss(members: Sequence[_Member]) -> None:
    for member in members:
        if member.shot is not None:
            member.process.terminate()
        member.pipe.close()
    for member in members:
        member.process.join(_END_SECONDS)
        if member.process.is_alive():
            member.process.kill()
            member.process.join()


def _serve(pipe: Connection, brief: Brief) -> None:
    """The life of one process: it ends when the other end of the pipe is gone, however that went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who leads
    signal.signal(signal.SIGTERM, _leave)
    records = Records(brief.output)
    engine: Engine | None = None
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            shot: Shot = pipe.recv()
            try:
                engine = engine or Engine(load_model(brief.model), threads=brief.threads, providers=(brief.provider,))
                outcome = key_line(shot, engine, records, force=brief.force, allow_outside=brief.allow_outside)
            except KoeMorphError as err:
                outcome = _failed(shot, str(err), err.exit_code)
            except OSError as err:
                outcome = _failed(shot, f"{err.filename or shot.audio}: {err.strerror or err}; check the disk.", 1)
            except MemoryError:
                outcome = _failed(shot, "There is not enough memory for it; use fewer --jobs.", KoeMorphError.exit_code)
            pipe.send(outcome)


def _failed(shot: Shot, message: str, exit_code: int) -> Outcome:
    return Outcome("failed", Record(shot.name, "failed", message=message, exit_code=exit_code))


def _leave(number: int, frame: object) -> None:
    raise KeyboardInterrupt
