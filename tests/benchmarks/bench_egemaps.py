"""Real-time factor of the native eGeMAPS against openSMILE's descriptor pass, one thread, same audio, same run.

`OMP_NUM_THREADS=1 python tests/benchmarks/bench_egemaps.py [recording]`; without a recording, the test clips in a loop.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from koemorph.features.egemaps import NativeEgemaps, tables

RATE = 16_000
SECONDS = 60
CLIPS = Path(__file__).parents[1] / "data" / "egemaps"


def audio(path: Path | None) -> NDArray[np.float32]:
    """A minute of speech: the recording, or the voices of the test clips, repeated as needed."""
    paths = [path] if path else [p for p in sorted(CLIPS.glob("*.flac")) if p.stem != "noise"]
    speech = np.concatenate([soundfile.read(p, dtype="float32")[0] for p in paths])
    return np.asarray(np.resize(speech, SECONDS * RATE), np.float32)


def best(work: Callable[[], object], times: int = 5) -> float:
    """The shortest of a few runs, as a real-time factor."""
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begin)
    return min(spent) / SECONDS


def bench_egemaps(path: Path | None = None) -> dict[str, float]:
    """Print and return the factors."""
    samples = audio(path)
    margin = np.zeros(2 * RATE, np.float32)
    padded = np.concatenate([margin, samples, margin])

    def read(start: int, stop: int) -> NDArray[np.float32]:
        return padded[start + len(margin) : stop + len(margin)]

    native = NativeEgemaps()
    factors = {
        "native, descriptors": best(lambda: list(tables(read, len(samples)))),
        "native, descriptors and functionals": best(lambda: list(native.windows(read, len(samples)))),
    }
    try:
        import opensmile
    except ImportError:
        pass
    else:
        smile = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.LowLevelDescriptors)
        factors["openSMILE, descriptors"] = best(lambda: smile.process_signal(samples, RATE))
    for name, factor in factors.items():
        print(f"{name:40s} {factor:.4f}")
    return factors


if __name__ == "__main__":
    bench_egemaps(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
