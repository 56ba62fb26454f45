"""Kill runs at every step that touches files, and at random: `python -m tests.faults [--work batch] [--kills 500]`.

After each kill the files under their names must be old or new in full, and the next run must complete to the same
bytes. The first that does not is told and ends it. A run that was interrupted goes on with `--from` and `--done`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from . import kills
from .work import WORKS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--work", choices=list(WORKS), help="only this (default: all)")
    parser.add_argument("--from", dest="first", choices=list(WORKS), help="the steps of earlier works are through")
    parser.add_argument("--done", type=int, default=0, metavar="N", help="how many kills there were before")
    parser.add_argument("--kills", type=int, default=0, metavar="N", help="go on at random until there were so many")
    options = parser.parse_args()
    works, killed = [options.work] if options.work else list(WORKS), options.done
    with tempfile.TemporaryDirectory() as folder:
        for name in works[works.index(options.first) if options.first else 0 :]:
            killed += kills.at_every_step(name, Path(folder))
            print(f"{name}: {killed} kills in all", flush=True)
        while killed < options.kills:
            for name in works:
                killed += kills.at_random(name, Path(folder), 5, seed=killed)
            print(f"at random: {killed} kills in all", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
