"""Fit what hears moods and write it as KoeMorph ships it."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from koemorph.files import atomic
from koemorph.moods.hearing import MoodEar

from .fitting import fit
from .material import load_material


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("material", type=Path, help="what 'koemorph-models hear-moods' wrote")
    parser.add_argument("ear", type=Path, help="the .npz to write: core/koemorph/moods/ear.npz is the shipped one")


def run(options: argparse.Namespace) -> int:
    lines = load_material(options.material)
    save_ear(options.ear, fit(lines))
    print(f"{options.ear}: from {len(lines)} lines of {len({line.speaker for line in lines})} people")
    return 0


def save_ear(path: Path, ear: MoodEar) -> None:
    with atomic(path) as handle:
        np.savez(handle, names=np.array(ear.names), weights=ear.weights, bias=ear.bias)
