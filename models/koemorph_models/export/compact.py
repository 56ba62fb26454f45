"""The same graphs in smaller files: weights kept as float16 or int8, and spread to float32 when a session opens.

koemorph-models compact MODEL FOLDER --weights float16

Only the files shrink; what runs is float32 either way, so speed and memory stay as they are.
"""

from __future__ import annotations

import argparse
import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from koemorph.files import atomic
from koemorph.model import ANALYSE_NAME, CONFIG_NAME, EAR_NAME, LISTENER_NAME, MOUTH_NAME, RENDER_NAME, load_model

from ..mouth.reader import MouthReader

SMALL: Final = 256
"""Tensors of fewer numbers stay as they are."""
KINDS: Final = ("float16", "int8")


def compact(graph: onnx.ModelProto, kind: str) -> onnx.ModelProto:
    """A copy whose larger float32 weights are stored as `kind`; int8 has a scale for each output."""
    smaller = onnx.ModelProto()
    smaller.CopyFrom(graph)
    body, weights, spread = smaller.graph, [], []
    for tensor in body.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < SMALL or (kind == "int8" and values.ndim < 2):
            weights.append(tensor)
            continue
        kept = f"{tensor.name}_{kind}"
        if kind == "float16":
            weights.append(numpy_helper.from_array(values.astype(np.float16), kept))
            spread.append(helper.make_node("Cast", [kept], [tensor.name], to=onnx.TensorProto.FLOAT))
        else:
            whole, scale = _rounded(values)
            weights += [numpy_helper.from_array(whole, kept), numpy_helper.from_array(scale, f"{kept}_scale")]
            spread.append(helper.make_node("DequantizeLinear", [kept, f"{kept}_scale"], [tensor.name], axis=0))
    nodes = list(body.node)
    del body.initializer[:], body.node[:]
    body.initializer.extend(weights)
    body.node.extend(spread + nodes)
    onnx.checker.check_model(smaller)
    return smaller


def _rounded(values: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Whole numbers up to 127 and the scale of each row."""
    peak = np.abs(values).reshape(len(values), -1).max(axis=1)
    scale = (np.maximum(peak, 1e-12) / 127).astype(np.float32)
    return np.rint(values / scale.reshape(-1, *[1] * (values.ndim - 1))).astype(np.int8), scale


def _mouth(reader: MouthReader) -> bytes:
    weights, bias = reader.narrowness()
    stored = io.BytesIO()
    np.savez(stored, weights=weights, bias=bias)
    return stored.getvalue()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, help="a model folder")
    parser.add_argument("folder", type=Path, help="where the smaller one goes")
    parser.add_argument("--weights", choices=KINDS, default="float16", help="how they are stored (%(default)s)")
    parser.add_argument("--mouth", type=Path, help="what 'train-mouth' learned with its listener")
    parser.add_argument("--ear", type=Path, help="what 'train-moods' learned, where the listener is not the usual one")


def run(options: argparse.Namespace) -> None:
    whole = load_model(options.model)
    graphs = {
        name: compact(onnx.load_from_string(graph), options.weights).SerializeToString()
        for name, graph in ((ANALYSE_NAME, whole.analyse), (RENDER_NAME, whole.render))
    }
    graphs[LISTENER_NAME] = whole.listener  # small already
    if options.ear:
        graphs[EAR_NAME] = options.ear.read_bytes()
    if options.mouth:
        graphs[MOUTH_NAME] = _mouth(MouthReader.load(options.mouth))
    config = replace(whole.config, sha256={name: hashlib.sha256(graph).hexdigest() for name, graph in graphs.items()})
    for name, content in (*graphs.items(), (CONFIG_NAME, config.to_json().encode())):
        with atomic(options.folder / name) as handle:
            handle.write(content)
    print(f"{options.folder}: {sum(map(len, graphs.values())) / 1e6:.1f} MB")
