"""The flip-book: seconds of work per second of sound, of hearing, of drawing and of the whole movie, and peak memory;
and of `koemorph preview`, which renders its frames, on the same recording.

`python tests/benchmarks/bench_flipbook.py`; processor seconds where it says so, so that a busy machine does not count.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from koemorph.audio import open_clip
from koemorph_flipbook.flipbook import Flipbook, frame_count
from tests.benchmarks import clips

SECONDS = 30
MOVIES = (("flipbook", 30), ("flipbook", 300), ("preview", 30))
_MOVIE_AND_TELL = """
import resource, sys
from koemorph.cli import main
code = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024))
raise SystemExit(code)
"""


def spent(work: Callable[[], Iterable[object]], clock: Callable[[], float]) -> float:
    began = clock()
    for _ in work():
        pass
    return clock() - began


def movie(command_name: str, sound: Path, target: Path) -> tuple[float, float]:
    """Seconds of a command from start to end, and the most memory it held, in MB, without ffmpeg's."""
    command = [sys.executable, "-c", _MOVIE_AND_TELL, command_name, str(sound), "-o", str(target), "-q"]
    began = time.perf_counter()
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - began, float(told.split()[-1])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        with open_clip(clips.make(Path(folder), SECONDS)) as clip:
            for threads in (1, 2):
                book = Flipbook(threads=threads)
                next(iter(book.pictures(clip)))
                for name, work in (("hearing", book.heard), ("hearing and drawing", book.pictures)):
                    for kind, clock in (("processor", time.process_time), ("clock", time.perf_counter)):
                        factor = spent(lambda work=work: work(clip), clock) / SECONDS
                        print(f"{name}, {threads} threads, {kind} {factor:8.4f}")
            print(f"{frame_count(clip)} pictures")
        for name, seconds in MOVIES:
            took, most = movie(name, clips.make(Path(folder), seconds), Path(folder) / "out.mp4")
            print(f"koemorph {name}, {seconds} s of sound: {took / seconds:.4f} of real time, {most:.0f} MB")


if __name__ == "__main__":
    main()
