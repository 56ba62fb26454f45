"""The encoder of SyncTalk_2D and its relatives: 0.2 s of mels to 512 numbers, in thirteen convolutions.

Parameters are named as in the checkpoints that the public has (`audio_encoder.0.conv_block.0.weight`...).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One convolution with batch norm and ReLU; it adds its input where the sizes allow."""

    inward: int
    outward: int
    kernel: int = 3
    stride: tuple[int, int] = (1, 1)
    padding: int = 1
    residual: bool = False


def _again(width: int) -> Layer:
    return Layer(inward=width, outward=width, residual=True)


LAYERS: Final = (
    Layer(inward=1, outward=32),
    *(_again(32), _again(32)),
    Layer(inward=32, outward=64, stride=(3, 1)),
    *(_again(64), _again(64)),
    Layer(inward=64, outward=128, stride=(3, 3)),
    *(_again(128), _again(128)),
    Layer(inward=128, outward=256, stride=(3, 2)),
    _again(256),
    Layer(inward=256, outward=512, padding=0),
    Layer(inward=512, outward=512, kernel=1, padding=0),
)
"""(80, 16) -> (27, 16) -> (9, 6) -> (3, 3) -> (1, 1)"""


class Block(nn.Module):
    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.residual = layer.residual
        self.conv_block = nn.Sequential(
            nn.Conv2d(layer.inward, layer.outward, layer.kernel, layer.stride, layer.padding),
            nn.BatchNorm2d(layer.outward),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv_block(x)
        return torch.relu(y + x if self.residual else y)


class AudioEncoder(nn.Module):
    """(n, 1, 80, 16) normalised mels -> (n, 512) features, none below 0."""

    def __init__(self) -> None:
        super().__init__()
        self.audio_encoder = nn.Sequential(*(Block(layer) for layer in LAYERS))

    def forward(self, mel: Tensor) -> Tensor:
        return torch.flatten(self.audio_encoder(mel), 1)

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())
