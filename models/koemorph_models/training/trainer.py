"""The training loop: AdamW on a cosine, gradients clipped, weights averaged, resumed exactly where it stopped.

Runs on a processor or a GPU, alone or in several processes (`torchrun`), each with its own batches.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Subset

from koemorph import arkit

from ..network import KoeMorphNet, NetworkConfig
from ..speech.classifier import PhoneHead
from . import losses
from .batches import Batches, Item, at_temperature, crop, statistics
from .reels import Reel
from .weights import Average, load_net, save_weights

CHECKPOINT: Final = "checkpoint.pt"
WEIGHTS: Final = "weights.pt"
METRICS: Final = "metrics.jsonl"
INPUTS: Final = ("features", "inside", "emotion", "emotion_inside", "temperature")
SMOOTHED_SHARE: Final = 0.25
"""Weight of the smoothed curves' error, by which the smoothing is learned."""


@dataclass(frozen=True)
class TrainingPlan:
    """How to train. `minutes` ends the run early (with a checkpoint) so that it never outlives its machine."""

    folder: Path
    steps: int = 11400
    batch: int = 4
    rate: float = 1.5e-3
    warm_up: int = 300
    weight_decay: float = 0.01
    clip: float = 1.0
    seed: int = 1
    device: str = "cpu"
    workers: int = 1
    threads: int = 2
    every: int = 250
    """Steps between checkpoints and measurements."""
    minutes: float = math.inf
    start: Path | None = None
    """Weights to begin with (fine-tuning)."""

    def as_json(self) -> str:
        """Without an end it has no minutes: JSON knows no infinity."""
        minutes = None if math.isinf(self.minutes) else self.minutes
        return json.dumps({**asdict(self), "minutes": minutes}, default=str, indent=2, allow_nan=False)


def train(
    plan: TrainingPlan,
    groups: Sequence[tuple[Sequence[Reel], float]],
    validation: Sequence[Reel],
    config: NetworkConfig | None = None,
    phones: PhoneHead | None = None,
) -> Path:
    """Train, or go on training, in `plan.folder`; returns the path of the averaged weights.

    The phone head has been trained before and stays as it is.
    """
    replica, replicas = _join_processes(plan.device)
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    batches = Batches(groups, plan.steps, plan.batch, plan.seed, replica)
    net = load_net(plan.start) if plan.start else KoeMorphNet(config or NetworkConfig())
    if phones is not None:
        net.analyser.phones.load_state_dict(phones.state_dict())
    net.analyser.phones.requires_grad_(False)
    net = net.to(plan.device)
    trained = [parameter for parameter in net.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=plan.rate, weight_decay=plan.weight_decay)
    average = Average(net)
    checkpoint = plan.folder / CHECKPOINT
    done = 0
    if checkpoint.is_file():
        done = _restore(checkpoint, net, average, optimiser)
        print(f"going on after step {done}", flush=True)
    elif plan.start is None:
        _standardise(net, batches)
        average = Average(net)
    plan.folder.mkdir(parents=True, exist_ok=True)
    (plan.folder / "plan.json").write_text(plan.as_json() + "\n", "utf-8")
    model: nn.Module = net
    if replicas > 1:
        model = nn.parallel.DistributedDataParallel(net)
    began, recent = time.monotonic(), _Running()
    with _Journal(plan.folder, replica) as journal:
        for step, batch in _steps(batches, done, plan):
            for group in optimiser.param_groups:
                group["lr"] = plan.rate * warmth(step, plan)
            net.train()
            found = _forward(net, model, {k: v.to(plan.device, non_blocking=True) for k, v in batch.items()})
            loss = losses.total(found)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(trained, plan.clip)
            optimiser.step()
            average.follow(net, step)
            recent.add({name: float(value.detach()) for name, value in found.items()})
            late = _any(time.monotonic() - began > 60 * plan.minutes, plan, replicas)
            if (step + 1) % plan.every == 0 or step + 1 == plan.steps or late:
                if replica == 0:
                    measured = validate(average, net, validation, plan)
                    pace = recent.count / max(1e-6, time.monotonic() - recent.since)
                    journal.note(step + 1, {**recent.means(), **measured, "steps_per_second": pace})
                    _store(checkpoint, step + 1, net, average, optimiser)
                    save_weights(plan.folder / WEIGHTS, net.config, average.state, step=step + 1)
                recent = _Running()
            if late:
                break
    return plan.folder / WEIGHTS


def warmth(step: int, plan: TrainingPlan) -> float:
    """The share of the highest learning rate: a linear rise, then a cosine to 2 %."""
    if step < plan.warm_up:
        return (step + 1) / plan.warm_up
    share = (step - plan.warm_up) / max(1, plan.steps - plan.warm_up)
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))


def _forward(net: KoeMorphNet, model: nn.Module, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    curves = model(*(batch[name] for name in INPUTS))
    alpha, theta = net.smoothing.alpha(30.0), net.renderer.theta
    found = losses.parts(curves, batch["targets"], batch["counted"], alpha, theta)
    # The smoothing learns from what it does to the curves, not the curves from being smoothed.
    error = (net.smoothing(curves.detach(), 60.0) - batch["targets"]) * batch["counted"][..., None]
    found["mse"] = found["mse"] + SMOOTHED_SHARE * error.square().sum() / batch["counted"].sum().clamp(min=1.0)
    return found


@torch.no_grad()
def validate(average: Average, net: KoeMorphNet, reels: Sequence[Reel], plan: TrainingPlan) -> dict[str, float]:
    """Errors of the averaged weights on speakers that are not trained on; closures frame by frame."""
    if not reels:
        return {}
    heard = KoeMorphNet(net.config)
    heard.load_state_dict({name: value.cpu() for name, value in average.state.items()})
    heard = heard.eval().to(plan.device)
    mouth, _ = losses.regions()
    sums = torch.zeros(6, dtype=torch.float64)
    for first in range(0, len(reels), plan.batch):
        items = [crop(reel, 0) for reel in reels[first : first + plan.batch]]
        batch = {k: v.to(plan.device) for k, v in _stack(items).items()}
        curves = heard(*(batch[name] for name in INPUTS))
        curves, batch = curves.cpu(), {k: v.cpu() for k, v in batch.items()}
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
        "specialisation": specialisation(heard),
    }


def specialisation(net: KoeMorphNet, temperature: float = 0.2) -> float:
    """The documents' ratio, averaged over mouth and expression: 0 both streams alike, 1 one stream only."""
    weights = net.renderer.stream_weights(torch.tensor([temperature]))[0].detach().cpu()
    ratios = [float((weights @ region).diff().abs() / (weights @ region).sum()) for region in losses.regions()]
    return sum(ratios) / len(ratios)


def _stack(items: Sequence[Item]) -> dict[str, Tensor]:
    stacked = {name: torch.from_numpy(np.stack([getattr(i, name) for i in items])) for name in vars(items[0])}
    return at_temperature({**stacked, "temperature": torch.full((len(items),), 0.2)})


def _steps(batches: Batches, done: int, plan: TrainingPlan) -> Iterator[tuple[int, dict[str, Tensor]]]:
    """Batches made ahead of time by other processes."""
    rest = Subset(batches, range(done, len(batches)))
    loader = DataLoader(
        rest, batch_size=None, shuffle=False, num_workers=plan.workers, prefetch_factor=4 if plan.workers else None
    )
    yield from enumerate(loader, done)


def _standardise(net: KoeMorphNet, batches: Batches) -> None:
    for name, (mean, spread) in statistics(batches, 24).items():
        layer = getattr(net.analyser, name).standardise
        layer.mean.copy_(torch.from_numpy(mean))
        layer.scale.copy_(torch.from_numpy(spread))


def _join_processes(device: str) -> tuple[int, int]:
    """(own number, how many) of the processes that `torchrun` started; (0, 1) alone."""
    replicas = int(os.environ.get("WORLD_SIZE", "1"))
    if replicas > 1 and not torch.distributed.is_initialized():
        torch.distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    return int(os.environ.get("RANK", "0")), replicas


def _any(late: bool, plan: TrainingPlan, replicas: int) -> bool:
    """Whether any of the processes is late: all must end after the same step, or the others would wait for it."""
    if replicas == 1 or math.isinf(plan.minutes):
        return late
    told = torch.tensor(float(late), device=plan.device)
    torch.distributed.all_reduce(told, torch.distributed.ReduceOp.MAX)
    return bool(told.item())


def _store(path: Path, done: int, net: KoeMorphNet, average: Average, optimiser: torch.optim.Optimizer) -> None:
    partial = path.with_suffix(".part")
    state = {"net": net.state_dict(), "average": average.state, "optimiser": optimiser.state_dict(), "done": done}
    torch.save(state, partial)
    partial.replace(path)


def _restore(path: Path, net: KoeMorphNet, average: Average, optimiser: torch.optim.Optimizer) -> int:
    state = torch.load(path, map_location="cpu", weights_only=True)
    net.load_state_dict(state["net"])
    for name, value in state["average"].items():
        average.state[name].copy_(value)
    optimiser.load_state_dict(state["optimiser"])
    return int(state["done"])


class _Running:
    """Means of the loss parts since the last note."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.count = 0
        self.since = time.monotonic()

    def add(self, values: dict[str, float]) -> None:
        self.count += 1
        for name, value in values.items():
            self.sums[name] = self.sums.get(name, 0.0) + value

    def means(self) -> dict[str, float]:
        return {name: value / max(1, self.count) for name, value in self.sums.items()}


class _Journal:
    """metrics.jsonl, TensorBoard where it is installed, and a line for who watches."""

    def __init__(self, folder: Path, replica: int) -> None:
        self.folder, self.replica = folder, replica
        self.board: Any = None

    def __enter__(self) -> _Journal:
        if self.replica == 0:
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError:
                return self
            self.board = SummaryWriter(str(self.folder / "board"))
        return self

    def __exit__(self, *_: object) -> None:
        if self.board is not None:
            self.board.close()

    def note(self, step: int, values: dict[str, float]) -> None:
        rounded = {name: float(f"{value:.5g}") for name, value in values.items()}
        with (self.folder / METRICS).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"step": step, **rounded}) + "\n")
        print(f"step {step}  " + "  ".join(f"{name} {value:.4g}" for name, value in values.items()), flush=True)
        if self.board is not None:
            for name, value in values.items():
                self.board.add_scalar(name, value, step)
