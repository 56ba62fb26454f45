"""Fuzz for as long as you like: `python -m tests.fuzz --minutes 60`, or `--inputs 100000`.

Findings are kept as files; what they teach belongs into `corpus`, with a test. Inputs are made from numbers, so a
later run goes on with `--first`, where an earlier one ended.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

CHUNK = 2000
"""Inputs of one process: what it keeps by mistake shows within so many."""
ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, help="how long to go on (default: until the inputs are through)")
    parser.add_argument("--inputs", type=int, default=100_000, help="how many inputs (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--door", help="only this door")
    parser.add_argument("--folder", type=Path, default=Path("fuzz-out"), help="for inputs and findings")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    ends = time.monotonic() + 60 * options.minutes if options.minutes else float("inf")
    seed, stop, findings, peak = options.first, options.first + options.inputs, 0, 0
    while seed < stop and time.monotonic() < ends:
        count = min(CHUNK, stop - seed)
        through, found, most = chunk(options.folder.resolve(), seed, count, options.door)
        seed, findings, peak = through, findings + found, max(peak, most)
        print(f"{seed - options.first} inputs, {findings} findings, {peak} MB at most", flush=True)
    return 1 if findings else 0


def chunk(folder: Path, first: int, count: int, door: str | None) -> tuple[int, int, int]:
    """The next seed, what was found, and the most memory; a process that died is a finding too."""
    command = [sys.executable, "-m", "tests.fuzz.child", str(folder), str(first), str(count), *([door] if door else [])]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        last, found, peak, tail = first - 1, 0, 0, ""
        for line in process.stdout:
            if match := re.match(r"seed (\d+)", line):
                last, tail = int(match[1]), ""
            elif match := re.match(r"peak (\d+)", line):
                peak = int(match[1])
            else:
                tail += line
                if line.startswith("FOUND"):
                    found += 1
                    print(line, end="", flush=True)
    if peak:
        return first + count, found, peak
    print(f"FOUND the process ended ({process.returncode}) at seed {last}:\n{tail[-2000:]}", flush=True)
    for left in folder.glob("input.*"):
        left.replace(folder / f"ended-{last}{left.suffix}")
    return last + 1, found + 1, peak


if __name__ == "__main__":
    sys.exit(main())
