from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from worker_host import Host


@pytest.fixture
def start() -> Iterator[Callable[..., Host]]:
    hosts: list[Host] = []

    def begin(*arguments: str, pythonpath: tuple[Path, ...] = ()) -> Host:
        hosts.append(Host(*arguments, pythonpath=pythonpath))
        return hosts[-1]

    yield begin
    for host in hosts:
        host.process.kill()
        host.process.wait()


@pytest.fixture(scope="session")
def kept() -> Iterator[list[Host]]:
    hosts: list[Host] = []
    yield hosts
    for host in hosts:
        host.process.kill()
        host.process.wait()


@pytest.fixture
def worker(kept: list[Host]) -> Iterator[Host]:
    """One that is well, idle and remembers nothing: the last test's, if that left it so."""
    if not kept:
        kept.append(Host())
        kept[0].named("ready")
    host = kept[0]
    yield host
    if not host.as_new():
        kept.clear()
        host.process.kill()
        host.process.wait()


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of something like a voice, in stereo, under a name that is not ASCII."""
    path = tmp_path_factory.mktemp("audio") / "声 line.wav"
    soundfile.write(path, np.stack([_voice(3.0), 0.5 * _voice(3.0)], axis=1), 48_000)
    return path


@pytest.fixture(scope="session")
def long_recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five minutes: no worker is done with it before a test has done its mischief."""
    path = tmp_path_factory.mktemp("audio") / "long.wav"
    soundfile.write(path, np.tile(_voice(10.0, 16_000), 30), 16_000)
    return path


def _voice(seconds: float, rate: int = 48_000) -> np.ndarray[Any, np.dtype[np.float64]]:
    t = np.arange(int(seconds * rate)) / rate
    noise = np.random.default_rng(1).standard_normal(len(t))
    return 0.2 * np.sin(2 * np.pi * 3 * t) ** 2 * (np.sin(2 * np.pi * 140 * t) + 0.1 * noise)
