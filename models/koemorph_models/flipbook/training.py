"""Train the audio-to-video net on footage, or go on training where it stopped.

Four things help it to learn on a processor, and none of them is left in what is exported: a linear layer reads the 52
curves off what the listener heard, at all 90 frames, while only a few frames a window are painted; what moves counts
more than what is still; the painting begins as the mean picture; the first convolution begins as a filter bank.

Writes checkpoint.pt (to go on from), weights.pt (averaged, to export) and metrics.jsonl.
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

from koemorph import arkit

from ..training import loop
from ..training.half import half
from ..training.loop import Plan
from ..training.weights import load_weights, save_weights
from .footage import Footage, read
from .net import LEGACY, AudioToVideoNet, NetConfig
from .windows import Lesson, as_tensor, lesson

WEIGHTS: Final = "weights.pt"
WINDOWS: Final = 6
PICTURES: Final = 9
"""Of a step."""
AVERAGED: Final = 0.995
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
        # The full precision where pictures are compared.
        with half("cpu", wanted=self.training):
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


class PaintingTask:
    """Windows of sound to their pictures. Satisfies `training.loop.Task`."""

    def __init__(
        self,
        footage: Sequence[Footage],
        watched: Sequence[Footage],
        config: NetConfig,
        *,
        windows: int,
        pictures: int,
        seed: int,
    ) -> None:
        self.footage, self.watched = footage, watched
        self.windows, self.pictures, self.seed = windows, pictures, seed
        torch.manual_seed(seed)
        self.apprentice = Apprentice(config)
        self.apprentice.look_at(footage)
        self.apprentice.net.painter.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def module(self) -> nn.Module:
        return self.apprentice

    def batch(self, step: int) -> dict[str, Tensor]:
        return vars(lesson(self.footage, self.windows, self.pictures, self.seed, step))

    def loss(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        parts = self.apprentice.losses(Lesson(**batch))
        return {**parts, "curves": CURVES_SHARE * parts["curves"]}

    def validate(self) -> dict[str, float]:
        """The same lessons each time, of speakers that are not trained on."""
        if not self.watched:
            return {}
        seen = [lesson(self.watched, self.windows, self.pictures, WATCHED_SEED, number) for number in range(WATCHED)]
        found = [self.apprentice.losses(one) for one in seen]
        return {f"val_{name}": sum(float(parts[name]) for parts in found) / len(found) for name in found[0]}


def train(
    plan: Plan,
    footage: Sequence[Footage],
    watched: Sequence[Footage],
    config: NetConfig,
    *,
    windows: int = WINDOWS,
    pictures: int = PICTURES,
) -> Path:
    """Train, or go on training, in `plan.folder`; returns the path of the averaged weights."""
    plan = replace(plan, averaged=AVERAGED)
    task = PaintingTask(footage, watched, config, windows=windows, pictures=pictures, seed=plan.seed)
    weights = plan.folder / WEIGHTS
    net = task.apprentice.net  # alone, without what only training needs
    loop.train(task, plan, lambda step: save_weights(weights, config, net.state_dict(), step=step))
    return weights


def load_net(path: Path) -> AudioToVideoNet:
    return load_weights(path, lambda **config: AudioToVideoNet(NetConfig(**config)))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("footage", type=Path, help="what 'koemorph-models film-flipbook' wrote")
    loop.add_plan(parser, steps=1500, rate=1e-3, warm_up=60, threads=1, every=100)
    parser.add_argument("--legacy", action="store_true", help="the older net: no transformer, neurons that paint")
    parser.add_argument("--dropout", type=float, default=NetConfig.dropout, help="of the transformer (%(default)s)")
    parser.add_argument("--windows", type=int, default=WINDOWS, help="windows of 3 s in a step (%(default)s)")
    parser.add_argument("--pictures", type=int, default=PICTURES, help="pictures painted in a step (%(default)s)")


def run(options: argparse.Namespace) -> None:
    config = replace(LEGACY if options.legacy else NetConfig(), dropout=options.dropout)
    sets = read(options.footage / "train"), read(options.footage / "validation")
    print(train(loop.plan_of(options), *sets, config, windows=options.windows, pictures=options.pictures))
