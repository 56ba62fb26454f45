"""Whether lines come to rest: all shapes soon after the last sound, and lips that meet between two lines.

Every recording is taken with its own silence made a second longer at both ends, and beside the next one with a second
between, as a file with two lines of a list.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from koemorph import arkit, lips
from koemorph.audio import Clip, open_clip
from koemorph.engine import Engine
from koemorph.features.mel import sound_level
from koemorph.model import load_model
from koemorph.take import Take
from koemorph.timing import SAMPLE_RATE, FrameRate

SIXTY: Final = FrameRate.parse("60")
SILENCE: Final = np.zeros(SAMPLE_RATE, np.float32)
SOUNDING_DB: Final = -48.0
"""Of speech brought to its usual level."""
AT_REST: Final = 0.02
"""A shape that is smaller cannot be seen."""
SOON: Final = 0.4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recordings", type=Path, nargs="+", help="sound files")
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("-o", "--output", type=Path, help="the table as JSON as well")


def run(options: argparse.Namespace) -> int:
    lines = []
    for path in options.recordings:
        with open_clip(path) as clip:
            lines.append(clip.read(0, clip.sample_count) * np.float32(clip.gain))
    facts = measure(Engine(load_model(options.model)), lines)
    text = json.dumps(facts, indent=1)
    print(text)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    return 0


def measure(engine: Engine, lines: Sequence[NDArray[np.float32]]) -> dict[str, Any]:
    wakes, rests, meets = [], [], []
    for line, following in zip(lines, [*lines[1:], lines[0]], strict=True):
        take, level = _performed(engine, np.concatenate([SILENCE, line, SILENCE, following, SILENCE]))
        sounding = np.flatnonzero(level > SOUNDING_DB)
        face = np.abs(take.values[:, [take.names.index(name) for name in arkit.SHAPES]]).max(axis=1)
        moving = np.flatnonzero(face > AT_REST)
        wakes.append((sounding[0] - moving[0]) / 60)
        rests.append((moving[-1] - sounding[-1]) / 60)
        middle = round(60 * (1.5 + len(line) / SAMPLE_RATE))
        meets.append(bool(lips.lip_gap(take)[middle : middle + 6].max() <= lips.CLOSED_GAP))
    return {
        "lines": len(lines),
        "wakes before the first sound, longest, s": round(float(max(wakes)), 3),
        "at rest after the last sound, longest, s": round(float(max(rests)), 3),
        f"at rest {SOON} s after it": round(float(np.mean([rest <= SOON for rest in rests])), 3),
        "lips meet between two lines": round(float(np.mean(meets)), 3),
    }


def _performed(engine: Engine, samples: NDArray[np.float32]) -> tuple[Take, NDArray[np.float32]]:
    with Clip.from_samples(samples, SAMPLE_RATE) as clip:
        take = engine.animate(clip)
        level = sound_level(lambda a, b: clip.read(a, b) * np.float32(clip.gain), 0, take.frame_count, SIXTY)
    return take, level
