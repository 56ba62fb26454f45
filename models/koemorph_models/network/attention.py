"""Cross-attention of 52 constant queries over sliding windows, for a whole sequence at once.

Because the queries do not depend on time, a key's score is the same in every window that holds it, and a
window's attention is a ratio of two sliding sums, of exp(score) x value and of exp(score), each weighted by
a learned bias of the relative position. The sums for all windows are one grouped convolution, so a clip costs
little more than a window. Values are read out per shape (rank r) before they are summed, which is the same
by linearity and keeps the sums small.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

SCORE_LIMIT = 8.0


class Readout(nn.Module):
    """Keys and values of tokens: exp(score) for each (shape, head), and the value each shape reads there."""

    def __init__(self, width: int, heads: int, shapes: int, rank: int) -> None:
        super().__init__()
        self.heads, self.shapes, self.rank = heads, shapes, rank
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.read = nn.Parameter(torch.randn(shapes, rank, width) * width**-0.5)

    def forward(self, tokens: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
        """tokens (B, W, N), queries (shapes, W) -> weights (B, S, H, N), values (B, S x r, H, N)."""
        width = tokens.shape[1]
        per_head = width // self.heads
        query = queries.reshape(self.shapes, self.heads, per_head)
        key = self.key.weight.reshape(self.heads, per_head, width)
        scale = per_head**-0.5
        to_score = torch.einsum("shp,hpw->shw", query, key).reshape(-1, width) * scale
        score_bias = torch.einsum("shp,hp->sh", query, self.key.bias.reshape(self.heads, per_head)).reshape(-1) * scale
        read = self.read.reshape(self.shapes, self.rank, self.heads, per_head)
        value = self.value.weight.reshape(self.heads, per_head, width)
        to_value = torch.einsum("srhp,hpw->srhw", read, value).reshape(-1, width)
        value_bias = torch.einsum("srhp,hp->srh", read, self.value.bias.reshape(self.heads, per_head)).reshape(-1)

        projected = torch.nn.functional.conv1d(
            tokens, torch.cat([to_score, to_value])[:, :, None], torch.cat([score_bias, value_bias])
        )
        count = self.heads * self.shapes
        scores = SCORE_LIMIT * torch.tanh(projected[:, :count] / SCORE_LIMIT)
        weights = torch.exp(scores).unflatten(1, (self.shapes, self.heads))
        values = projected[:, count:].unflatten(1, (self.shapes * self.rank, self.heads))
        return weights, values


class SlidingAttention(nn.Module):
    """The two sliding sums over windows that reach `past` tokens back and `ahead` tokens forward."""

    def __init__(self, width: int, heads: int, shapes: int, rank: int, past: int, ahead: int) -> None:
        super().__init__()
        self.past, self.ahead, self.rank = past, ahead, rank
        self.readout = Readout(width, heads, shapes, rank)
        self.position = nn.Parameter(torch.zeros(heads, past + ahead + 1))

    def forward(self, tokens: Tensor, inside: Tensor, queries: Tensor) -> Tensor:
        """tokens (B, W, N), inside (B, N) -> numerators, then denominators, (B, S x r + S, H, N); see `blend`."""
        weights, values = self.readout(tokens, queries)
        weights = weights * inside[:, None, None, :]
        terms = torch.cat([spread(weights, self.rank) * values, weights], dim=1)
        return slide(terms, torch.exp(self.position), past=self.past, ahead=self.ahead)


def slide(terms: Tensor, bias: Tensor, *, past: int, ahead: int) -> Tensor:
    """Sums of terms (B, C, H, N) over windows, each token weighted by its head's bias (H, past + ahead + 1)."""
    padded = torch.nn.functional.pad(terms.flatten(0, 1), (past, ahead))
    return torch.nn.functional.conv1d(padded, bias[:, None], groups=len(bias)).reshape(terms.shape)


def blend(sums: Tensor, rank: int, least: float = 0.0) -> Tensor:
    """What the windows say: numerators over denominators (at least `least`) of `sums`, over all heads (B, S x r, N)."""
    values = sums.shape[1] * rank // (rank + 1)
    return (sums[:, :values] / spread(sums[:, values:].clamp(min=least), rank)).sum(dim=2)


def spread(weights: Tensor, rank: int) -> Tensor:
    """(B, S, H, N) -> (B, S x rank, H, N): the same weight for each value a shape reads."""
    return weights.repeat_interleave(rank, dim=1)
