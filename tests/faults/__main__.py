"""Kill runs at every step that writes: `python -m tests.faults [--work batch] [--every 1] [--kills 500]`.

After each kill the files under their names must be old or new in full, and the next run must complete to the same
bytes. With `--kills`, it begins anew until so many runs were killed.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from .layer import Layer
from .work import WORKS, prepare, visible

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--work", choices=list(WORKS), help="only this (default: all)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every so many steps")
    parser.add_argument("--kills", type=int, default=0, metavar="N", help="go on until there were so many")
    parser.add_argument("--folder", type=Path, help="where to work")
    parser.add_argument("--child", nargs=2, metavar=("WORK", "AT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(options.child[0], int(options.child[1]), options.folder)
    kills = findings = 0
    while True:
        for name in [options.work] if options.work else WORKS:
            done, found = kill_at_every_step(name, options.every)
            kills, findings = kills + done, findings + found
            print(f"{name}: {kills} kills in all, {findings} findings", flush=True)
        if kills >= options.kills:
            return 1 if findings else 0


def child(name: str, at: int, folder: Path) -> int:
    with Layer(at, lambda: os.kill(os.getpid(), signal.SIGKILL)).beneath():
        return WORKS[name](folder)


def kill_at_every_step(name: str, every: int) -> tuple[int, int]:
    kills = findings = 0
    with tempfile.TemporaryDirectory() as place:
        clean = Path(place) / "clean"
        clean.mkdir()
        prepare(clean)
        _run(name, 0, clean)
        after = visible(clean)
        at = 1
        while True:
            folder = Path(place) / str(at)
            folder.mkdir()
            prepare(folder)
            before = visible(folder)
            if _run(name, at, folder) != -signal.SIGKILL:
                return kills, findings
            kills += 1
            now = visible(folder)
            torn = [n for n in before.keys() | now.keys() if now.get(n) not in (before.get(n), after.get(n))]
            code = _run(name, 0, folder)
            if torn or code or visible(folder) != after:
                findings += 1
                print(f"FOUND {name} killed at step {at}: torn {torn}, then exit {code}", flush=True)
            at += every


def _run(name: str, at: int, folder: Path) -> int:
    command = [sys.executable, "-m", "tests.faults", "--child", name, str(at), "--folder", str(folder)]
    return subprocess.run(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
