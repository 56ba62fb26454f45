"""Writes listener.onnx from the converted weights.

koemorph-models export-listener WEIGHTS.npz MODEL/listener.onnx
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..export.compact import KINDS
from .encoder import load_listener
from .export import export_listener


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("weights", type=Path, help="the encoder's first layers, .npz")
    parser.add_argument("output", type=Path)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--tone-layer", type=int, default=2, help="whose mean and spread moods are heard by")
    parser.add_argument("--rest", choices=KINDS, default="float16", help="convolutions and positions (%(default)s)")
    parser.add_argument("--float", action="store_true", help="keep the matrices in 32 bits")


def run(options: argparse.Namespace) -> None:
    listener = load_listener(options.weights, options.layers, options.tone_layer)
    export_listener(listener, options.output, quantised=not options.float, rest=options.rest)
