"""Writes a model folder: listener.onnx, analyse.onnx, render.onnx, model.json; and checks them against torch."""

from __future__ import annotations

import hashlib
import logging
import random
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from torch import nn

from koemorph import arkit
from koemorph.features.emotion import TOKEN_SIZE
from koemorph.features.listener import FEATURE_RATE, FEATURE_SIZE
from koemorph.files import SCRATCH
from koemorph.model import (
    ANALYSE_NAME,
    ANALYSIS_FPS,
    CELL_FRAMES,
    CONFIG_NAME,
    GRAPHS,
    GRID_FRAMES,
    LISTENER_NAME,
    RENDER_NAME,
    TOKEN_FRAMES,
    ModelConfig,
)
from koemorph.sessions import open_session
from koemorph.speech.symbols import classes

from ..network import KoeMorphNet

OPSET: Final = 18
LISTENER: Final = "Whisper base, encoder, the first {} layers (OpenAI, MIT)"
GRID_FEATURES: Final = GRID_FRAMES * FEATURE_RATE // ANALYSIS_FPS
TOLERANCE: Final = 1e-4
ANALYSE_INPUTS: Final = ("features", "inside", "emotion", "emotion_inside")
ANALYSE_OUTPUTS: Final = ("speech_latents", "emotion_latents", "phones")
RENDER_INPUTS: Final = ("speech_latents", "emotion_latents", "temperature")


def export_model(
    net: KoeMorphNet,
    listener: Path,
    folder: Path,
    *,
    name: str,
    trained: bool,
    heard_by: str = LISTENER.format("four"),
    licence: str = "MIT",
    version: str = "0",
) -> ModelConfig:
    """Export `net`, with the listener it was trained on, to `folder`; raises ValueError if a graph strays from torch.

    What lies in the folder is replaced only by a model that has been checked.
    """
    net = net.eval().cpu()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=SCRATCH) as scratch:
        shutil.copyfile(listener, Path(scratch) / LISTENER_NAME)
        facts = {"name": name, "trained": trained, "listener": heard_by, "licence": licence, "version": version}
        config = _write(net, Path(scratch), **facts)
        worst = largest_difference(net, Path(scratch))
        if worst > TOLERANCE:
            raise ValueError(f"The exported graphs differ from torch by {worst:.2g}, more than {TOLERANCE:g}.")
        for file in (*GRAPHS, CONFIG_NAME):
            (Path(scratch) / file).replace(folder / file)
    return config


def _write(net: KoeMorphNet, folder: Path, **facts: Any) -> ModelConfig:
    blocks = torch.export.Dim("blocks", min=2, max=4096)
    frames, tokens = GRID_FRAMES * blocks, GRID_FRAMES // TOKEN_FRAMES * blocks + 1
    features = GRID_FEATURES * blocks
    export_graph(
        net.analyser,
        analyse_example(4, seed=0),
        folder / ANALYSE_NAME,
        ANALYSE_INPUTS,
        ANALYSE_OUTPUTS,
        {"features": {1: features}, "inside": {1: frames}, "emotion": {1: tokens}, "emotion_inside": {1: tokens}},
    )
    length = torch.export.Dim("frames", min=2, max=1 << 20)
    export_graph(
        net.renderer,
        render_example(net, 50, seed=0),
        folder / RENDER_NAME,
        RENDER_INPUTS,
        ("curves",),
        {"speech": {1: length}, "emotion": {1: length}, "temperature": None},
    )
    network = net.config
    config = ModelConfig(
        **facts,
        shapes=arkit.SHAPES,
        phones=classes(),
        latent_rank=network.latent_rank,
        receptive_frames=network.receptive_frames,
        past_frames=network.past_cells * CELL_FRAMES,
        ahead_frames=(network.ahead_cells + 1) * CELL_FRAMES,
        emotion_tokens=network.emotion_reach,
        smoothing_seconds=net.smoothing.seconds(),
        opset=OPSET,
        parameters=net.parameter_count(),
        sha256={graph: hashlib.sha256((folder / graph).read_bytes()).hexdigest() for graph in GRAPHS},
    )
    (folder / CONFIG_NAME).write_text(config.to_json(), "utf-8")
    return config


def largest_difference(net: KoeMorphNet, folder: Path, *, lengths: int = 6, seed: int = 1) -> float:
    """The greatest difference between torch and ONNX Runtime over random lengths, inputs and temperatures."""
    sessions = {
        graph: open_session((folder / graph).read_bytes(), None, ("CPUExecutionProvider",))
        for graph in (ANALYSE_NAME, RENDER_NAME)
    }
    drawn, worst = random.Random(seed), 0.0
    for trial in range(lengths):
        analyse = analyse_example(drawn.randint(2, 20), seed=seed + trial)
        render = render_example(net, drawn.randint(2, 2000), seed=seed + trial)
        for graph, module, names, inputs in (
            (ANALYSE_NAME, net.analyser, ANALYSE_INPUTS, analyse),
            (RENDER_NAME, net.renderer, RENDER_INPUTS, render),
        ):
            feed = {name: tensor.numpy() for name, tensor in zip(names, inputs, strict=True)}
            got = sessions[graph].run(None, feed)
            with torch.no_grad():
                expected = module(*inputs)
            for ours, theirs in zip(got, expected if isinstance(expected, tuple) else (expected,), strict=True):
                worst = max(worst, float(np.abs(ours - theirs.numpy()).max()))
    return worst


def analyse_example(blocks: int, seed: int) -> tuple[torch.Tensor, ...]:
    """Inputs of the analyse graph: noise with a silent, masked beginning and end."""
    generator = torch.Generator().manual_seed(seed)
    frames, tokens = blocks * GRID_FRAMES, blocks * GRID_FRAMES // TOKEN_FRAMES + 1
    inside, tokens_inside = torch.ones(1, frames), torch.ones(1, tokens)
    inside[:, :20] = 0
    tokens_inside[:, :1] = 0
    return (
        torch.randn(1, blocks * GRID_FEATURES, FEATURE_SIZE, generator=generator),
        inside,
        torch.randn(1, tokens, TOKEN_SIZE, generator=generator),
        tokens_inside,
    )


def render_example(net: KoeMorphNet, frames: int, seed: int) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    size = len(arkit.SHAPES) * net.config.latent_rank
    speech, emotion = (torch.randn(1, frames, size, generator=generator) for _ in range(2))
    return speech, emotion, torch.rand(1, generator=generator) * 0.45 + 0.05


def export_graph(
    module: nn.Module,
    example: tuple[torch.Tensor, ...],
    path: Path,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    dynamic: dict[str, Any],
) -> None:
    """A module as an ONNX file, without what the exporter notes in it."""
    with tempfile.TemporaryDirectory() as scratch, _quiet():
        program = torch.onnx.export(
            module,
            example,
            dynamo=True,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes=dynamic,
            verbose=False,
        )
        assert program is not None
        raw = Path(scratch) / "graph.onnx"
        program.save(str(raw))
        graph = onnx.load(str(raw))
    strip(graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))


def strip(graph: onnx.ModelProto) -> None:
    """Remove what the exporter notes about source lines and machines: half a megabyte nobody reads."""
    graph.doc_string = ""
    del graph.metadata_props[:]
    for holder in (graph.graph, *graph.functions):
        holder.doc_string = ""
        del holder.metadata_props[:]
        for node in holder.node:
            node.doc_string = ""
            del node.metadata_props[:]
        for value in (*holder.value_info, *getattr(holder, "input", ()), *getattr(holder, "output", ())):
            if not isinstance(value, str):
                value.doc_string = ""
                del value.metadata_props[:]


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter logs and warns about operators of libraries that we do not use."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
