"""Teaches the phone head from reels whose phone times are known, synthetic or aligned.

    koemorph-models train-phones SYNTHETIC_REELS [HUMAN_REELS] phones.pt

With --start it goes on from an earlier head; with --like a small one learns what a larger one hears of the same sounds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, log_softmax

from koemorph.features.listener import FEATURE_RATE, FEATURE_SIZE
from koemorph.speech.symbols import classes, units

from ..errors import DataError
from .classifier import EDGE_LOSS, FRAMES_PER_SECOND, Aligner, PhoneHead
from .utterance import Phone

IGNORE: Final = -1
CROP: Final = 4 * FEATURE_RATE
BATCH: Final = 24
LIKENESS: Final = 0.85
"""What the chances that a larger head hears count, where they are known; the labels count the rest."""


@dataclass(frozen=True)
class Lesson:
    """Features (n, 512), the class of each frame (or IGNORE) and how surely a phone begins there.

    `heard` (n, classes) are the chances that a larger head hears.
    """

    features: NDArray[np.float16]
    labels: NDArray[np.int16]
    edges: NDArray[np.float16]
    heard: NDArray[np.float16] | None = None


def spans(phones: Iterable[Phone]) -> list[tuple[int, float, float]]:
    """(class, start, end) of every unit: a stop gives its closure and its release."""
    index = {name: number for number, name in enumerate(classes())}
    result = []
    for phone in phones:
        parts = units(phone.symbol)
        middle = phone.end if phone.release is None else phone.release
        cuts = [phone.start, phone.end] if len(parts) == 1 else [phone.start, middle, phone.end]
        result += [(index[name], cuts[i], cuts[i + 1]) for i, name in enumerate(parts)]
    return [(name, start, end) for name, start, end in result if end > start]


def lesson(features: NDArray[np.float16], phones: Sequence[Phone]) -> Lesson:
    """What a reel teaches."""
    count = len(features)
    labels, edges = np.full(count, IGNORE, np.int16), np.zeros(count, np.float16)
    for name, start, end in spans(phones):
        first, stop = (int(np.ceil(FEATURE_RATE * time - 1e-6)) for time in (start, end))
        labels[first:stop] = name
        # A boundary lies between two frames: each is told as surely as it is near.
        before = int(np.floor(FEATURE_RATE * start))
        for near in (before, before + 1):
            if 0 <= near < count:
                edges[near] = max(edges[near], 1.0 - abs(FEATURE_RATE * start - near))
    return Lesson(features, labels, edges)


def statistics(
    told: Iterable[tuple[Sequence[Phone], bool]],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Priors of the classes, mean and spread of their log durations (frames of 100 Hz).

    `told` are phones and whether a person's recordings made them; durations come from those where there are enough.
    """
    total = np.full(len(classes()), 20.0)
    logs: dict[int, list[float]] = {}
    formant: dict[int, list[float]] = {}
    for phones, recorded in told:
        book = logs if recorded else formant
        for name, start, end in spans(phones):
            total[name] += (end - start) * FRAMES_PER_SECOND
            book.setdefault(name, []).append(np.log(max(end - start, 0.01) * FRAMES_PER_SECOND))
    mean, spread = np.full(len(classes()), np.log(7.0)), np.full(len(classes()), 0.6)
    for name in range(len(classes())):
        values = logs.get(name, [])
        values = values if len(values) >= 30 else values + formant.get(name, [])
        if len(values) >= 5:
            mean[name], spread[name] = np.mean(values), max(0.45, float(np.std(values)))
    return total / total.sum(), mean, spread


def train(
    groups: Sequence[tuple[Sequence[Lesson], float]],
    head: PhoneHead,
    steps: int,
    *,
    seed: int = 0,
    rate: float = 2e-3,
    batch: int = BATCH,
) -> PhoneHead:
    """`groups` are lessons with the share of each batch that comes from them; 4 s of sound from each of a batch."""
    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    head.train()
    optimiser = torch.optim.AdamW(head.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps + 1, pct_start=0.1)
    shares = np.array([share for _, share in groups])
    weights = [np.array([float(len(one.labels)) for one in some]) for some, _ in groups]
    weights = [weight / weight.sum() for weight in weights]
    began, heard = time.monotonic(), 0.0
    for step in range(1, steps + 1):
        chosen = []
        for group in chance.choice(len(groups), size=batch, p=shares / shares.sum()):
            some = groups[group][0]
            chosen.append(some[chance.choice(len(some), p=weights[group])])
        features, labels, edges, told = _batch(chosen, chance)
        logits, edge = head(features)
        loss = cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORE, label_smoothing=0.05)
        if (count := told.sum()) > 0:
            likeness = -(told * log_softmax(logits, -1)).sum() / count
            loss = (1 - LIKENESS) * loss + LIKENESS * likeness
        known = (labels != IGNORE).float()
        loss = loss + EDGE_LOSS * (binary_cross_entropy_with_logits(edge, edges, reduction="none") * known).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        heard = float(loss.detach()) if step == 1 else 0.98 * heard + 0.02 * float(loss.detach())
        if step % 100 == 0 or step == steps:
            print(f"step {step}/{steps}  loss {heard:.3f}  {time.monotonic() - began:.0f} s", flush=True)
    return head.eval()


def standardise(head: PhoneHead, lessons: Sequence[Lesson]) -> None:
    """Sets the statistics of the head's input."""
    some = np.concatenate([one.features[:: max(1, len(lessons) // 100)] for one in lessons]).astype(np.float32)
    head.standardise.mean.copy_(torch.from_numpy(some.mean(axis=0)))
    head.standardise.scale.copy_(torch.from_numpy(some.std(axis=0)).clamp(min=1e-3))


def _batch(chosen: Sequence[Lesson], chance: np.random.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    features = np.zeros((len(chosen), CROP, FEATURE_SIZE), np.float32)
    labels = np.full((len(chosen), CROP), IGNORE, np.int64)
    edges = np.zeros((len(chosen), CROP), np.float32)
    told = np.zeros((len(chosen), CROP, len(classes())), np.float32)
    for row, one in enumerate(chosen):
        first = int(chance.integers(0, max(1, len(one.labels) - CROP + 1)))
        part = slice(first, first + CROP)
        count = len(one.labels[part])
        features[row, :count] = one.features[part]
        labels[row, :count] = one.labels[part]
        edges[row, :count] = one.edges[part]
        if one.heard is not None:
            told[row, :count] = one.heard[part]
    return torch.from_numpy(features), torch.from_numpy(labels), torch.from_numpy(edges), torch.from_numpy(told)


def _hearing(head: PhoneHead, features: NDArray[np.float16]) -> NDArray[np.float16]:
    """Chances (n, classes)."""
    with torch.inference_mode():
        logits, _ = head(torch.from_numpy(features.astype(np.float32))[None])
    return np.asarray(logits[0].softmax(-1).numpy(), np.float16)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reels", nargs="+", type=Path, help="folders of reels")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--listener", type=Path, required=True, help="listener.onnx that the reels were heard with")
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--human-share", type=float, default=2.0, help="against 1 of synthetic speech")
    parser.add_argument("--start", type=Path, help="go on from this checkpoint")
    parser.add_argument(
        "--like",
        nargs=2,
        action="append",
        type=Path,
        metavar=("HEAD", "REELS"),
        help="learn what this head hears of the same reels, heard with its listener; once for each folder of reels",
    )
    parser.add_argument("--threads", type=int, default=2)


def run(options: argparse.Namespace) -> None:
    from ..training.preparation import HUMAN
    from ..training.reels import EDGE, read_shard

    torch.set_num_threads(options.threads)
    lessons: dict[bool, list[Lesson]] = {True: [], False: []}
    told: list[tuple[Sequence[Phone], bool]] = []
    if options.like and len(options.like) != len(options.reels):
        raise DataError(f"--like was given {len(options.like)} times for {len(options.reels)} folders of reels.")
    for folder, (name, beside) in zip(options.reels, options.like or [(None, None)] * len(options.reels), strict=True):
        if beside and not any((beside / path.relative_to(folder)).is_file() for path in folder.rglob("*.npz")):
            raise DataError(f"{beside} holds none of the reels of {folder}.")
        larger = Aligner.load(name, options.listener).head.eval() if name else None
        for path in sorted(folder.rglob("*.npz")):
            twin = beside and beside / path.relative_to(folder)
            twins = read_shard(twin) if twin and twin.is_file() else None
            for number, reel in enumerate(read_shard(path)):
                one = lesson(reel.features[EDGE:-EDGE], reel.phones)
                if larger is not None and twins is not None:
                    heard = _hearing(larger, twins[number].features)[EDGE:-EDGE]
                    if len(heard) != len(one.labels):
                        raise DataError(f"{twin} was not made of the same sounds as {path}.")
                    one = replace(one, heard=heard)
                lessons[HUMAN in path.parts].append(one)
                if HUMAN not in path.parts:
                    told.append((reel.phones, not path.name.startswith("espeak")))
    start = Aligner.load(options.start, options.listener) if options.start else None
    head = start.head if start else PhoneHead(options.width)
    if start is None:
        standardise(head, [*lessons[True], *lessons[False]])
    groups = [(some, share) for some, share in ((lessons[True], options.human_share), (lessons[False], 1.0)) if some]
    # Durations and priors are those of exactly timed speech.
    stats = statistics(told) if told else (start.priors, start.log_mean, start.log_sd) if start else statistics(())
    Aligner(options.listener, train(groups, head, options.steps, seed=options.seed, rate=options.rate), *stats).save(
        options.checkpoint
    )
