"""The one training loop: AdamW on a cosine, gradients clipped, weights averaged, resumed exactly where it stopped.

What is trained is a `Task`, on a processor or a GPU, in one process or several (`processes`). A run's folder gets
plan.json, metrics.jsonl, checkpoint.pt; what becomes of the averaged weights is the caller's. A batch and the chance of
a step depend on the step alone, so that a run which was stopped ends with the same weights as one that was not.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from .journal import Journal
from .processes import Processes

CHECKPOINT: Final = "checkpoint.pt"


class Task(Protocol):
    """What is trained, on what, and how well it does."""

    def module(self) -> nn.Module:
        """Everything whose weights are trained, averaged and kept in the checkpoint."""

    def batch(self, step: int) -> dict[str, Tensor]:
        """The batch of a step, of which it is a pure function (other processes may make it ahead of time)."""

    def loss(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The parts of the loss, weighted: their sum is what falls. The module is in training mode."""

    def validate(self) -> dict[str, float]:
        """Measurements, by the averaged weights in evaluation mode; none where there is nothing to measure on."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How to train. `minutes` ends the run early, with a checkpoint, and the same command goes on."""

    folder: Path
    steps: int
    rate: float = 1.5e-3
    warm_up: int = 300
    lowest: float = 0.02
    """Share of the rate at the end of the cosine."""
    weight_decay: float = 0.01
    clip: float = 1.0
    averaged: float = 0.999
    """How much of the averaged weights stays in a step."""
    seed: int = 1
    device: str = "cpu"
    workers: int = 0
    threads: int = 2
    every: int = 250
    """Steps between checkpoints and measurements."""
    minutes: float = math.inf

    def rate_at(self, step: int) -> float:
        """A linear rise, then a cosine."""
        if step < self.warm_up:
            return self.rate * (step + 1) / self.warm_up
        share = min(1.0, (step - self.warm_up) / max(1, self.steps - self.warm_up))
        return self.rate * (self.lowest + (1 - self.lowest) * 0.5 * (1 + math.cos(math.pi * share)))

    def as_json(self) -> str:
        """Without an end it has no minutes: JSON knows no infinity."""
        minutes = None if math.isinf(self.minutes) else self.minutes
        return json.dumps({**asdict(self), "minutes": minutes}, default=str, indent=2, allow_nan=False)


def train(task: Task, plan: Plan, write: Callable[[int], None]) -> None:
    """Train, or go on. `write(step)` is called at every checkpoint while the module holds the averaged weights."""
    processes = Processes(plan.device)
    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    net = task.module().to(plan.device)
    processes.begin_alike(net)
    trained = [parameter for parameter in net.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=plan.rate, weight_decay=plan.weight_decay, fused=True)
    average = {name: value.detach().clone() for name, value in net.state_dict().items()}
    checkpoint = plan.folder / CHECKPOINT
    done = _restore(checkpoint, net, average, optimiser) if checkpoint.is_file() else 0
    plan.folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with Journal(plan.folder) if processes.number == 0 else nullcontext() as journal:
        if journal:
            (plan.folder / "plan.json").write_text(plan.as_json() + "\n", "utf-8")
        for step, batch in _batches(task, done, plan):
            torch.manual_seed(plan.seed * 1_000_003 + step)
            for group in optimiser.param_groups:
                group["lr"] = plan.rate_at(step)
            net.train()
            parts = task.loss({name: value.to(plan.device, non_blocking=True) for name, value in batch.items()})
            optimiser.zero_grad(set_to_none=True)
            torch.stack(list(parts.values())).sum().backward()
            processes.share_gradients(trained)
            nn.utils.clip_grad_norm_(trained, plan.clip)
            optimiser.step()
            _follow(average, net, min(plan.averaged, (step + 1) / (step + 10)))
            late = processes.any(time.monotonic() - began > 60 * plan.minutes)
            if journal:
                journal.add(parts)
                if (step + 1) % plan.every == 0 or step + 1 == plan.steps or late:
                    with _in_place(average, net):
                        journal.note(step + 1, task.validate())
                        write(step + 1)
                    _store(checkpoint, net, average, optimiser, step + 1)
            if late:
                break


class _Steps(Dataset[dict[str, Tensor]]):
    """The task's batches from a step on, as a DataLoader takes them."""

    def __init__(self, task: Task, done: int, steps: int) -> None:
        self.task, self.done, self.steps = task, done, steps

    def __len__(self) -> int:
        return max(0, self.steps - self.done)

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        if number >= len(self):
            raise IndexError(number)
        return self.task.batch(self.done + number)


def _batches(task: Task, done: int, plan: Plan) -> Iterator[tuple[int, dict[str, Tensor]]]:
    steps = _Steps(task, done, plan.steps)
    if not plan.workers:
        yield from ((done + number, steps[number]) for number in range(len(steps)))
        return
    yield from enumerate(DataLoader(steps, batch_size=None, num_workers=plan.workers, prefetch_factor=4), done)


@torch.no_grad()
def _follow(average: dict[str, Tensor], net: nn.Module, kept: float) -> None:
    for name, value in net.state_dict().items():
        if value.is_floating_point():
            average[name].lerp_(value, 1 - kept)
        else:
            average[name].copy_(value)


@contextmanager
def _in_place(average: Mapping[str, Tensor], net: nn.Module) -> Iterator[None]:
    """The net with the averaged weights, and afterwards with their own again."""
    own = {name: value.detach().clone() for name, value in net.state_dict().items()}
    net.load_state_dict(dict(average))
    net.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        net.load_state_dict(own)


def _store(
    path: Path, net: nn.Module, average: Mapping[str, Tensor], optimiser: torch.optim.Optimizer, done: int
) -> None:
    partial = path.with_suffix(".part")
    state = {"net": net.state_dict(), "average": dict(average), "optimiser": optimiser.state_dict()}
    torch.save({**state, "done": done}, partial)
    partial.replace(path)


def _restore(path: Path, net: nn.Module, average: dict[str, Tensor], optimiser: torch.optim.Optimizer) -> int:
    state = torch.load(path, map_location="cpu", weights_only=True)
    net.load_state_dict(state["net"])
    for name, value in state["average"].items():
        average[name].copy_(value)
    optimiser.load_state_dict(state["optimiser"])
    print(f"going on after step {state['done']}", flush=True)
    return int(state["done"])


_FLAGS: Final = {
    "steps": "steps in all",
    "rate": "highest learning rate",
    "warm_up": "steps in which the learning rate rises",
    "seed": "of weights and batches",
    "device": "cpu, cuda, cuda:1 ...",
    "workers": "processes that make batches",
    "threads": "of the training process",
    "every": "steps between checkpoints",
    "minutes": "stop after so long, with a checkpoint",
}


def add_plan(parser: argparse.ArgumentParser, *, steps: int, **changed: Any) -> None:
    """The folder of the run and the numbers of a `Plan`, with a task's own defaults."""
    parser.add_argument("folder", type=Path, help="where the run keeps its checkpoint, weights and measurements")
    for name, text in _FLAGS.items():
        default = {"steps": steps, **changed}.get(name, Plan.__dataclass_fields__[name].default)
        shown = text if default == math.inf else f"{text} (%(default)s)"
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default, help=shown)


def plan_of(options: argparse.Namespace, **fixed: Any) -> Plan:
    return Plan(folder=options.folder, **{name: getattr(options, name) for name in _FLAGS}, **fixed)
