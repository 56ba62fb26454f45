"""Key reduction on a minute of animation: keys kept, true error as Blender draws it, and processor seconds.

`OMP_NUM_THREADS=1 python tests/benchmarks/bench_keys.py [take ...]`; without takes, the bundled line as the engine
animates it. Takes are joined and repeated to a minute.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from koemorph import arkit, formats
from koemorph.cli.demo import EXAMPLE
from koemorph.curves import INTERPOLATIONS, TOLERANCE, reduce_curves, reduce_take
from koemorph.engine import Engine
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import FrameRate

SECONDS = 60
RATES = (60, 30, 24)
TOLERANCES = (TOLERANCE, TOLERANCE / 2)


def minute(paths: Sequence[Path], rate: FrameRate) -> Take:
    """Takes one after the other, until they fill a minute."""
    takes = [formats.read_take(path).retime(rate) for path in paths] or [Engine().animate(EXAMPLE, Settings(), rate)]
    values = np.concatenate([np.stack([take.curve(name) for name in arkit.SHAPES], axis=1) for take in takes])
    frames = SECONDS * int(rate.fps)
    return Take(arkit.SHAPES, np.resize(values, (frames, len(arkit.SHAPES))), rate)


def best(take: Take, tolerance: float, interpolation: str, times: int = 5) -> float:
    """The shortest of a few runs, in seconds of one processor core."""
    spent = []
    for _ in range(times):
        begin = time.process_time()
        reduce_curves(take.values, tolerance, interpolation)  # type: ignore[arg-type]
        spent.append(time.process_time() - begin)
    return min(spent)


def bench_keys(paths: Sequence[Path] = ()) -> dict[str, dict[str, float]]:
    """Print and return the figures, a row for each frame rate, kind of keys and tolerance."""
    rows = {}
    print(f"{'':32s} {'kept':>7s} {'keys/s/shape':>13s} {'error':>8s} {'half-frame':>11s} {'seconds':>8s}")
    for fps in RATES:
        take = minute(paths, FrameRate.parse(fps))
        for interpolation in INTERPOLATIONS:
            for tolerance in TOLERANCES:
                keyed = reduce_take(take, tolerance, interpolation)
                row = {
                    "kept": keyed.kept,
                    "keys a second and shape": keyed.key_count / SECONDS / len(take.names),
                    "error": max(keyed.errors.values()),
                    "half-frame error": max(keyed.half_frame_errors.values()),
                    "seconds": best(take, tolerance, interpolation),
                }
                name = f"{fps} fps, {interpolation}, {tolerance:g}"
                rows[name] = row
                kept, keys, error, half, seconds = row.values()
                print(f"{name:32s} {kept:7.2%} {keys:13.2f} {error:8.5f} {half:11.5f} {seconds:8.3f}")
    return rows


if __name__ == "__main__":
    bench_keys([Path(name) for name in sys.argv[1:]])
