"""The audio-to-video net: convolutions hear, a transformer connects, transposed convolutions draw. And its ancestor.

Where the description of the net leaves a choice open, it is made here: each convolution is followed by batch norm
and then its bend; the transformer normalises before each of its halves, and once more at its end; the picture's
transposed convolutions have kernel 4, stride 2 and padding 1, which double a side exactly; the first convolution is
padded by 38, so that 48,000 samples leave 12,000, 3,000, 750 and 187 places.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from koemorph.audio import SAMPLE_RATE
from koemorph_flipbook.geometry import SIDE, WINDOW_FRAMES

COLOURS: Final = 3
FIRST_KERNEL: Final = 80
STRIDE: Final = 4
LONGEST: Final = 256
"""Places that have a position."""
_DARKEST: Final = 0.01
"""The usual face is kept this far from black and white, where a sigmoid has no slope."""
EMPHASIS: Final = 0.97
LEVEL_SPAN, LEVEL_STEP = 480, 80
"""Samples over which a level is taken, 30 ms, and from one to the next."""
LEVELLING: Final = 0.35
"""Of 40 dB between two sounds 12 are left."""
QUIETEST: Final = 1e-7
"""Power; what is below is not raised any more."""
SHARPNESS: Final = 4.0
"""Gain with which the first convolution's tones begin to meet their bend, so that it rectifies the weaker ones too."""
_LOWEST, _HIGHEST = 100.0, 7000.0
"""Hz; the first convolution begins as a filter bank over this range."""


@dataclass(frozen=True, kw_only=True)
class NetConfig:
    """Sizes, by default the described net's. The legacy net has no transformer and draws with `hidden` neurons."""

    encoder: tuple[int, ...] = (32, 64, 128, 256)
    layers: int = 4
    heads: int = 8
    feed_forward: int = 1024
    dropout: float = 0.1
    decoder: tuple[int, ...] = (128, 64, 32)
    legacy: bool = False
    hidden: int = 256

    @property
    def width(self) -> int:
        return self.encoder[-1]


LEGACY: Final = NetConfig(legacy=True)
TINY: Final = NetConfig(encoder=(4, 4, 8, 16), layers=1, heads=2, feed_forward=32, decoder=(8, 8, 4), hidden=8)
"""For tests."""


class AudioToVideoNet(nn.Module):
    """(B, 48000) samples at the reference level -> (B, 90, 3, 128, 128) of sRGB, 0 to 1."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        self.listener = Listener(config)
        self.painter = Painter(config)

    def forward(self, samples: Tensor) -> Tensor:
        heard = self.listener(samples)
        return self.painter(heard.flatten(0, 1)).unflatten(0, heard.shape[:2])


class Listener(nn.Module):
    """(B, 48000) samples -> (B, 90, width): what each picture will show."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        bend = nn.ReLU if config.legacy else nn.GELU
        layers: list[nn.Module] = []
        for number, (inside, outside) in enumerate(pairwise((1, *config.encoder))):
            kernel = STRIDE if number else FIRST_KERNEL
            padding = 0 if number else (FIRST_KERNEL - STRIDE) // 2
            norm = nn.BatchNorm1d(outside)
            nn.init.constant_(norm.weight, 1.0 if number else SHARPNESS)
            layers += [nn.Conv1d(inside, outside, kernel, STRIDE, padding), norm, bend()]
        self.encoder = nn.Sequential(*layers)
        _as_filter_bank(self.encoder)
        self.context = None if config.legacy else Context(config)

    def forward(self, samples: Tensor) -> Tensor:
        encoded = self.encoder(levelled(samples)[:, None])
        heard = functional.interpolate(encoded, size=WINDOW_FRAMES, mode="linear").transpose(1, 2)
        return heard if self.context is None else heard + self.context(heard)


def levelled(samples: Tensor) -> Tensor:
    """High tones raised and quiet moments brought nearer to loud ones, as ears do: s, m and a as much alike in size.

    Batch norm would leave the quiet ones so small that the GELU behind it hardly bends them.
    """
    raised = samples - EMPHASIS * functional.pad(samples[:, :-1], (1, 0))
    power = functional.avg_pool1d(raised[:, None].square(), LEVEL_SPAN, LEVEL_STEP, (LEVEL_SPAN - LEVEL_STEP) // 2)
    level = functional.interpolate(power, scale_factor=float(LEVEL_STEP), mode="linear")[:, 0]
    return raised * (level + QUIETEST) ** -LEVELLING


class Context(nn.Module):
    """The transformer: every place hears of all others."""

    positions: Tensor

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.register_buffer("positions", _sinusoids(LONGEST, config.width), persistent=False)
        layer = nn.TransformerEncoderLayer(
            config.width, config.heads, config.feed_forward, config.dropout, "gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(
            layer, config.layers, nn.LayerNorm(config.width), enable_nested_tensor=False
        )

    def forward(self, heard: Tensor) -> Tensor:
        return self.layers(heard + self.positions[: heard.shape[1]])


class Painter(nn.Module):
    """(N, width) -> (N, 3, 128, 128): what is added to the usual face, in logits, then the sigmoid."""

    usual: Tensor

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.canvas = _dense(config) if config.legacy else _convolutions(config)
        self.register_buffer("usual", torch.zeros(COLOURS, SIDE, SIDE))

    def forward(self, heard: Tensor) -> Tensor:
        return torch.sigmoid(self.canvas(heard) + self.usual)

    def begin_with(self, picture: Tensor) -> None:
        """(3, 128, 128), 0 to 1: what is drawn before anything is learned, up to noise."""
        self.usual.copy_(torch.logit(picture, eps=_DARKEST))


def _convolutions(config: NetConfig) -> nn.Sequential:
    seed = SIDE >> (len(config.decoder) + 1)
    layers: list[nn.Module] = [
        nn.Linear(config.width, config.width * seed * seed),
        nn.Unflatten(1, (config.width, seed, seed)),
    ]
    for inside, outside in pairwise((config.width, *config.decoder)):
        layers += [nn.ConvTranspose2d(inside, outside, 4, 2, 1), nn.BatchNorm2d(outside), nn.GELU()]
    return nn.Sequential(*layers, nn.ConvTranspose2d(config.decoder[-1], COLOURS, 4, 2, 1))


def _dense(config: NetConfig) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(config.width, config.hidden),
        nn.ReLU(),
        nn.Linear(config.hidden, COLOURS * SIDE * SIDE),
        nn.Unflatten(1, (COLOURS, SIDE, SIDE)),
    )


def _sinusoids(length: int, width: int) -> Tensor:
    """(length, width): sines in even columns, cosines in odd ones, from fast to slow."""
    angles = torch.arange(length)[:, None] * torch.exp(torch.arange(0, width, 2) * (-math.log(1e4) / width))
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)


@torch.no_grad()
def _as_filter_bank(encoder: nn.Sequential) -> None:
    """Begin with windowed tones, evenly spaced in mel, whose loudness the later convolutions hand on as its mean.

    Half of the later channels do that, the others are drawn: training finds there what a filter bank lacks.
    """
    first, *later = (layer for layer in encoder if isinstance(layer, nn.Conv1d))
    time = (torch.arange(FIRST_KERNEL) - (FIRST_KERNEL - 1) / 2) / SAMPLE_RATE
    window = torch.hann_window(FIRST_KERNEL, periodic=False)
    low, high = (2595 * math.log10(1 + edge / 700) for edge in (_LOWEST, _HIGHEST))
    mel = torch.linspace(low, high, first.out_channels)
    bank = torch.cos(2 * math.pi * 700 * (10 ** (mel / 2595) - 1)[:, None] * time) * window
    first.weight.copy_((bank / bank.norm(dim=1, keepdim=True))[:, None])
    for layer in later:
        kept = torch.arange(min(layer.in_channels, layer.out_channels))
        layer.weight[kept] = 0.0
        layer.weight[kept, kept] = 1 / STRIDE


def parameter_counts(net: AudioToVideoNet) -> Iterator[tuple[str, int]]:
    """What each part really has, buffers and statistics not counted."""
    parts = {
        "audio encoder": net.listener.encoder,
        "transformer": net.listener.context,
        "spatial projection" if not net.config.legacy else "hidden layer": net.painter.canvas[0],
        "picture decoder": net.painter.canvas[1:],
    }
    for name, part in parts.items():
        if part is not None:
            yield name, sum(parameter.numel() for parameter in part.parameters())
    yield "in all", sum(parameter.numel() for parameter in net.parameters())
