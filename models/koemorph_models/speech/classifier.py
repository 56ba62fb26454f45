"""The frame classifier: which class sounds in each hundredth of a second, and whether a phone begins there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from koemorph.errors import ModelError
from koemorph.speech.symbols import classes

from .sound import BANDS


@dataclass(frozen=True)
class Aligner:
    """What alignment needs: the net, each class's prior, and its log-normal durations (frames)."""

    net: FrameNet
    priors: NDArray[np.float64]
    log_mean: NDArray[np.float64]
    log_sd: NDArray[np.float64]

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(
            {
                "classes": "|".join(classes()),
                "width": self.net.width,
                "net": self.net.state_dict(),
                "priors": torch.from_numpy(self.priors),
                "log_mean": torch.from_numpy(self.log_mean),
                "log_sd": torch.from_numpy(self.log_sd),
            },
            path,
        )

    @staticmethod
    def load(path: Path) -> Aligner:
        try:
            stored: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        except (UnpicklingError, RuntimeError, EOFError) as err:
            raise ModelError(f"{path} is no aligner, or it is damaged.") from err
        if stored.get("classes") != "|".join(classes()):
            raise ModelError(f"{path} was trained with other phone classes; train the aligner again.")
        net = FrameNet(stored["width"])
        net.load_state_dict(stored["net"])
        net.eval()
        return Aligner(net, *(stored[name].numpy() for name in ("priors", "log_mean", "log_sd")))


class FrameNet(nn.Module):
    """Log-mels (batch, frames, 40) -> class logits and a boundary logit; hears about 0.17 s to both sides."""

    def __init__(self, width: int = 176) -> None:
        super().__init__()
        self.width = width
        self.first = nn.Conv1d(BANDS, width, 5, padding=2)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.GroupNorm(1, width), nn.Conv1d(width, width, 3, padding=step, dilation=step), nn.GELU(),
                nn.Conv1d(width, width, 1),
            )
            for step in (1, 2, 4, 8)
        )  # fmt: skip
        self.last = nn.Conv1d(width, len(classes()) + 1, 1)

    def forward(self, bands: Tensor) -> tuple[Tensor, Tensor]:
        x = self.first((bands + 30.0).transpose(1, 2) / 20.0)
        for block in self.blocks:
            x = x + block(x)
        out = self.last(nn.functional.gelu(x)).transpose(1, 2)
        return out[..., :-1], out[..., -1]

    def listen(self, bands: NDArray[np.float16]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """One recording: class probabilities (frames, classes) and boundary probability (frames,)."""
        with torch.inference_mode():
            logits, edge = self(torch.from_numpy(bands.astype(np.float32))[None])
            return logits[0].softmax(-1).double().numpy(), edge[0].sigmoid().double().numpy()
