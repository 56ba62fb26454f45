"""Smoothing whose amount is learned, kept as a time so that 30 and 60 fps look the same."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from koemorph import arkit

START_SECONDS = 0.01
TAPS = 24


class LearnedSmoothing(nn.Module):
    """A two-sided exponential of time constant tau per half of the face; its alpha is 1 - exp(-1 / (tau fps)).

    The same kernel as the runtime's zero-phase smoothing, differentiable in tau.
    """

    lower: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.log_seconds = nn.Parameter(torch.full((2,), math.log(START_SECONDS)))
        lower = torch.tensor([name in arkit.LOWER_FACE for name in arkit.SHAPES])
        self.register_buffer("lower", lower, persistent=False)

    def seconds(self) -> dict[str, float]:
        lower, upper = torch.exp(self.log_seconds).tolist()
        return {"lower_face": round(lower, 5), "upper_face": round(upper, 5)}

    def alpha(self, fps: float) -> Tensor:
        """(2,): the documents' smoothing parameter at a frame rate, for lower and upper face."""
        return 1.0 - torch.exp(-1.0 / (torch.exp(self.log_seconds) * fps))

    def forward(self, curves: Tensor, fps: float) -> Tensor:
        """(B, T, 52) smoothed along time without lag."""
        lag = torch.arange(-TAPS, TAPS + 1, device=curves.device).abs()
        kernels = torch.exp(-lag[None] / (torch.exp(self.log_seconds)[:, None] * fps))
        kernels = kernels / kernels.sum(dim=1, keepdim=True)
        per_shape = torch.where(self.lower[:, None], kernels[0], kernels[1])[:, None]
        padded = torch.nn.functional.pad(curves.transpose(1, 2), (TAPS, TAPS), mode="replicate")
        return torch.nn.functional.conv1d(padded, per_shape, groups=per_shape.shape[0]).transpose(1, 2)
