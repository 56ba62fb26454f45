"""The two streams: what is being said (mel) and how (emotion), each as latents per shape and frame."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from koemorph.features.emotion import TOKEN_SIZE
from koemorph.features.mel import FLOOR_DB, SPEECH_SIZE
from koemorph.model import CELL_FRAMES, TOKEN_FRAMES

from .attention import Readout, SlidingAttention, spread
from .config import NetworkConfig


class Standardise(nn.Module):
    """Features to zero mean and unit spread, by statistics of the training set that travel with the weights."""

    mean: Tensor
    scale: Tensor

    def __init__(self, size: int, mean: float = 0.0, scale: float = 1.0) -> None:
        super().__init__()
        self.register_buffer("mean", torch.full((size,), mean))
        self.register_buffer("scale", torch.full((size,), scale))

    def forward(self, features: Tensor) -> Tensor:
        return ((features - self.mean) / self.scale).clamp(-8.0, 8.0)


class ConvBlock(nn.Module):
    """Residual: three taps `dilation` frames apart."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.relu(self.norm(self.conv(x)))


class SpeechStream(nn.Module):
    """Mel stream: an encoder of the neighbourhood, then attention over 8.5 s of context and three detail frames.

    The long context is kept in cells (means of eight frames) and says whose voice and which room this is;
    the detail frames t-1, t, t+1 say what the lips do now. One softmax runs over both.
    """

    def __init__(self, config: NetworkConfig, shapes: int) -> None:
        super().__init__()
        width, rank = config.width, config.latent_rank
        self.rank, self.shapes = rank, shapes
        self.standardise = Standardise(SPEECH_SIZE, mean=FLOOR_DB / 2, scale=-FLOOR_DB / 4)
        self.enter = nn.Conv1d(SPEECH_SIZE, width, 1)
        self.blocks = nn.Sequential(*(ConvBlock(width, dilation) for dilation in config.dilations))
        self.context = SlidingAttention(width, config.heads, shapes, rank, config.past_cells, config.ahead_cells)
        self.detail = Readout(width, config.heads, shapes, rank)
        self.detail_position = nn.Parameter(torch.tensor([0.0, 2.0, 0.0]).repeat(config.heads, 1))

    def encode(self, speech: Tensor) -> Tensor:
        """(B, T, features) -> (B, W, T)."""
        encoded: Tensor = self.blocks(torch.relu(self.enter(self.standardise(speech).transpose(1, 2))))
        return encoded

    def forward(self, speech: Tensor, inside: Tensor, queries: Tensor) -> Tensor:
        """speech (B, T, features), inside (B, T) of 0 and 1 -> latents (B, T, S x r)."""
        return self.attend(self.encode(speech), inside, queries)

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
