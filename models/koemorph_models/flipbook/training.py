"""Train the audio-to-video net on footage, or go on training where it stopped.

Four things help it to learn on a processor, and none of them is left in what is exported: a linear layer reads the 52
curves off what the listener heard, at all 90 frames, while only a few frames a window are painted; what moves counts
more than what is still; the painting begins as the mean picture; the first convolution begins as a filter bank.

Writes checkpoint.pt (to go on from), weights.pt (averaged, to export) and metrics.jsonl.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from koemorph import arkit

from ..errors import DataError
from ..training.pupil import Average
from .footage import Footage, read
from .net import LEGACY, AudioToVideoNet, NetConfig
from .windows import Lesson, as_tensor, lesson

CHECKPOINT: Final = "checkpoint.pt"
WEIGHTS: Final = "weights.pt"
METRICS: Final = "metrics.jsonl"
CURVES_SHARE: Final = 0.4
"""Weight of the curves' error against the pictures'; both are 1 where nothing has been learned."""
LEAST_SPREAD: Final = 0.03
"""Shapes that move less count as if they moved this much."""
UPPER_FACE: Final = 0.3
"""What a shape of the upper face counts, against one of the lower: three seconds tell little of a mood."""
STILL: Final = 0.15
"""What a pixel that never changes counts, against the mean of all."""
WATCHED: Final = 6
WATCHED_SEED: Final = 0
"""Lessons of the validation, the same each time."""


@dataclass(frozen=True)
class FlipbookPlan:
    """How to train. `minutes` ends the run early, with a checkpoint; the same command goes on."""

    folder: Path
    steps: int = 1500
    windows: int = 6
    pictures: int = 9
    rate: float = 1e-3
    warm_up: int = 60
    seed: int = 1
    threads: int = 1
    every: int = 100
    minutes: float = math.inf


class Apprentice(nn.Module):
    """The net, the curves' reader that only training knows, and what the losses are measured by."""

    heard: Tensor
    weight: Tensor
    mean: Tensor
    spread: Tensor

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.net = AudioToVideoNet(config)
        self.reader = nn.Linear(config.width, len(arkit.SHAPES))
        side = self.net.painter.usual.shape[-1]
        heard = torch.tensor([1.0 if name in arkit.LOWER_FACE else UPPER_FACE for name in arkit.SHAPES])
        self.register_buffer("heard", heard / heard.mean(), persistent=False)
        self.register_buffer("weight", torch.ones(side, side))
        self.register_buffer("mean", torch.zeros(len(arkit.SHAPES)))
        self.register_buffer("spread", torch.ones(len(arkit.SHAPES)))

    def look_at(self, footage: Sequence[Footage]) -> None:
        """The usual face, where it changes, and how far each curve moves."""
        pictures = as_tensor(np.concatenate([reel.pictures[::8] for reel in footage])[:4000])
        curves = torch.from_numpy(np.concatenate([reel.curves for reel in footage]).astype(np.float32))
        self.net.painter.begin_with(pictures.mean(dim=0))
        change = pictures.std(dim=0).mean(dim=0)
        self.weight.copy_(STILL + (1 - STILL) * change / change.mean())
        self.mean.copy_(curves.mean(dim=0))
        self.spread.copy_(curves.std(dim=0).clamp(min=LEAST_SPREAD))

    def losses(self, given: Lesson) -> dict[str, Tensor]:
        # Half precision where the work is, the full one where pictures are compared.
        with torch.autocast("cpu", torch.bfloat16, enabled=self.training):
            heard = self.net.listener(given.samples)
            read_off = self.reader(heard)
            logits = self.net.painter.canvas(heard.flatten(0, 1)[given.at])
        painted = torch.sigmoid(logits.float() + self.net.painter.usual)
        error = (painted - given.pictures).abs().mean(dim=1) * self.weight
        usual = (torch.sigmoid(self.net.painter.usual) - given.pictures).abs().mean(dim=1) * self.weight
        wanted = (given.curves - self.mean) / self.spread
        off = ((read_off.float() - wanted).square() * self.heard).mean(dim=2) * given.inside
        return {
            "picture": error.mean() / usual.mean().clamp(min=1e-6),
            "curves": off.sum() / given.inside.sum(),
        }


def total(parts: dict[str, Tensor]) -> Tensor:
    return parts["picture"] + CURVES_SHARE * parts["curves"]


def warmth(step: int, plan: FlipbookPlan) -> float:
    """The share of the highest learning rate: a linear rise, then a cosine to 1 %."""
    if step < plan.warm_up:
        return (step + 1) / plan.warm_up
    share = (step - plan.warm_up) / max(1, plan.steps - plan.warm_up)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))


def train(plan: FlipbookPlan, footage: Sequence[Footage], watched: Sequence[Footage], config: NetConfig) -> Path:
    """Train, or go on training, in `plan.folder`; returns the path of the averaged weights."""
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    plan.folder.mkdir(parents=True, exist_ok=True)
    apprentice = Apprentice(config)
    apprentice.look_at(footage)
    apprentice.net.painter.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(apprentice.parameters(), lr=plan.rate, weight_decay=0.01, fused=True)
    average = Average(apprentice, decay=0.995)
    checkpoint = plan.folder / CHECKPOINT
    done = _restore(checkpoint, apprentice, average, optimiser) if checkpoint.is_file() else 0
    began, sums, since = time.monotonic(), {"picture": 0.0, "curves": 0.0}, done
    for step in range(done, plan.steps):
        torch.manual_seed(plan.seed * 1_000_003 + step)  # for dropout
        for group in optimiser.param_groups:
            group["lr"] = plan.rate * warmth(step, plan)
        apprentice.train()
        parts = apprentice.losses(lesson(footage, plan.windows, plan.pictures, plan.seed, step))
        optimiser.zero_grad(set_to_none=True)
        total(parts).backward()
        nn.utils.clip_grad_norm_(apprentice.parameters(), 1.0)
        optimiser.step()
        average.follow(apprentice, step)
        sums = {name: sums[name] + float(value.detach()) for name, value in parts.items()}
        late = time.monotonic() - began > 60 * plan.minutes
        if (step + 1) % plan.every == 0 or step + 1 == plan.steps or late:
            means = {name: value / (step + 1 - since) for name, value in sums.items()}
            pace = (step + 1 - done) / (time.monotonic() - began)
            _note(plan.folder, step + 1, {**means, **validate(average, config, watched, plan), "steps/s": pace})
            _store(checkpoint, step + 1, apprentice, average, optimiser)
            save_weights(plan.folder / WEIGHTS, config, average.state, step + 1)
            sums, since = dict.fromkeys(sums, 0.0), step + 1
        if late:
            break
    return plan.folder / WEIGHTS


@torch.no_grad()
def validate(average: Average, config: NetConfig, watched: Sequence[Footage], plan: FlipbookPlan) -> dict[str, float]:
    """The same lessons each time, by the averaged weights, of speakers that are not trained on."""
    if not watched:
        return {}
    listener = Apprentice(config)
    listener.load_state_dict(average.state)
    listener.eval()
    found = [
        listener.losses(lesson(watched, plan.windows, plan.pictures, WATCHED_SEED, number)) for number in range(WATCHED)
    ]
    return {f"val_{name}": sum(float(parts[name]) for parts in found) / len(found) for name in found[0]}


def save_weights(path: Path, config: NetConfig, state: dict[str, Tensor], step: int) -> None:
    """The net alone, without what only training needs."""
    net = {name.removeprefix("net."): value for name, value in state.items() if name.startswith("net.")}
    _save(path, {"config": asdict(config), "weights": net, "step": step})


def load_net(path: Path) -> AudioToVideoNet:
    """What `save_weights` wrote."""
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
        net = AudioToVideoNet(NetConfig(**stored["config"]))
        net.load_state_dict(stored["weights"])
    except (UnpicklingError, RuntimeError, ValueError, EOFError, KeyError, TypeError) as err:
        reason = " ".join(str(err).split())[:200]
        raise DataError(f"{path} holds no weights of a flip-book ({reason}); give a run's {WEIGHTS}.") from err
    return net.eval()


def _save(path: Path, state: dict[str, Any]) -> None:
    partial = path.with_suffix(".part")
    torch.save(state, partial)
    partial.replace(path)


def _store(path: Path, done: int, apprentice: Apprentice, average: Average, optimiser: torch.optim.Optimizer) -> None:
    state = {"apprentice": apprentice.state_dict(), "average": average.state, "optimiser": optimiser.state_dict()}
    _save(path, {**state, "done": done})


def _restore(path: Path, apprentice: Apprentice, average: Average, optimiser: torch.optim.Optimizer) -> int:
    state = torch.load(path, map_location="cpu", weights_only=True)
    apprentice.load_state_dict(state["apprentice"])
    for name, value in state["average"].items():
        average.state[name].copy_(value)
    optimiser.load_state_dict(state["optimiser"])
    print(f"going on after step {state['done']}", flush=True)
    return int(state["done"])


def _note(folder: Path, step: int, values: dict[str, float]) -> None:
    rounded = {name: float(f"{value:.5g}") for name, value in values.items()}
    with (folder / METRICS).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"step": step, **rounded}) + "\n")
    print(f"step {step}  " + "  ".join(f"{name} {value:.4g}" for name, value in values.items()), flush=True)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("footage", type=Path, help="what 'koemorph-models film-flipbook' wrote")
    parser.add_argument("folder", type=Path, help="where the run keeps its checkpoint, weights and measurements")
    parser.add_argument("--legacy", action="store_true", help="the older net: no transformer, neurons that paint")
    helps = {
        "steps": "steps in all",
        "windows": "windows of 3 s in a step",
        "pictures": "pictures painted in a step",
        "rate": "highest learning rate",
        "seed": "of weights and lessons",
        "threads": "of the training",
        "every": "steps between checkpoints",
        "minutes": "stop after so long, with a checkpoint",
    }
    parser.add_argument("--dropout", type=float, default=NetConfig.dropout, help="of the transformer (%(default)s)")
    for name, text in helps.items():
        default = FlipbookPlan.__dataclass_fields__[name].default
        shown = text if default == math.inf else f"{text} (%(default)s)"
        parser.add_argument(f"--{name}", type=type(default), default=default, help=shown)


def run(options: argparse.Namespace) -> None:
    known = FlipbookPlan.__dataclass_fields__
    plan = FlipbookPlan(**{name: value for name, value in vars(options).items() if name in known})
    config = replace(LEGACY if options.legacy else NetConfig(), dropout=options.dropout)
    print(train(plan, read(options.footage / "train"), read(options.footage / "validation"), config))
