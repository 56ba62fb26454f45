"""The phone head: which class sounds at each fiftieth of a second, and whether a phone begins there.

Two convolutions on the listener's features. The same head finds phones in the product (it is a part of the analysis
graph) and aligns the training material.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from koemorph.errors import ModelError
from koemorph.features.listener import FEATURE_RATE, FEATURE_SIZE, Hear
from koemorph.speech.symbols import classes
from koemorph.timing import SAMPLE_RATE

from ..listener import hear, open_listener

FRAMES_PER_SECOND: Final = 100
"""What alignment counts in: its frame n is centred on (n + 1/2) / 100 s."""
EDGE_LOSS: Final = 0.5


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


class PhoneHead(nn.Module):
    """Features (B, T, 512) at 50 Hz -> class logits (B, T, 68) and a boundary logit (B, T); hears 60 ms around."""

    def __init__(self, width: int = 256) -> None:
        super().__init__()
        self.width = width
        self.standardise = Standardise(FEATURE_SIZE)
        self.first = nn.Conv1d(FEATURE_SIZE, width, 5, padding=2)
        self.last = nn.Conv1d(width, len(classes()) + 1, 3, padding=1)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        x = self.first(self.standardise(features).transpose(1, 2))
        out = self.last(nn.functional.gelu(x)).transpose(1, 2)
        return out[..., :-1], out[..., -1]


@dataclass(frozen=True)
class Aligner:
    """What alignment needs: ears, the head, each class's prior, and its log-normal durations (frames of 100 Hz)."""

    listener: Path
    head: PhoneHead
    priors: NDArray[np.float64]
    log_mean: NDArray[np.float64]
    log_sd: NDArray[np.float64]

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(
            {
                "classes": "|".join(classes()),
                "width": self.head.width,
                "head": self.head.state_dict(),
                "priors": torch.from_numpy(self.priors),
                "log_mean": torch.from_numpy(self.log_mean),
                "log_sd": torch.from_numpy(self.log_sd),
            },
            path,
        )

    @staticmethod
    def load(path: Path, listener: Path) -> Aligner:
        try:
            stored: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        except (UnpicklingError, RuntimeError, EOFError) as err:
            raise ModelError(f"{path} is no aligner, or it is damaged.") from err
        if stored.get("classes") != "|".join(classes()) or "head" not in stored:
            raise ModelError(f"{path} was trained with other phone classes or ears; train the aligner again.")
        head = PhoneHead(stored["width"])
        head.load_state_dict(stored["head"])
        return Aligner(listener, head.eval(), *(stored[name].numpy() for name in ("priors", "log_mean", "log_sd")))

    def listen(self, samples: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """16 kHz sound at the reference level -> class probabilities (frames, classes), boundary probability (frames,).

        Frames are alignment's, read between the features.
        """
        found = hear(samples, _ears(self.listener)).features.astype(np.float32)
        with torch.inference_mode():
            logits, edge = self.head(torch.from_numpy(found)[None])
            scores = torch.cat([logits[0].log_softmax(-1), edge[0, :, None]], dim=1).double().numpy()
        count = max(1, len(samples) * FRAMES_PER_SECOND // SAMPLE_RATE)
        place = np.clip((np.arange(count) + 0.5) * FEATURE_RATE / FRAMES_PER_SECOND, 0, len(scores) - 1)
        low = np.minimum(place.astype(int), len(scores) - 2) if len(scores) > 1 else np.zeros(count, int)
        part = (place - low)[:, None]
        between = scores[low] * (1 - part) + scores[np.minimum(low + 1, len(scores) - 1)] * part
        likely = np.exp(between[:, :-1])
        return likely / likely.sum(axis=1, keepdims=True), 1 / (1 + np.exp(-between[:, -1]))


@cache
def _ears(listener: Path) -> Hear:
    return open_listener(listener)
