"""The first layers of Whisper base's encoder (Radford et al. 2022; OpenAI's weights, MIT) in torch.

Two convolutions, sinusoidal positions, then layers of pre-norm attention (8 heads, keys without bias) and feed-forward
of four times the width. Weights come from an .npz by the names of CTranslate2's Whisper specification.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from koemorph.errors import ModelError
from koemorph.features.listener import CELL, FEATURE_SIZE

HEADS: Final = 8
BANDS: Final = 80


class Layer(nn.Module):
    """(B, T, width) -> the same."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.before_attention = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.before_feed = nn.LayerNorm(width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, count, width = x.shape
        parts = self.queries_keys_values(self.before_attention(x)).reshape(batch, count, 3, HEADS, width // HEADS)
        query, key, value = (parts[:, :, i].transpose(1, 2) for i in range(3))
        weights = torch.softmax(query @ key.transpose(2, 3) * (width // HEADS) ** -0.5, dim=-1)
        x = x + self.attended((weights @ value).transpose(1, 2).reshape(batch, count, width))
        fed: Tensor = self.narrow(gelu(self.widen(self.before_feed(x))))
        return x + fed


class Listener(nn.Module):
    """Mel (B, 80, 2 T) -> features (B, T, 512) and tones (B, T / 25, 1024) of the layer `tone_layer`."""

    positions: Tensor

    def __init__(
        self, layers: int = 4, tone_layer: int = 2, *, hidden: int = FEATURE_SIZE, longest: int = 1500
    ) -> None:
        super().__init__()
        self.tone_layer = min(tone_layer, layers)
        self.first = nn.Conv1d(BANDS, hidden, 3, padding=1)
        self.second = nn.Conv1d(hidden, FEATURE_SIZE, 3, padding=1, stride=2)
        self.register_buffer("positions", torch.zeros(longest, FEATURE_SIZE))
        self.layers = nn.ModuleList(Layer(FEATURE_SIZE) for _ in range(layers))

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        x = gelu(self.second(gelu(self.first(mel)))).transpose(1, 2)
        x = x + self.positions[: x.shape[1]]
        tone = x
        for number, layer in enumerate(self.layers, 1):
            x = layer(x)
            if number == self.tone_layer:
                tone = x
        cells = tone.unflatten(1, (-1, CELL))
        return x, torch.cat([cells.mean(dim=2), cells.square().mean(dim=2)], dim=2)


def load_listener(weights: Path, layers: int = 4, tone_layer: int = 2) -> Listener:
    """The encoder with OpenAI's weights from the converted .npz."""
    listener = Listener(layers, tone_layer)
    try:
        with np.load(weights, allow_pickle=False) as stored:
            arrays = {name: torch.from_numpy(stored[name].astype(np.float32)) for name in stored.files}
        state = {"positions": arrays["encoder/position_encodings/encodings"]}
        for ours, theirs in (("first", "conv1"), ("second", "conv2")):
            state |= {f"{ours}.{kind}": arrays[f"encoder/{theirs}/{kind}"] for kind in ("weight", "bias")}
        for number in range(layers):
            for ours, theirs, kinds in (
                ("before_attention", "self_attention/layer_norm", ("gamma", "beta")),
                ("queries_keys_values", "self_attention/linear_0", ("weight", "bias")),
                ("attended", "self_attention/linear_1", ("weight", "bias")),
                ("before_feed", "ffn/layer_norm", ("gamma", "beta")),
                ("widen", "ffn/linear_0", ("weight", "bias")),
                ("narrow", "ffn/linear_1", ("weight", "bias")),
            ):
                for kind, name in zip(("weight", "bias"), kinds, strict=True):
                    state[f"layers.{number}.{ours}.{kind}"] = arrays[f"encoder/layer_{number}/{theirs}/{name}"]
        listener.load_state_dict(state)
    except (OSError, KeyError, ValueError, RuntimeError) as err:
        raise ModelError(f"{weights} does not hold the listener's first {layers} layers ({err}).") from err
    return listener.eval()
