"""Train the encoder of 'koemorph ave' on what the teacher's mouth does, or go on training where it stopped.

    koemorph-models train-ave REELS RUN
    koemorph-models export-ave RUN/encoder.pt FOLDER

By regression: from the features of one window, a single linear layer has to tell the mouth's shapes in the five
pictures that the window lasts, and the phone in its middle. Both layers are left behind when the encoder is exported.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, Subset

from koemorph.speech.symbols import classes

from ..errors import DataError
from ..speech.training import IGNORE
from ..training.learning import add_plan, plan_of, reels_below, spread
from ..training.preparation import HUMAN, SYNTHETIC
from ..training.pupil import Average
from ..training.reels import Reel
from ..training.split import Part
from ..training.trainer import CHECKPOINT, METRICS, TrainingPlan, warmth
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
        # Half precision where the work is.
        with torch.autocast(mels.device.type, torch.bfloat16, enabled=self.training):
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


def train(plan: TrainingPlan, groups: Sequence[tuple[Sequence[Reel], float]], validation: Sequence[Reel] = ()) -> Path:
    """Train, or go on training, in `plan.folder`; returns the path of the averaged weights."""
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    windows = Windows(groups, plan.steps, plan.batch, plan.seed)
    listener = Listener().to(plan.device)
    optimiser = torch.optim.AdamW(listener.parameters(), lr=plan.rate, weight_decay=plan.weight_decay)
    checkpoint, done = plan.folder / CHECKPOINT, 0
    if not checkpoint.is_file():
        _standardise(listener, windows)
    average = Average(listener, AVERAGED)
    if checkpoint.is_file():
        done = _restore(checkpoint, listener, average, optimiser)
        print(f"going on after step {done}", flush=True)
    plan.folder.mkdir(parents=True, exist_ok=True)
    began, since = time.monotonic(), (time.monotonic(), done)
    sums: dict[str, float] = {}
    rest = Subset(windows, range(done, len(windows)))
    for step, batch in enumerate(DataLoader(rest, batch_size=None, num_workers=plan.workers), done):
        for group in optimiser.param_groups:
            group["lr"] = plan.rate * warmth(step, plan)
        listener.train()
        found = listener.losses({name: value.to(plan.device) for name, value in batch.items()})
        optimiser.zero_grad(set_to_none=True)
        torch.stack(list(found.values())).sum().backward()
        nn.utils.clip_grad_norm_(listener.parameters(), plan.clip)
        optimiser.step()
        average.follow(listener, step)
        for name, value in found.items():
            sums[name] = sums.get(name, 0.0) + float(value.detach())
        late = time.monotonic() - began > 60 * plan.minutes
        if (step + 1) % plan.every == 0 or step + 1 == plan.steps or late:
            count = step + 1 - since[1]
            figures = {name: value / count for name, value in sums.items()}
            figures |= validate(average, validation, plan.device)
            _note(plan.folder, step + 1, {**figures, "steps_per_second": count / (time.monotonic() - since[0])})
            _store(checkpoint, step + 1, listener, average, optimiser)
            save_encoder(plan.folder / WEIGHTS, averaged(average).encoder)
            sums, since = {}, (time.monotonic(), step + 1)
        if late:
            break
    return plan.folder / WEIGHTS


def averaged(average: Average) -> Listener:
    listener = Listener()
    listener.load_state_dict({name: value.cpu() for name, value in average.state.items()})
    return listener.eval()


@torch.no_grad()
def validate(average: Average, reels: Sequence[Reel], device: str = "cpu") -> dict[str, float]:
    """On speakers that are not trained on: how well the mouth is told (correlation, mean over the shapes that move)."""
    if not reels:
        return {}
    listener = averaged(average).to(device)
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


def _note(folder: Path, step: int, values: dict[str, float]) -> None:
    rounded = {name: float(f"{value:.5g}") for name, value in values.items()}
    with (folder / METRICS).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"step": step, **rounded}) + "\n")
    print(f"step {step}  " + "  ".join(f"{name} {value:.4g}" for name, value in values.items()), flush=True)


def _store(path: Path, done: int, listener: Listener, average: Average, optimiser: torch.optim.Optimizer) -> None:
    partial = path.with_suffix(".part")
    state = {"listener": listener.state_dict(), "average": average.state, "optimiser": optimiser.state_dict()}
    torch.save({**state, "done": done}, partial)
    partial.replace(path)


def _restore(path: Path, listener: Listener, average: Average, optimiser: torch.optim.Optimizer) -> int:
    state = torch.load(path, map_location="cpu", weights_only=True)
    listener.load_state_dict(state["listener"])
    for name, value in state["average"].items():
        average.state[name].copy_(value)
    optimiser.load_state_dict(state["optimiser"])
    return int(state["done"])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reels", type=Path, help="what 'koemorph-models prepare' wrote")
    add_plan(parser, steps=4000, batch=16, rate=2e-3, warm_up=200, workers=0, threads=1)
    parser.add_argument("--human-share", type=float, default=0.72, help="of each batch, against synthetic speech")


def run(options: argparse.Namespace) -> None:
    human, synthetic = (reels_below(options.reels / Part.TRAIN.value / origin) for origin in (HUMAN, SYNTHETIC))
    if not human and not synthetic:
        raise DataError(f"There are no reels in {options.reels}; make them with 'koemorph-models prepare'.")
    watched = spread(reels_below(options.reels / Part.VALIDATION.value / HUMAN))
    print(f"{len(human)} human and {len(synthetic)} synthetic reels, {len(watched)} to watch", flush=True)
    share = options.human_share if human and synthetic else float(bool(human))
    print(train(plan_of(options), [(human, share), (synthetic, 1 - share)], watched))
