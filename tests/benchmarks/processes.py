"""Whole processes, measured from outside: cold start and peak memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median


def cold_start(path: Path, *flags: str, repeats: int = 7) -> float:
    """Seconds from starting `koemorph animate` on a short line to its end; the first, uncached run not counted."""
    took = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeats + 1):
            began = time.perf_counter()
            _animate(path, Path(folder) / "line.take", *flags)
            took.append(time.perf_counter() - began)
    return median(took[1:])


def peak_memory_mb(path: Path, *flags: str) -> float:
    """The largest resident size of a process that animates one recording at 60 fps.

    Where the system says so, it is read from the process itself: what is counted for a child begins with the size
    of its parent.
    """
    with tempfile.TemporaryDirectory() as folder:
        code = [
            sys.executable,
            "-c",
            _ANIMATE_AND_TELL,
            "animate",
            str(path),
            "-o",
            str(Path(folder) / "line.take"),
            "-q",
            *flags,
        ]
        process = subprocess.Popen(code, stdout=subprocess.PIPE, text=True)
        told = process.communicate()[0]
        if process.returncode:
            raise RuntimeError(f"animating {path} failed")
    return float(told.split()[-1])


_ANIMATE_AND_TELL = """
import resource, sys
from pathlib import Path
from koemorph.cli import main
code = main(sys.argv[1:])
status = Path("/proc/self/status")
if status.is_file():
    peak = next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
print(peak)
raise SystemExit(code)
"""


def _animate(path: Path, target: Path, *flags: str) -> None:
    done = subprocess.run(
        _command(path, target, "--progress", "json", *flags), check=True, capture_output=True, text=True
    )
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "result"


def _command(path: Path, target: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "koemorph", "animate", str(path), "-o", str(target), *more]
