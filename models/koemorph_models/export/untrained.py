"""Writes a model with drawn, untrained weights: for tests (tiny) and to stand in until one is trained.

python -m koemorph_models.export.untrained FOLDER [--tiny] [--seed N]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from ..network import TINY, KoeMorphNet, NetworkConfig
from .onnx import export_model


def export_untrained(folder: Path, config: NetworkConfig, seed: int = 0) -> None:
    torch.manual_seed(seed)
    name = "koemorph-tiny-untrained" if config is TINY else "koemorph-untrained"
    export_model(KoeMorphNet(config), folder, name=name, trained=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tiny", action="store_true", help="a few thousand parameters, for tests")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    export_untrained(arguments.folder, TINY if arguments.tiny else NetworkConfig(), arguments.seed)


if __name__ == "__main__":
    main()
