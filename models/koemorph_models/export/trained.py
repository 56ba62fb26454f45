"""Trained weights to the model folder that an engine loads.

koemorph-models export WEIGHTS FOLDER --version 1.0
"""

from __future__ import annotations

import argparse
from pathlib import Path

from koemorph.model import LISTENER_NAME, shipped_model

from ..training.weights import load_net
from .onnx import export_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("weights", type=Path, help="weights.pt of a training run")
    parser.add_argument("folder", type=Path, help="where model.json, analyse.onnx and render.onnx go")
    parser.add_argument(
        "--listener",
        type=Path,
        default=shipped_model() / LISTENER_NAME,
        help="listener.onnx that it was trained on (the shipped model's)",
    )
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
        licence=options.licence,
        version=options.version,
    )
    print(f"{config.name} {config.version}: {config.parameters} parameters in {options.folder}")
