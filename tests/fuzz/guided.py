"""Guided by coverage, where Atheris is installed: `python -m tests.fuzz.guided DOOR [CORPUS] [-runs=10000 ...]`.

Inputs that reach code that none reached before are kept in the folder CORPUS, which may begin empty. A finding ends it
and is left as `crash-*`; the words after the folder are libFuzzer's.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["koemorph"]):
    from .doors import doors


def main() -> None:
    place = Path(tempfile.mkdtemp(prefix="koemorph-fuzz-"))
    known = doors(place)
    if len(sys.argv) < 2 or sys.argv[1] not in known:
        raise SystemExit(f"Name a door: {', '.join(known)}.")
    door, seeds = known[sys.argv[1]], place / "seeds"
    seeds.mkdir()
    for number, seed in enumerate(door.seeds):
        (seeds / f"{number}").write_bytes(seed)
    path = place / f"input{door.suffix}"

    def enter(data: bytes) -> None:
        path.write_bytes(data)
        try:
            door.enter(path)
        except door.refusals:
            return

    limits = ["-rss_limit_mb=1024", "-timeout=60", "-max_len=1000000"]
    atheris.Setup([sys.argv[0], *sys.argv[2:3], str(seeds), *limits, *sys.argv[3:]], enter)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
