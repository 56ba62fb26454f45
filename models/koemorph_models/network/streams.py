"""The two streams: what is being said (mel) and how (emotion), each as latents per shape and frame."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from koemorph.features.emotion import TOKEN_SIZE
from koemorph.features.listener import FEATURE_SIZE
from koemorph.model import CELL_FRAMES, TOKEN_FRAMES
from koemorph.speech.symbols import classes

from ..speech.classifier import Standardise
from .attention import Readout, SlidingAttention, spread
from .config import NetworkConfig


class ConvBlock(nn.Module):
    """Residual: three taps `dilation` frames apart."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.relu(self.norm(self.conv(x)))


class SpeechStream(nn.Module):
    """Mel stream: what the listener heard and which phones it tells, then attention over 8.5 s and three detail frames.

    The long context is kept in cells (means of eight frames) and says whose voice and which room this is;
    the detail frames t-1, t, t+1 say what the lips do now. One softmax runs over both.
    """

    def __init__(self, config: NetworkConfig, shapes: int) -> None:
        super().__init__()
        width, rank = config.width, config.latent_rank
        self.rank, self.shapes = rank, shapes
        self.standardise = Standardise(FEATURE_SIZE)
        self.enter = nn.Conv1d(FEATURE_SIZE, width, 1)
        self.told = nn.Conv1d(len(classes()), width, 1, bias=False)
        self.blocks = nn.Sequential(*(ConvBlock(width, dilation) for dilation in config.dilations))
        self.context = SlidingAttention(width, config.heads, shapes, rank, config.past_cells, config.ahead_cells)
        self.detail = Readout(width, config.heads, shapes, rank)
        self.detail_position = nn.Parameter(torch.tensor([0.0, 2.0, 0.0]).repeat(config.heads, 1))

    def encode(self, features: Tensor, phones: Tensor) -> Tensor:
        """(B, T50, 512) and (B, T50, classes) at 50 Hz -> (B, W, T) at 60 Hz."""
        entered = self.enter(self.standardise(features).transpose(1, 2)) + self.told(phones.transpose(1, 2))
        return at_sixty(self.blocks(torch.relu(entered)))

    def forward(self, features: Tensor, phones: Tensor, inside: Tensor, queries: Tensor) -> Tensor:
        """Features, phone probabilities, inside (B, T) of 0 and 1 -> latents (B, T, S x r)."""
        return self.attend(self.encode(features, phones), inside, queries)

    def attend(self, encoded: Tensor, inside: Tensor, queries: Tensor) -> Tensor:
        """encoded (B, W, T) -> latents (B, T, S x r)."""
        cells = torch.nn.functional.avg_pool1d(encoded, CELL_FRAMES)
        cells_inside = torch.nn.functional.max_pool1d(inside[:, None], CELL_FRAMES)[:, 0]
        numerator, denominator = (per_frame(x) for x in self.context(cells, cells_inside, queries))
        weights, values = self.detail(encoded, queries)
        bias = torch.exp(self.detail_position)
        padded_weights = torch.nn.functional.pad(weights, (1, 1))
        padded_values = torch.nn.functional.pad(spread(weights, self.rank) * values, (1, 1))
        frames = encoded.shape[2]
        for tap in range(3):
            tap_bias = bias[:, tap][None, :, None, None]
            numerator = numerator + tap_bias * padded_values[..., tap : tap + frames]
            denominator = denominator + tap_bias * padded_weights[..., tap : tap + frames]
        latents = (numerator / spread(denominator, self.rank)).sum(dim=1)
        return latents.transpose(1, 2)


def at_sixty(features: Tensor) -> Tensor:
    """(B, W, 5 n) at 50 Hz -> (B, W, 6 n) at 60 Hz: frame 6 k + j lies 5 j / 6 features after feature 5 k."""
    following = torch.cat([features[..., 1:], features[..., -1:]], dim=2)
    five, after = features.unflatten(2, (-1, 5)), following.unflatten(2, (-1, 5))
    frames = []
    for j in range(6):
        whole, part = divmod(5 * j, 6)
        frames.append(five[..., whole] * (1 - part / 6) + after[..., whole] * (part / 6))
    return torch.stack(frames, dim=3).flatten(2, 3)


def per_frame(cells: Tensor) -> Tensor:
    """Linear from cell centres to frames, (B, H, C, N) -> (B, H, C, 8 N)."""
    batch, heads, channels, count = cells.shape
    flat = torch.nn.functional.interpolate(
        cells.reshape(batch, heads * channels, count), scale_factor=float(CELL_FRAMES), mode="linear"
    )
    return flat.reshape(batch, heads, channels, count * CELL_FRAMES)


class EmotionStream(nn.Module):
    """Emotion stream: three 20 s windows compressed to one token every 0.3 s, attended over the tokens around."""

    def __init__(self, config: NetworkConfig, shapes: int) -> None:
        super().__init__()
        reach = config.emotion_reach
        self.rank = config.latent_rank
        self.standardise = Standardise(TOKEN_SIZE)
        self.compress = nn.Linear(TOKEN_SIZE, config.width)
        self.attention = SlidingAttention(config.width, config.heads, shapes, config.latent_rank, reach, reach)

    def forward(self, tokens: Tensor, inside: Tensor, queries: Tensor) -> Tensor:
        """tokens (B, G, 264) at every 18th frame, inside (B, G) -> latents (B, 18 (G - 1), S x r)."""
        compressed = torch.relu(self.compress(self.standardise(tokens))).transpose(1, 2)
        numerator, denominator = self.attention(compressed, inside, queries)
        latents = (numerator / spread(denominator, self.rank).clamp(min=1e-6)).sum(dim=1).transpose(1, 2)
        toward_next = (torch.arange(TOKEN_FRAMES, dtype=latents.dtype, device=latents.device) / TOKEN_FRAMES)[:, None]
        here, following = latents[:, :-1, None], latents[:, 1:, None]
        return (here + (following - here) * toward_next).flatten(1, 2)
