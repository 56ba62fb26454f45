"""What the choice of emotion backend does to the face: `python tests/benchmarks/bench_emotion.py FOLDER`.

Animates the recordings under a folder twice, once with each backend and everything else the same, and prints
how far the curves lie apart: absolute differences per shape over all frames of all clips, the largest and the mean.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph.engine import Engine
from koemorph.errors import AudioError, KoeMorphError
from koemorph.features.backends import NATIVE, OPENSMILE
from koemorph.model import load_model
from koemorph.settings import Settings

SUFFIXES: Final = frozenset({".wav", ".flac", ".ogg", ".opus", ".mp3"})
AIM: Final = 0.02
"""The mean difference, over shapes and frames, below which the backends count as interchangeable."""


@dataclass(frozen=True, kw_only=True)
class Apart:
    """How far the curves of two backends lie apart, in the units of the curves (0 to 1)."""

    shapes: tuple[str, ...]
    largest: NDArray[np.float64]
    mean: NDArray[np.float64]
    frames: int


def recordings(folder: Path, count: int) -> list[Path]:
    """Up to `count` recordings below a folder, spread evenly over their sorted paths."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not found:
        raise AudioError(f"There is no recording in {folder}; name a folder with {', '.join(sorted(SUFFIXES))} files.")
    return [found[i * len(found) // min(count, len(found))] for i in range(min(count, len(found)))]


def compare(engine: Engine, clips: Iterable[Path], backends: tuple[str, str] = (NATIVE, OPENSMILE)) -> Apart:
    """Animate every clip with both backends."""
    first, second = (Settings(emotion=name, head_strength=0.0) for name in backends)
    shapes = engine.model.config.shapes
    largest, total, frames = np.zeros(len(shapes)), np.zeros(len(shapes)), 0
    for clip in clips:
        one, other = engine.animate(clip, first), engine.animate(clip, second)
        apart = np.abs(one.values.astype(np.float64) - other.values)
        largest = np.maximum(largest, apart.max(0))
        total += apart.sum(0)
        frames += len(apart)
    return Apart(shapes=shapes, largest=largest, mean=total / max(frames, 1), frames=frames)


def as_markdown(apart: Apart, engine: Engine, clips: Sequence[Path]) -> str:
    """The table, most affected shape first, under a line on the model it speaks of."""
    model = engine.model.config
    state = "trained" if model.trained else "UNTRAINED: its curves, and so these figures, say nothing of the product"
    mean = float(apart.mean.mean())
    lines = [
        f"Model {model.name} ({state}); {NATIVE} against {OPENSMILE}; "
        f"{len(clips)} clips, {apart.frames} frames of 60 fps.",
        f"Mean difference over all shapes {mean:.4f} ({'below' if mean < AIM else 'NOT below'} {AIM}), "
        f"largest {apart.largest.max():.4f}.",
        "",
        "| shape | mean difference | largest |",
        "|---|---|---|",
    ]
    order = np.argsort(-apart.mean)
    rows = [f"| {apart.shapes[i]} | {apart.mean[i]:.4f} | {apart.largest[i]:.4f} |" for i in order]
    return "\n".join([*lines, *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of recordings, searched to its depths")
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("--count", type=int, default=24, help="how many recordings to take")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    try:
        clips = recordings(options.folder, max(1, options.count))
        engine = Engine(load_model(options.model), threads=options.threads)
        print(as_markdown(compare(engine, clips), engine, clips))
    except KoeMorphError as err:
        print(err, file=sys.stderr)
        sys.exit(err.exit_code)


if __name__ == "__main__":
    main()
