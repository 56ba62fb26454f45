"""Trained weights to the model folder that an engine loads.

koemorph-models export WEIGHTS FOLDER --version 1.0

Its lips are as round as the network has learned from its captures; 'compact --mouth' adds what a filmed mouth did.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from koemorph.model import LISTENER_NAME, shipped_model

from ..training.weights import load_net
from .onnx import LISTENER, export_model

COUNTS: Final = {1: "one", 2: "two", 3: "three", 4: "four"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("weights", type=Path, help="weights.pt of a training run")
    parser.add_argument("folder", type=Path, help="where model.json, analyse.onnx and render.onnx go")
    parser.add_argument(
        "--listener",
        type=Path,
        default=shipped_model() / LISTENER_NAME,
        help="listener.onnx that it was trained on (the shipped model's)",
    )
    parser.add_argument("--layers", type=int, choices=COUNTS, default=4, help="how many that has (%(default)s)")
    parser.add_argument("--name", default="koemorph")
    parser.add_argument("--version", default="1.0")
    parser.add_argument("--licence", default="MIT")


def run(options: argparse.Namespace) -> None:
    net = load_net(options.weights)
    config = export_model(
        net,
        options.listener,
        options.folder,
        name=options.name,
        trained=True,
        heard_by=LISTENER.format(COUNTS[options.layers]),
        licence=options.licence,
        version=options.version,
    )
    print(f"{config.name} {config.version}: {config.parameters} parameters in {options.folder}")
