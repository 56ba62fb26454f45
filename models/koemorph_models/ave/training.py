"""Train the encoder of 'koemorph ave' on what the teacher's mouth does, or go on training where it stopped.

    koemorph-models train-ave REELS RUN
    koemorph-models export-ave RUN/encoder.pt FOLDER

By regression: from the features of one window, a single linear layer has to tell the mouth's shapes in the five
pictures that the window lasts, and the phone in its middle. Both layers are left behind when the encoder is exported.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from koemorph.speech.symbols import classes

from ..data.split import Part
from ..errors import DataError
from ..speech.training import IGNORE
from ..training import loop
from ..training.half import half
from ..training.learning import spread
from ..training.loop import Plan
from ..training.preparation import HUMAN, SYNTHETIC
from ..training.reels import Reel, learnt_from
from .checkpoint import save_encoder
from .network import AudioEncoder
from .windows import MIDDLE, MOMENTS, MOUTH, STRETCH, Batch, Windows, joined, piece

WEIGHTS: Final = "encoder.pt"
PHONES: Final = 0.3
"""Weight of the phones' part of the loss."""
LEAST_SPREAD: Final = 0.03
"""A shape that moves less than this counts less."""
AVERAGED: Final = 0.998
WATCHED: Final = 120
"""Pieces of sound that are measured on while training."""


class Listener(nn.Module):
    """The encoder with what is asked of it in training. `mean` and `spread` (shapes,) are the mouth's own."""

    mean: Tensor
    spread: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.encoder = AudioEncoder()
        self.mouth = nn.Linear(512, len(MOMENTS) * len(MOUTH))
        self.phones = nn.Linear(512, len(classes()))
        self.register_buffer("mean", torch.zeros(len(MOUTH)))
        self.register_buffer("spread", torch.ones(len(MOUTH)))

    def forward(self, mels: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 80, 16) -> standardised mouth (n, 5, shapes), phone logits (n, classes)."""
        with half(mels.device.type, wanted=self.training):
            features = self.encoder(mels[:, None])
        features = features.float()
        return self.mouth(features).unflatten(1, (len(MOMENTS), len(MOUTH))), self.phones(features)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        mouth, phones = self(batch["mels"])
        wanted = (batch["mouth"] - self.mean) / self.spread
        return {
            "mouth": (mouth - wanted).square().mean(),
            "phones": PHONES * cross_entropy(phones, batch["phones"], ignore_index=IGNORE),
        }


class MouthTask:
    """Windows of mels to what the mouth does, `batch` pieces of sound a step. Satisfies `training.loop.Task`."""

    def __init__(
        self,
        groups: Sequence[tuple[Sequence[Reel], float]],
        watched: Sequence[Reel],
        *,
        steps: int,
        batch: int,
        seed: int,
        device: str,
    ) -> None:
        self.windows, self.watched, self.device = Windows(groups, steps, batch, seed), watched, device
        torch.manual_seed(seed)
        self.listener = Listener()
        _standardise(self.listener, self.windows)

    def module(self) -> nn.Module:
        return self.listener

    def batch(self, step: int) -> Batch:
        return self.windows[step]

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        return self.listener.losses(batch)

    def validate(self) -> dict[str, float]:
        return validate(self.listener, self.watched, self.device) if self.watched else {}


def train(
    plan: Plan, groups: Sequence[tuple[Sequence[Reel], float]], watched: Sequence[Reel] = (), *, batch: int = 16
) -> Path:
    """Train, or go on training, in `plan.folder`; returns the path of the averaged weights."""
    plan = replace(plan, averaged=AVERAGED)
    task = MouthTask(groups, watched, steps=plan.steps, batch=batch, seed=plan.seed, device=plan.device)
    loop.train(task, plan, lambda _step: save_encoder(plan.folder / WEIGHTS, task.listener.encoder))
    return plan.folder / WEIGHTS


@torch.no_grad()
def validate(listener: Listener, reels: Sequence[Reel], device: str = "cpu") -> dict[str, float]:
    """On speakers that are not trained on: how well the mouth is told (correlation, mean over the shapes that move)."""
    starts = np.arange(0, STRETCH - 20, 8)
    places = [(reel, first) for reel in reels for first in range(0, reel.frames * 4 // 3 - STRETCH, STRETCH)]
    batch = joined([piece(reel, first, starts) for reel, first in places[:: max(1, len(places) // WATCHED)]])
    told, phones = [], []
    for first in range(0, len(batch["mels"]), 256):
        mouth, logits = listener(batch["mels"][first : first + 256].to(device))
        told.append(mouth[:, MIDDLE].cpu())
        phones.append(logits.argmax(dim=1).cpu())
    wanted, known = batch["mouth"][:, MIDDLE].numpy(), batch["phones"] != IGNORE
    right = (torch.cat(phones) == batch["phones"])[known].float().mean()
    return {"val_mouth_r": mean_correlation(torch.cat(told).numpy(), wanted), "val_phones": float(right)}


def mean_correlation(told: np.ndarray, wanted: np.ndarray) -> float:
    """(n, shapes) twice -> the mean over the shapes that move at all."""
    moving = wanted.std(axis=0) > LEAST_SPREAD
    left, right = told[:, moving] - told[:, moving].mean(axis=0), wanted[:, moving] - wanted[:, moving].mean(axis=0)
    norms = np.sqrt((left**2).sum(axis=0) * (right**2).sum(axis=0))
    return float(((left * right).sum(axis=0) / np.maximum(norms, 1e-12)).mean())


def _standardise(listener: Listener, windows: Windows) -> None:
    steps = np.linspace(0, len(windows) - 1, 12).astype(int)
    mouth = torch.cat([windows[int(step)]["mouth"].flatten(0, 1) for step in steps])
    listener.mean.copy_(mouth.mean(dim=0))
    listener.spread.copy_(mouth.std(dim=0).clamp(min=LEAST_SPREAD))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reels", type=Path, help="what 'koemorph-models prepare' wrote")
    loop.add_plan(parser, steps=4000, rate=2e-3, warm_up=200, threads=1)
    parser.add_argument("--batch", type=int, default=16, help="pieces of sound in a step (%(default)s)")
    parser.add_argument("--human-share", type=float, default=0.72, help="of each batch, against synthetic speech")


def run(options: argparse.Namespace) -> None:
    human, synthetic = (
        learnt_from(options.reels / Part.TRAIN.value / origin, sound=True) for origin in (HUMAN, SYNTHETIC)
    )
    if not human and not synthetic:
        raise DataError(f"There are no reels in {options.reels}; make them with 'koemorph-models prepare'.")
    watched = spread(learnt_from(options.reels / Part.VALIDATION.value / HUMAN, sound=True))
    print(f"{len(human)} human and {len(synthetic)} synthetic reels, {len(watched)} to watch", flush=True)
    share = options.human_share if human and synthetic else float(bool(human))
    groups = [(human, share), (synthetic, 1 - share)]
    print(train(loop.plan_of(options), groups, watched, batch=options.batch))
