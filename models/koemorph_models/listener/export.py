"""The listener as ONNX: matrices in eight bits, the rest in sixteen or eight; a quarter of the size, half the time."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from koemorph.features.listener import CELL, WINDOW

from ..export.compact import compact
from ..export.onnx import export_graph, strip
from .encoder import BANDS, Listener

INPUTS: Final = ("mel",)
OUTPUTS: Final = ("features", "tones")


def export_listener(listener: Listener, path: Path, *, quantised: bool = True, rest: str = "float16") -> None:
    """A window of whole cells in, its features and tones out; convolutions and positions kept as `rest` (`compact`)."""
    listener.positions = listener.positions[:WINDOW]
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        raw, small = Path(scratch) / "listener.onnx", Path(scratch) / "small.onnx"
        cells = torch.export.Dim("cells", min=2, max=WINDOW // CELL)
        example = (torch.zeros(1, BANDS, 2 * WINDOW),)
        export_graph(listener, example, raw, INPUTS, OUTPUTS, {"mel": {2: 2 * CELL * cells}})
        if not quantised:
            onnx.save(onnx.load(str(raw)), str(path))
            return
        quantize_dynamic(
            raw, small, op_types_to_quantize=["MatMul", "Gemm"], per_channel=True, weight_type=QuantType.QInt8
        )
        graph = compact(onnx.load(str(small)), rest)
        strip(graph)
        onnx.checker.check_model(graph)
        onnx.save(graph, str(path))
