"""The processes that work through a list side by side: one loaded model each, one unit at a time."""

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
from .keying import Outcome
from .records import Record, Records
from .scenes import key_unit
from .shot import Shot, Unit

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
    blender: str = ""
    """The program, where it is not found by itself: Blender, or a Python that has bpy."""
    mayapy: str = ""


@dataclass
class _Member:
    process: BaseProcess
    pipe: Connection
    unit: Unit = ()


def processors() -> int:
    """Those that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def work_through(
    units: Sequence[Unit], brief: Brief, jobs: int, stopped: Callable[[], bool] = bool
) -> Generator[tuple[Shot, Outcome | None], None, None]:
    """Each line twice: with None when it begins, with its outcome when it ends. Close it to stop the work.

    `stopped` is asked a few times a second, also while all lines take long.
    """
    waiting: deque[tuple[float, Unit]] = deque((0.0, unit) for unit in units)
    members = [_hire(brief) for _ in range(min(jobs, len(units)))]
    try:
        while not stopped() and (waiting or any(member.unit for member in members)):
            for member in members:
                if not member.unit and waiting and waiting[0][0] <= time.monotonic():
                    member.unit = waiting.popleft()[1]
                    with contextlib.suppress(OSError):  # it has died: seen below
                        member.pipe.send(member.unit)
                    for shot in member.unit:
                        yield shot, None
            working = [member.pipe for member in members if member.unit]
            if not working:
                time.sleep(BUSY_SECONDS)
                continue
            ready = wait(working, timeout=BUSY_SECONDS)
            for index, member in enumerate(members):
                unit = member.unit
                if not unit or member.pipe not in ready:
                    continue
                try:
                    outcomes: list[Outcome] = member.pipe.recv()
                    member.unit = ()
                except (EOFError, OSError):
                    outcomes = _died(unit, member)
                    members[index] = _hire(brief)
                if outcomes[0].state == "busy":
                    waiting.append((time.monotonic() + BUSY_SECONDS, unit))
                else:
                    yield from zip(unit, outcomes, strict=True)
    finally:
        _dismiss(members)


def _hire(brief: Brief) -> _Member:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, brief), daemon=True)
    process.start()
    theirs.close()
    return _Member(process, ours)


def _died(unit: Unit, member: _Member) -> list[Outcome]:
    member.process.join(_END_SECONDS)
    member.pipe.close()
    message = (
        f"The process that worked on it ended unexpectedly ({member.process.exitcode}); "
        "there may be too little memory: use fewer --jobs."
    )
    return _failed(unit, message, KoeMorphError.exit_code)


def _dismiss(members: Sequence[_Member]) -> None:
    for member in members:
        if member.unit:
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
            unit: Unit = pipe.recv()
            try:
                engine = engine or Engine(load_model(brief.model), threads=brief.threads, providers=(brief.provider,))
                outcomes = key_unit(unit, engine, records, brief)
            except KoeMorphError as err:
                outcomes = _failed(unit, str(err), err.exit_code)
            except OSError as err:
                where = err.filename or unit[0].audio
                outcomes = _failed(unit, f"{where}: {err.strerror or err}; check the disk.", KoeMorphError.exit_code)
            except MemoryError:
                outcomes = _failed(unit, "There is not enough memory; use fewer --jobs.", KoeMorphError.exit_code)
            pipe.send(outcomes)


def _failed(unit: Unit, message: str, exit_code: int) -> list[Outcome]:
    return [Outcome("failed", Record(shot.name, "failed", message=message, exit_code=exit_code)) for shot in unit]


def _leave(number: int, frame: object) -> None:
    raise KeyboardInterrupt
