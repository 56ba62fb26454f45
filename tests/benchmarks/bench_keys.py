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
from koemorph.engine import Engine
from koemorph.keying import STYLES, Keying, plan_keys
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import FrameRate

SECONDS = 60
RATES = (60, 30, 24)
TOLERANCES = (Keying.tolerance, Keying.tolerance / 2)


def minute(paths: Sequence[Path], rate: FrameRate) -> Take:
    """Takes one after the other, until they fill a minute."""
    takes = [formats.read_take(path).retime(rate) for path in paths] or [Engine().animate(EXAMPLE, Settings(), rate)]
    values = np.concatenate([np.stack([take.curve(name) for name in arkit.SHAPES], axis=1) for take in takes])
    frames = SECONDS * int(rate.fps)
    return Take(arkit.SHAPES, np.resize(values, (frames, len(arkit.SHAPES))), rate)


def best(take: Take, keying: Keying, times: int = 5) -> float:
    """The shortest of a few runs, in seconds of one processor core."""
    spent = []
    for _ in range(times):
        begin = time.process_time()
        plan_keys(take, None, keying)
        spent.append(time.process_time() - begin)
    return min(spent)


def bench_keys(paths: Sequence[Path] = ()) -> dict[str, dict[str, float]]:
    """Print and return the figures, a row for each frame rate, kind of keys and tolerance."""
    rows = {}
    print(f"{'':32s} {'kept':>7s} {'keys/s/shape':>13s} {'error':>8s} {'half-frame':>11s} {'seconds':>8s}")
    for fps in RATES:
        take = minute(paths, FrameRate.parse(fps))
        for style in (style.name for style in STYLES.values() if style.reduced):
            for tolerance in TOLERANCES:
                keying = Keying(style=style, tolerance=tolerance)
                keyed = plan_keys(take, None, keying)
                row = {
                    "kept": keyed.kept,
                    "keys a second and shape": keyed.key_count / SECONDS / len(take.names),
                    "error": keyed.error,
                    "half-frame error": max(between for _, between in keyed.errors.values()),
                    "seconds": best(take, keying),
                }
                name = f"{fps} fps, {style}, {tolerance:g}"
                rows[name] = row
                kept, keys, error, half, seconds = row.values()
                print(f"{name:32s} {kept:7.2%} {keys:13.2f} {error:8.5f} {half:11.5f} {seconds:8.3f}")
    return rows


if __name__ == "__main__":
    bench_keys([Path(name) for name in sys.argv[1:]])
