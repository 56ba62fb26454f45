"""Writes a model with drawn, untrained weights: for tests (tiny) and to stand in until one is trained.

koemorph-models untrained FOLDER [--tiny] [--seed N]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import torch

from ..listener import Listener
from ..listener.export import export_listener
from ..network import TINY, KoeMorphNet, NetworkConfig
from .onnx import export_model


def export_untrained(folder: Path, config: NetworkConfig, seed: int = 0) -> None:
    torch.manual_seed(seed)
    name = "koemorph-tiny-untrained" if config is TINY else "koemorph-untrained"
    with tempfile.TemporaryDirectory() as scratch:
        ears = Path(scratch) / "listener.onnx"
        export_listener(Listener(layers=0, hidden=8), ears)
        export_model(KoeMorphNet(config), ears, folder, name=name, trained=False, heard_by="drawn convolutions")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tiny", action="store_true", help="a few thousand parameters, for tests")
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace) -> None:
    export_untrained(options.folder, TINY if options.tiny else NetworkConfig(), options.seed)
