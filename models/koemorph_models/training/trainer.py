"""The net as a `Task` of the training loop: what it hears, what it errs, what is measured meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from koemorph import arkit

from ..network import KoeMorphNet, NetworkConfig, build
from ..speech.classifier import PhoneHead
from . import loop, losses
from .batches import Batch, Batches, Item, at_temperature, crop, statistics
from .processes import Processes
from .reels import Reel
from .weights import load_net, save_weights

WEIGHTS: Final = "weights.pt"
INPUTS: Final = ("features", "inside", "emotion", "emotion_inside", "temperature")
SMOOTHED_SHARE: Final = 0.25
"""Weight of the smoothed curves' error, by which the smoothing is learned."""
BATCH: Final = 4
"""Crops of speech in a step."""


class FaceTask:
    """Reels to curves. Satisfies `training.loop.Task`."""

    def __init__(self, net: KoeMorphNet, batches: Batches, watched: Sequence[Reel], device: str) -> None:
        self.net, self.batches, self.watched, self.device = net, batches, watched, device

    def module(self) -> nn.Module:
        return self.net

    def batch(self, step: int) -> Batch:
        return self.batches[step]

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        curves = self.net(*(batch[name] for name in INPUTS))
        alpha, theta = self.net.smoothing.alpha(30.0), self.net.renderer.theta
        found = losses.parts(curves, batch["targets"], batch["counted"], alpha, theta)
        # The smoothing learns from what it does to the curves, not the curves from being smoothed.
        error = (self.net.smoothing(curves.detach(), 60.0) - batch["targets"]) * batch["counted"][..., None]
        found["mse"] = found["mse"] + SMOOTHED_SHARE * error.square().sum() / batch["counted"].sum().clamp(min=1.0)
        return losses.weighted(found)

    def validate(self) -> dict[str, float]:
        return validate(self.net, self.watched, self.batches.size, self.device) if self.watched else {}


def train(
    plan: loop.Plan,
    groups: Sequence[tuple[Sequence[Reel], float]],
    watched: Sequence[Reel],
    config: NetworkConfig | None = None,
    phones: PhoneHead | None = None,
    *,
    batch: int = BATCH,
    start: Path | None = None,
) -> Path:
    """Train, or go on training, in `plan.folder`; returns the path of the averaged weights.

    `start` are weights to begin with. The phone head has been trained before and stays as it is.
    """
    torch.manual_seed(plan.seed)
    batches = Batches(groups, plan.steps, batch, plan.seed, Processes(plan.device).number)
    net = load_net(start) if start else build(config or NetworkConfig())
    if phones is not None:
        net.analyser.phones.load_state_dict(phones.state_dict())
    net.analyser.phones.requires_grad_(False)
    if start is None and not (plan.folder / loop.CHECKPOINT).is_file():
        _standardise(net, batches)
    weights = plan.folder / WEIGHTS
    task = FaceTask(net, batches, watched, plan.device)
    loop.train(task, plan, lambda step: save_weights(weights, net.config, net.state_dict(), step=step))
    return weights


@torch.no_grad()
def validate(net: KoeMorphNet, reels: Sequence[Reel], size: int, device: str = "cpu") -> dict[str, float]:
    """Errors on speakers that are not trained on; closures frame by frame."""
    mouth, _ = losses.regions()
    sums = torch.zeros(6, dtype=torch.float64)
    for first in range(0, len(reels), size):
        batch = _stack([crop(reel, 0) for reel in reels[first : first + size]])
        curves = net(*(batch[name].to(device) for name in INPUTS)).cpu()
        counted = batch["counted"] > 0
        error = (curves - batch["targets"])[counted].abs()
        said = losses.contact_logits(curves)[counted][:, 0] > 0
        true = losses.contact_logits(batch["targets"])[counted][:, 0] > 0
        sums += torch.tensor(
            [
                error.sum(), (error * mouth).sum(), len(error),
                (said & true).sum(), (said & ~true).sum(), (~said & true).sum(),
            ],
            dtype=torch.float64,
        )  # fmt: skip
    frames, hits, false, missed = float(sums[2]), *map(float, sums[3:])
    count = float(mouth.sum())
    return {
        "val_mae": float(sums[0]) / frames / len(arkit.SHAPES),
        "val_mae_mouth": float(sums[1]) / frames / count,
        "val_mae_expression": float(sums[0] - sums[1]) / frames / (len(arkit.SHAPES) - count),
        "val_closed_f1": 2 * hits / max(1.0, 2 * hits + false + missed),
        "specialisation": specialisation(net),
    }


def specialisation(net: KoeMorphNet, temperature: float = 0.2) -> float:
    """The documents' ratio, averaged over mouth and expression: 0 both streams alike, 1 one stream only."""
    weights = net.renderer.stream_weights(torch.tensor([temperature]))[0].detach().cpu()
    ratios = [float((weights @ region).diff().abs() / (weights @ region).sum()) for region in losses.regions()]
    return sum(ratios) / len(ratios)


def _stack(items: Sequence[Item]) -> dict[str, Tensor]:
    stacked = {name: torch.from_numpy(np.stack([getattr(i, name) for i in items])) for name in vars(items[0])}
    return at_temperature({**stacked, "temperature": torch.full((len(items),), 0.2)})


def _standardise(net: KoeMorphNet, batches: Batches) -> None:
    for name, (mean, spread) in statistics(batches, 24).items():
        layer = getattr(net.analyser, name).standardise
        layer.mean.copy_(torch.from_numpy(mean))
        layer.scale.copy_(torch.from_numpy(spread))
