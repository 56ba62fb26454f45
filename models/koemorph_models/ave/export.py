"""Weights of the audio encoder to the folder that `koemorph ave --encoder` takes: encoder.onnx and encoder.json.

    koemorph-models export-ave audio_visual_encoder.pth FOLDER

The graph is compared with torch before anything is written. --half stores its weights in half precision, which makes
the file half as large and moves the features a little; the file is what counts from then on.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from torch import nn

from koemorph.files import SCRATCH
from koemorph.sessions import open_session
from koemorph_ave.encoder import CONFIG_NAME, FORMAT, GRAPH_NAME, INPUT, OUTPUT, EncoderConfig
from koemorph_ave.features import BANK, WINDOW

from ..export.compact import compact
from ..export.onnx import export_graph
from .checkpoint import load_encoder
from .network import AudioEncoder

TOLERANCE: Final = 1e-6
"""Of the greatest feature: float32 itself is exact to a tenth of that."""
HALF_TOLERANCE: Final = 5e-3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("weights", type=Path, help="a .pth or .pt file, your own or 'encoder.pt' of 'train-ave'")
    parser.add_argument("folder", type=Path, help="where the two files go")
    parser.add_argument("--name", help="(default: the name of the file)")
    parser.add_argument("--version", default="1.0")
    parser.add_argument("--licence", default="as the weights")
    parser.add_argument("--about", default="", help="a sentence on what it was trained on")
    parser.add_argument("--half", action="store_true", help="store weights in half precision")


def run(options: argparse.Namespace) -> None:
    encoder = load_encoder(options.weights)
    facts = {"name": options.name or options.weights.stem, "version": options.version, "licence": options.licence}
    config = export_encoder(encoder, options.folder, half=options.half, about=options.about, **facts)
    size = (options.folder / GRAPH_NAME).stat().st_size / 1e6
    print(f"{config.name} {config.version}: {config.parameters} parameters, {size:.1f} MB, in {options.folder}")


def export_encoder(
    encoder: AudioEncoder, folder: Path, *, name: str, version: str, licence: str, about: str = "", half: bool = False
) -> EncoderConfig:
    """Raises ValueError, and leaves the folder as it is, if the graph strays from torch."""
    encoder = encoder.eval().cpu()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=SCRATCH) as scratch:
        path = Path(scratch) / GRAPH_NAME
        count = torch.export.Dim("windows", min=1, max=1 << 20)
        export_graph(encoder, (_example(2, 0),), path, (INPUT,), (OUTPUT,), {"mel": {0: count}})
        _check(encoder, path, TOLERANCE)
        if half:
            onnx.save(compact(onnx.load(str(path)), "float16"), str(path))
            _check(encoder, path, HALF_TOLERANCE)
        config = EncoderConfig(
            name=name,
            version=version,
            licence=licence,
            parameters=encoder.parameter_count(),
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            about=about,
            format=FORMAT,
        )
        (Path(scratch) / CONFIG_NAME).write_text(config.to_json(), "utf-8")
        for file in (GRAPH_NAME, CONFIG_NAME):
            (Path(scratch) / file).replace(folder / file)
    return config


def _check(encoder: AudioEncoder, path: Path, tolerance: float) -> None:
    worst = largest_difference(encoder, path)
    if worst > tolerance:
        raise ValueError(f"The exported encoder differs from torch by {worst:.2g}, more than {tolerance:g}.")


def largest_difference(encoder: AudioEncoder, path: Path, *, trials: int = 4) -> float:
    """Between torch and ONNX Runtime, as a share of the greatest feature (or of 1, if that is less)."""
    session = open_session(path.read_bytes(), None, ("CPUExecutionProvider",))
    worst = 0.0
    for trial in range(1, trials + 1):
        example = _example(5 * trial, trial)
        with torch.no_grad():
            expected = encoder(example).numpy()
        got = session.run([OUTPUT], {INPUT: example.numpy()})[0]
        worst = max(worst, float(np.abs(got - expected).max()) / max(1.0, float(np.abs(expected).max())))
    return worst


def _example(count: int, seed: int) -> torch.Tensor:
    """Mels as speech has them: within +-4, neighbours alike."""
    generator = torch.Generator().manual_seed(seed)
    rough = torch.randn(count, 1, BANK.bands // 4, WINDOW // 4, generator=generator) * 1.5 - 1.0
    return nn.functional.interpolate(rough, size=(BANK.bands, WINDOW), mode="bilinear").clamp(-4, 4)
