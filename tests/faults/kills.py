"""Runs that are killed, in processes forked from this one; what is left must be whole, and the next run complete."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

from .layer import Layer
from .work import WORKS, prepare, visible

Files = dict[str, bytes]


class Torn(AssertionError):
    """A file is neither as it was nor as it is to be."""


def at_every_step(name: str, place: Path, every: int = 1) -> int:
    """How many were killed: each at one step that touches files, every so many steps."""
    at, killed = every, 0
    start, after, _ = _whole(name, place)
    while True:

        def dies(folder: Path, at: int = at) -> int:
            with Layer(at, lambda: os.kill(os.getpid(), signal.SIGKILL)).beneath_files():
                return WORKS[name](folder)

        if not _killed(name, place, start, after, dies, None, f"step {at}"):
            return killed
        at, killed = at + every, killed + 1


def at_random(name: str, place: Path, count: int, seed: int = 0) -> int:
    """How many were killed, at moments drawn from the time that a whole run takes."""
    dice, killed = random.Random(seed), 0
    start, after, seconds = _whole(name, place)
    while killed < count:
        moment = dice.uniform(0.0, seconds)
        killed += _killed(name, place, start, after, WORKS[name], moment, f"{moment:.4f} s")
    return killed


def compared(before: Files, now: Files, after: Files, what: str) -> None:
    for file in before.keys() | now.keys():
        if now.get(file) not in (before.get(file), after.get(file)):
            raise Torn(f"{what}: {file} is neither old nor new")


def _whole(name: str, place: Path) -> tuple[Path, Files, float]:
    """What a run begins with, what it makes, and how long it takes."""
    start, whole = place / f"{name}-start", place / f"{name}-whole"
    for folder in (start, whole):
        shutil.rmtree(folder, ignore_errors=True)
    start.mkdir()
    prepare(start)
    shutil.copytree(start, whole)
    began = time.monotonic()
    if _ended(_forked(WORKS[name], whole)):
        raise AssertionError(f"{name} does not work unharmed")
    return start, visible(whole), time.monotonic() - began


def _killed(
    name: str,
    place: Path,
    start: Path,
    after: Files,
    work: Callable[[Path], int],
    moment: float | None,
    when: str,
) -> bool:
    """Whether it was killed before its end."""
    folder = place / f"{name}-killed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(start, folder)
    process = _forked(work, folder)
    if moment is not None:
        time.sleep(moment)
        os.kill(process, signal.SIGKILL)
    killed = _ended(process) == -signal.SIGKILL
    compared(visible(start), visible(folder), after, f"{name} killed at {when}")
    if code := _ended(_forked(WORKS[name], folder)):
        raise AssertionError(f"{name} killed at {when}: the next run ends with {code}")
    if visible(folder) != after:
        raise Torn(f"{name} killed at {when}: the next run makes something else")
    return killed


def _forked(work: Callable[[Path], int], folder: Path) -> int:
    """A process that does the work; nothing of ONNX Runtime runs here yet, so that it can be forked."""
    process = os.fork()
    if not process:
        code = 255
        try:
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            code = work(folder)
        finally:
            os._exit(code)
    return process


def _ended(process: int) -> int:
    """Its exit code, or the signal that ended it with a minus."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
