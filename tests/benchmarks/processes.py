"""Whole processes, measured from outside: cold start and peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median


def cold_start(path: Path, repeats: int = 7) -> float:
    """Seconds from starting `koemorph animate` on a short line to its end; the first, uncached run not counted."""
    took = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeats + 1):
            began = time.perf_counter()
            _animate(path, Path(folder) / "line.take")
            took.append(time.perf_counter() - began)
    return median(took[1:])


def peak_memory_mb(path: Path) -> float:
    """The largest resident size of a process that animates one recording at 60 fps."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(_command(path, Path(folder) / "line.take"), stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise RuntimeError(f"animating {path} failed")
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def _animate(path: Path, target: Path) -> None:
    done = subprocess.run(_command(path, target, "--progress", "json"), check=True, capture_output=True, text=True)
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "result"


def _command(path: Path, target: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "koemorph", "animate", str(path), "-o", str(target), *more]
