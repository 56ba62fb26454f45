"""The two streams: what is being said (mel) and how (emotion), each as latents per shape and frame."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from koemorph.features.emotion import TOKEN_SIZE
from koemorph.features.listener import FEATURE_SIZE
from koemorph.model import CELL_FRAMES, TOKEN_FRAMES
from koemorph.speech.symbols import classes

from ..speech.classifier import Standardise
from .attention import Readout, SlidingAttention, blend, slide, spread
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
        context = per_frame(self.context(cells, cells_inside, queries))
        weights, values = self.detail(encoded, queries)
        terms = torch.cat([spread(weights, self.rank) * values, weights], dim=1)
        sums = context + slide(terms, torch.exp(self.detail_position), past=1, ahead=1)
        return blend(sums, self.rank).transpose(1, 2)


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
    """Linear from cell centres to frames, (B, C, H, N) -> (B, C, H, 8 N).

    Between two neighbouring centres lie eight frames; the cells at either end go on as they are.
    """
    after = (torch.arange(CELL_FRAMES, dtype=cells.dtype, device=cells.device) + 0.5) / CELL_FRAMES
    held = torch.cat([cells[..., :1], cells, cells[..., -1:]], dim=3)
    neighbours = torch.stack([held[..., :-1], held[..., 1:]], dim=4)
    frames = (neighbours @ torch.stack([1 - after, after])).flatten(3, 4)
    return frames[..., CELL_FRAMES // 2 : -(CELL_FRAMES // 2)]


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
        latents = blend(self.attention(compressed, inside, queries), self.rank, least=1e-6).transpose(1, 2)
        toward_next = (torch.arange(TOKEN_FRAMES, dtype=latents.dtype, device=latents.device) / TOKEN_FRAMES)[:, None]
        here, following = latents[:, :-1, None], latents[:, 1:, None]
        return (here + (following - here) * toward_next).flatten(1, 2)
