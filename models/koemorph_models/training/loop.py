"""The one training loop: AdamW on a cosine, gradients clipped, weights averaged, resumed exactly where it stopped.

What is trained is a `Task`. A run's folder gets plan.json, metrics.jsonl, checkpoint.pt; what becomes of the averaged
weights is the caller's. A batch and the chance of a step depend on the step alone, so that a run which was stopped ends
with the same weights as one that was not.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

CHECKPOINT: Final = "checkpoint.pt"
METRICS: Final = "metrics.jsonl"


class Task(Protocol):
    """What is trained, on what, and how well it does."""

    def modules(self) -> Mapping[str, nn.Module]:
        """Everything whose weights are trained, averaged and kept in the checkpoint, by name."""

    def batch(self, step: int) -> dict[str, Tensor]:
        """The batch of a step, of which it is a pure function (other processes may make it ahead of time)."""

    def loss(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The parts of the loss, weighted: their sum is what falls. The modules are in training mode."""

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
    """Train, or go on. `write(step)` is called at every checkpoint while the modules hold the averaged weights."""
    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    modules = nn.ModuleDict(dict(task.modules())).to(plan.device)
    optimiser = torch.optim.AdamW(modules.parameters(), lr=plan.rate, weight_decay=plan.weight_decay, fused=True)
    average = {name: value.detach().clone() for name, value in modules.state_dict().items()}
    plan.folder.mkdir(parents=True, exist_ok=True)
    (plan.folder / "plan.json").write_text(plan.as_json() + "\n", "utf-8")
    checkpoint = plan.folder / CHECKPOINT
    done = _restore(checkpoint, modules, average, optimiser) if checkpoint.is_file() else 0
    began, running = time.monotonic(), _Running()
    for step, batch in _batches(task, done, plan):
        torch.manual_seed(plan.seed * 1_000_003 + step)
        for group in optimiser.param_groups:
            group["lr"] = plan.rate_at(step)
        modules.train()
        parts = task.loss({name: value.to(plan.device, non_blocking=True) for name, value in batch.items()})
        optimiser.zero_grad(set_to_none=True)
        torch.stack(list(parts.values())).sum().backward()
        nn.utils.clip_grad_norm_(modules.parameters(), plan.clip)
        optimiser.step()
        _follow(average, modules, min(plan.averaged, (step + 1) / (step + 10)))
        running.add(parts)
        late = time.monotonic() - began > 60 * plan.minutes
        if (step + 1) % plan.every == 0 or step + 1 == plan.steps or late:
            pace = running.count / max(1e-6, time.monotonic() - running.since)
            with _in_place(average, modules):
                measured = task.validate()
                write(step + 1)
            _note(plan.folder, step + 1, {**running.means(), **measured, "steps_per_second": pace})
            _store(checkpoint, modules, average, optimiser, step + 1)
            running = _Running()
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
def _follow(average: dict[str, Tensor], modules: nn.Module, kept: float) -> None:
    for name, value in modules.state_dict().items():
        if value.is_floating_point():
            average[name].lerp_(value, 1 - kept)
        else:
            average[name].copy_(value)


@contextmanager
def _in_place(average: Mapping[str, Tensor], modules: nn.Module) -> Iterator[None]:
    """The modules with the averaged weights, and afterwards with their own again."""
    own = {name: value.detach().clone() for name, value in modules.state_dict().items()}
    modules.load_state_dict(dict(average))
    modules.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        modules.load_state_dict(own)


def _store(
    path: Path, modules: nn.Module, average: Mapping[str, Tensor], optimiser: torch.optim.Optimizer, done: int
) -> None:
    partial = path.with_suffix(".part")
    state = {"modules": modules.state_dict(), "average": dict(average), "optimiser": optimiser.state_dict()}
    torch.save({**state, "done": done}, partial)
    partial.replace(path)


def _restore(path: Path, modules: nn.Module, average: dict[str, Tensor], optimiser: torch.optim.Optimizer) -> int:
    state = torch.load(path, map_location="cpu", weights_only=True)
    modules.load_state_dict(state["modules"])
    for name, value in state["average"].items():
        average[name].copy_(value)
    optimiser.load_state_dict(state["optimiser"])
    print(f"going on after step {state['done']}", flush=True)
    return int(state["done"])


class _Running:
    """Means of the loss parts since the last note."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.count = 0
        self.since = time.monotonic()

    def add(self, parts: Mapping[str, Tensor]) -> None:
        self.count += 1
        for name, value in parts.items():
            self.sums[name] = self.sums.get(name, 0.0) + float(value.detach())

    def means(self) -> dict[str, float]:
        return {name: value / max(1, self.count) for name, value in self.sums.items()}


def _note(folder: Path, step: int, values: Mapping[str, float]) -> None:
    rounded = {name: float(f"{value:.5g}") for name, value in values.items()}
    with (folder / METRICS).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"step": step, **rounded}) + "\n")
    print(f"step {step}  " + "  ".join(f"{name} {value:.4g}" for name, value in values.items()), flush=True)


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
