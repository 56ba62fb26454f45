"""Weights of the encoder from a file: ours, or the `audio_visual_encoder.pth` that a user already has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import numpy_helper
from torch import Tensor, nn

from ..errors import DataError
from .network import AudioEncoder

PREFIX: Final = "audio_encoder."
_WRAPPINGS: Final = ("state_dict", "model", "model_state_dict", "weights")
"""Keys under which trainers put the weights into a greater dictionary."""
_BEFORE: Final = ("module.", "model.")
"""What wrappers put before every name."""
_COUNTERS: Final = ".num_batches_tracked"
"""Of no use but in training; older files lack it."""


def load_encoder(path: Path) -> AudioEncoder:
    """The encoder with the weights of a .pth or .pt file, or of an exported graph; nothing in it is ever executed."""
    if path.suffix.lower() == ".onnx":
        return _from_graph(path)
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, ValueError, EOFError, KeyError, TypeError) as err:
        raise DataError(
            f"{path} cannot be read as plain weights ({_short(err)}); if it comes from someone you trust, save its "
            "state_dict() alone with torch.save."
        ) from err
    encoder = AudioEncoder()
    weights = _named_as_ours(_weights_in(stored, path))
    wanted = encoder.state_dict()
    missing = [name for name in wanted if name not in weights and not name.endswith(_COUNTERS)]
    if missing:
        raise DataError(
            f"{path} is not an audio encoder of this kind: {len(missing)} of {len(wanted)} parameters are missing, "
            f"the first is {missing[0]}; give an audio_visual_encoder.pth."
        )
    for name, value in weights.items():
        if name in wanted and value.shape != wanted[name].shape:
            raise DataError(
                f"{path} is not an audio encoder of this kind: {name} is {tuple(value.shape)} instead of "
                f"{tuple(wanted[name].shape)}; give an audio_visual_encoder.pth."
            )
    encoder.load_state_dict({name: value for name, value in weights.items() if name in wanted}, strict=False)
    if not all(bool(torch.isfinite(value).all()) for value in encoder.state_dict().values()):
        raise DataError(f"{path} holds weights that are not finite; the file is damaged.")
    return encoder.eval()


def save_encoder(path: Path, encoder: AudioEncoder) -> None:
    """As the public's files are: the names without prefix, so that others' code loads it as well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    torch.save({name.removeprefix(PREFIX): value for name, value in encoder.state_dict().items()}, partial)
    partial.replace(path)


def _from_graph(path: Path) -> AudioEncoder:
    """What 'export-ave' wrote: the batch norms are part of the convolutions there, so here they do nothing."""
    try:
        graph = onnx.load(str(path)).graph
    except (DecodeError, ValueError) as err:
        raise DataError(f"{path} cannot be read as an ONNX file ({_short(err)}).") from err
    kept = {tensor.name.removesuffix("_float16"): numpy_helper.to_array(tensor) for tensor in graph.initializer}
    encoder = AudioEncoder().eval()
    with torch.no_grad():
        for name, parameter in encoder.named_parameters():
            if ".conv_block.0." in name:
                values = kept.get(name, np.empty(0))
                if values.shape != parameter.shape:
                    raise DataError(f"{path} is not an audio encoder that 'koemorph-models export-ave' wrote.")
                parameter.copy_(torch.from_numpy(values.astype(np.float32)))
        for module in encoder.modules():
            if isinstance(module, nn.BatchNorm2d):
                assert module.running_var is not None
                module.running_var.fill_(1 - module.eps)
    return encoder


def _weights_in(stored: Any, path: Path) -> Mapping[str, Tensor]:
    if isinstance(stored, Mapping):
        for key in _WRAPPINGS:
            if isinstance(stored.get(key), Mapping):
                stored = stored[key]
        weights = {name: value for name, value in stored.items() if isinstance(name, str) and isinstance(value, Tensor)}
        if weights:
            return weights
    raise DataError(f"{path} holds no weights by name; give an audio_visual_encoder.pth.")


def _named_as_ours(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """With our prefix, whatever stood before; a file may also hold a face encoder, which is left out later."""
    named = {}
    for stored, value in weights.items():
        name = stored
        for before in _BEFORE:
            name = name.removeprefix(before)
        named[PREFIX + name if name[:1].isdigit() else name] = value
    return named


def _short(err: Exception) -> str:
    return " ".join(str(err).split())[:120].rstrip(".")
