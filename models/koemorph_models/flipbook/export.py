"""Weights of a flip-book into a folder that `koemorph flipbook --model` loads: two graphs and their description.

Batch norms are folded into what stands before them, weights are stored as int8 with a scale for each row (--weights
float16 or float32 otherwise) and spread when a session opens. The graphs are checked against torch.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from koemorph.files import SCRATCH
from koemorph.sessions import open_session
from koemorph_flipbook.geometry import WINDOW_SAMPLES
from koemorph_flipbook.model import CONFIG_NAME, DRAW_NAME, LISTEN_NAME, FlipbookConfig

from ..errors import DataError
from ..export.compact import compact
from ..export.onnx import OPSET, export_graph
from .net import AudioToVideoNet, Painter
from .training import load_net

KINDS: Final = ("int8", "float16", "float32")
SAME_HEARD: Final = 1e-3
SAME_PICTURE: Final = 1
"""Levels of 255; rounding falls either way."""


class ForScreens(nn.Module):
    """The painter's pictures as a screen wants them: bytes, colours last."""

    def __init__(self, painter: Painter) -> None:
        super().__init__()
        self.painter = painter

    def forward(self, heard: Tensor) -> Tensor:
        return (self.painter(heard).permute(0, 2, 3, 1) * 255 + 0.5).to(torch.uint8)


def folded(net: AudioToVideoNet) -> AudioToVideoNet:
    """The same function without batch norms."""
    net = copy.deepcopy(net).eval()
    for sequence in (net.listener.encoder, net.painter.canvas):
        for place in range(1, len(sequence)):
            norm = sequence[place]
            if isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
                before = sequence[place - 1]
                assert isinstance(before, nn.Conv1d | nn.ConvTranspose2d)
                sequence[place - 1] = fuse_conv_bn_eval(before, norm, isinstance(before, nn.ConvTranspose2d))
                sequence[place] = nn.Identity()
    return net


def export_flipbook(net: AudioToVideoNet, folder: Path, *, name: str, weights: str = "int8") -> FlipbookConfig:
    """Write the folder and return its description; what lies there is replaced only by what has been checked."""
    parameters = sum(parameter.numel() for parameter in net.parameters())
    net = folded(net)
    painter = ForScreens(net.painter)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=SCRATCH) as scratch:
        listen, draw = Path(scratch) / LISTEN_NAME, Path(scratch) / DRAW_NAME
        count = torch.export.Dim("count", min=1, max=4096)
        example = torch.randn(2, WINDOW_SAMPLES) * 0.1
        heard = torch.randn(5, net.config.width)
        export_graph(net.listener, (example,), listen, ("samples",), ("heard",), {"samples": {0: count}})
        export_graph(painter, (heard,), draw, ("heard",), ("pictures",), {"heard": {0: count}})
        _check(net, painter, listen, draw)
        if weights != "float32":
            for path in (listen, draw):
                onnx.save(compact(onnx.load(str(path)), weights), str(path))
        hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (listen, draw)}
        config = FlipbookConfig(
            name=name, licence="MIT", width=net.config.width, parameters=parameters, opset=OPSET, sha256=hashes
        )
        (Path(scratch) / CONFIG_NAME).write_text(config.to_json(), "utf-8")
        for file in (LISTEN_NAME, DRAW_NAME, CONFIG_NAME):
            (Path(scratch) / file).replace(folder / file)
    return config


@torch.no_grad()
def _check(net: AudioToVideoNet, painter: ForScreens, listen: Path, draw: Path) -> None:
    """ONNX Runtime against torch, before weights are rounded."""
    samples = torch.randn(3, WINDOW_SAMPLES, generator=torch.Generator().manual_seed(3)) * 0.1
    heard = net.listener(samples)
    sessions = [open_session(path.read_bytes(), 1, ("CPUExecutionProvider",)) for path in (listen, draw)]
    apart = float(np.abs(sessions[0].run(None, {"samples": samples.numpy()})[0] - heard.numpy()).max())
    shown = sessions[1].run(None, {"heard": heard[0].numpy()})[0].astype(int)
    levels = int(np.abs(shown - painter(heard[0]).numpy().astype(int)).max())
    if apart > SAME_HEARD or levels > SAME_PICTURE:
        raise DataError(
            f"The exported graphs differ from torch by {apart:.2g} and {levels} levels; nothing was written."
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run_weights", type=Path, metavar="weights", help="a run's weights.pt")
    parser.add_argument("folder", type=Path, help="where the graphs go")
    parser.add_argument("--name", default="koemorph-flipbook")
    parser.add_argument("--weights", choices=KINDS, default="int8", help="how they are stored (%(default)s)")


def run(options: argparse.Namespace) -> None:
    config = export_flipbook(load_net(options.run_weights), options.folder, name=options.name, weights=options.weights)
    size = sum(path.stat().st_size for path in options.folder.glob("*.onnx"))
    print(f"{options.folder}: {config.parameters:,} parameters, {size / 1e6:.1f} MB")
