"""Measures the runtime and prints its part of RESULTS.md.

    python tests/benchmarks/run.py [--quick] [--model light]

Run it on an otherwise idle machine. Figures are real-time factors (seconds of work per second of sound)
unless they say otherwise, medians where a stage is short enough to repeat.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import clips, peers, processes, stages

LENGTHS = (5, 60, 600, 3600)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only 5 and 60 s")
    parser.add_argument("--model", type=Path, metavar="FOLDER", help="as in koemorph animate; peers are left out")
    arguments = parser.parse_args()
    flags = ["--model", str(arguments.model)] if arguments.model else []
    lengths = LENGTHS[:2] if arguments.quick else LENGTHS

    from koemorph.engine import Engine
    from koemorph.model import load_model

    engine = Engine(load_model(arguments.model))
    command = " ".join(["tests/benchmarks/run.py", *sys.argv[1:]])
    results: dict[str, object] = {"machine": machine(), "model": engine.model.config.name, "command": command}
    with tempfile.TemporaryDirectory() as scratch:
        paths = {seconds: clips.make(Path(scratch), seconds) for seconds in lengths}
        engine.animate(paths[5])
        by_length = {}
        for seconds, path in paths.items():
            print(f"measuring {seconds} s ...", flush=True)
            by_length[seconds] = {
                **stages.measure(path, seconds, engine),
                "peak memory, MB": processes.peak_memory_mb(path, *flags),
            }
        results["stages"] = by_length
        results["peers"] = {} if flags else peers.measure(paths[60], 60)
        results["interaction"] = {
            "cold start, 5 s line, s": processes.cold_start(paths[5], *flags),
            **stages.slider_drag(paths[60], engine),
        }
    print(as_markdown(results))


def machine() -> str:
    import numpy
    import onnxruntime

    return (
        f"{os.cpu_count()} processor cores ({platform.machine()}), Python {platform.python_version()}, "
        f"numpy {numpy.__version__}, onnxruntime {onnxruntime.__version__}"
    )


def as_markdown(results: dict) -> str:
    by_length = results["stages"]
    lines = [
        f"`python {results['command']}` on {results['machine']}, model {results['model']}.",
        "Real-time factors (seconds of work per second of 48 kHz stereo sound) unless a row says otherwise;",
        "`total` is file to written take, in which the emotion pass and the network run side by side.",
        "",
        "| stage | " + " | ".join(_length(seconds) for seconds in by_length) + " |",
        "|---|" + "---|" * len(by_length),
    ]
    for row in next(iter(by_length.values())):
        cells = (f"{figures[row]:.0f}" if "MB" in row else f"{figures[row]:.5f}" for figures in by_length.values())
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    if results["peers"]:
        lines += ["", "On one clip of 60 s, in the same run:", "", "| what | real-time factor |", "|---|---|"]
        lines += [f"| {name} | {value:.5f} |" for name, value in results["peers"].items()]
    lines += ["", "| interaction | |", "|---|---|"]
    lines += [f"| {name} | {value:.3g} |" for name, value in results["interaction"].items()]
    return "\n".join(lines) + "\n"


def _length(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"


if __name__ == "__main__":
    main()
