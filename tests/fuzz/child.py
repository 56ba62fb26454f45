"""One process of fuzzing: `python -m tests.fuzz.child FOLDER FIRST COUNT [DOOR]`; a crash or a hang ends only it.

It prints the seed before each input, so that the last line names the culprit of whatever ended it. An input is the
seed's alone: the same seed makes the same bytes.
"""

from __future__ import annotations

import contextlib
import faulthandler
import random
import sys
import time
import traceback
import warnings
from pathlib import Path

from .doors import Door, doors

SECONDS = 10.0
"""Of processor time, for any one input."""
MEMORY_MB = 1024
"""More than what the process had before it."""
HANG_SECONDS = 180
"""Of the clock on the wall; the machine may be busy."""
_STATUS, _REFS = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def run(folder: Path, first: int, count: int, only: str | None = None) -> int:
    """How many findings there were; each is a file in `folder`/found and a line that says why."""
    made = doors(folder)
    names = [name for name in made if only is None or name == only]
    findings = 0
    warnings.simplefilter("ignore")
    for seed in range(first, first + count):
        name = names[seed % len(names)]
        print("seed", seed, name, flush=True)
        if why := attempt(made[name], seed, folder):
            findings += 1
            kept = keep(folder, name, seed, made[name].suffix)
            print(f"FOUND {kept}: {why}", flush=True)
    print("peak", peak_mb(), "MB", flush=True)
    return findings


def attempt(door: Door, seed: int, folder: Path) -> str | None:
    """What is wrong with how the door took it; None if it was let in or refused in one sentence, within its budget."""
    dice = random.Random(seed)
    try:
        data = door.mutate(dice.choice(door.seeds), dice)
    except (ValueError, RecursionError):  # damage that cannot be written down is none
        return None
    path = folder / f"input{door.suffix}"
    path.write_bytes(data)
    return judge(door, path)


def judge(door: Door, path: Path) -> str | None:
    before, began = _fresh_peak(), time.process_time()
    faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
    try:
        door.enter(path)
    except door.refusals as err:
        text = str(err)
        if not text.endswith(".") or "\n" in text or len(text) > 1500:
            return f"its sentence is {text[:300]!r}"
    except BaseException:  # noqa: BLE001 (whatever it is, it is a finding)
        return traceback.format_exc()
    finally:
        faulthandler.cancel_dump_traceback_later()
    if (took := time.process_time() - began) > SECONDS:
        return f"{took:.1f} s"
    if path.stat().st_size < 10 * 2**20 and (grown := peak_mb() - before) > MEMORY_MB:
        return f"{grown} MB"
    return None


def keep(folder: Path, name: str, seed: int, suffix: str) -> Path:
    found = folder / "found"
    found.mkdir(exist_ok=True)
    kept = found / f"{name.replace(' ', '-')}-{seed}{suffix}"
    kept.write_bytes((folder / f"input{suffix}").read_bytes())
    return kept


def peak_mb() -> int:
    if not _STATUS.is_file():
        return 0
    return next(int(line.split()[1]) // 1024 for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))


def _fresh_peak() -> int:
    with contextlib.suppress(OSError):
        _REFS.write_text("5")
    return peak_mb()


if __name__ == "__main__":
    sys.exit(min(100, run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:5])))
