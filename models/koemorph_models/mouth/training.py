"""Learns to read a mouth from sound, from a film, and says how well it does on clips it never saw.

koemorph-models train-mouth FILM --listener listener.onnx reader.npz
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from koemorph.features.listener import Hear

from ..listener import hear, open_listener
from ..speech.sound import at_level
from .clips import FilmedClip, kept_apart, read_clips
from .comparison import agreement, summary
from .picture import draw
from .reader import train_reader


def heard(clips: Sequence[FilmedClip], listener: Hear) -> list[NDArray[np.float16]]:
    """What the listener hears of each clip, at 50 Hz."""
    return [hear(at_level(clip.sound()), listener).features for clip in clips]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("film", type=Path, help="folder with points.npz, points.txt, words.tsv and audio/")
    parser.add_argument("output", type=Path, help="where the reader goes, .npz")
    parser.add_argument("--listener", type=Path, required=True, help="listener.onnx of a model folder")
    parser.add_argument("--picture", type=Path, help="also draw ten of those others over the film's, into this PNG")
    parser.add_argument("--threads", type=int, default=2)


def run(options: argparse.Namespace) -> None:
    listener = open_listener(options.listener, options.threads)
    learnt, kept = kept_apart(read_clips(options.film))
    reader = train_reader(heard(learnt, listener), [clip.course for clip in learnt])
    reader.save(options.output)
    courses = [reader.course(features) for features in heard(kept, listener)]
    found = summary(agreement(course, clip) for course, clip in zip(courses, kept, strict=True))
    told = ", ".join(f"{name} {value:.2f}" for name, value in found.items())
    print(f"{options.output}: learnt from {len(learnt)} clips; median r on {len(kept)} others: {told}")
    if options.picture:
        draw([(clip, {"reader": course}) for clip, course in zip(kept[:10], courses, strict=False)], options.picture)
