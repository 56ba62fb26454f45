"""Teaches the frame classifier from utterances whose phone times are known, synthetic or aligned.

    koemorph-models train-aligner SYNTHETIC/utterances.jsonl aligner.pt

With --start, --human and --human-root it goes on from a first aligner, on what that one has aligned.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from koemorph.speech.symbols import classes, units

from .classifier import Aligner, FrameNet
from .sound import BANDS, FRAMES_PER_SECOND, load, log_mels
from .utterance import Phone, Utterance, read_utterances

IGNORE: Final = -1
CROP: Final = 4 * FRAMES_PER_SECOND
ASPIRATION: Final = 0.05
"""Seconds after espeak-ng's p, t, k whose label is not to be trusted."""


@dataclass(frozen=True)
class Lesson:
    """A recording's log-mels, the class of each frame (or IGNORE) and how surely a phone begins there."""

    bands: NDArray[np.float16]
    labels: NDArray[np.int16]
    edges: NDArray[np.float16]
    recorded: bool


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


def lesson(utterance: Utterance, bands: NDArray[np.float16]) -> Lesson:
    count = len(bands)
    labels = np.full(count, IGNORE, np.int16)
    edges = np.zeros(count, np.float16)
    for name, start, end in spans(utterance.phones):
        labels[round(start * FRAMES_PER_SECOND) : round(end * FRAMES_PER_SECOND)] = name
        at = round(start * FRAMES_PER_SECOND)
        for near, value in ((at, 1.0), (at - 1, 0.5), (at + 1, 0.5)):
            if 0 <= near < count:
                edges[near] = max(edges[near], value)
    if utterance.source == "espeak":
        for phone in utterance.phones:
            if phone.symbol in ("p", "t", "k") and phone.release is not None:
                last = round((phone.release + ASPIRATION) * FRAMES_PER_SECOND)
                labels[round(phone.end * FRAMES_PER_SECOND) : last] = IGNORE
    return Lesson(bands, labels, edges, utterance.source != "espeak")


def lessons(root: Path, utterances: Sequence[Utterance]) -> list[Lesson]:
    return [lesson(entry, log_mels(load(root / entry.audio))) for entry in utterances]


def statistics(utterances: Iterable[Utterance]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Priors of the classes, mean and spread of their log durations (frames), from recorded voices where possible."""
    total = np.full(len(classes()), 20.0)
    logs: dict[int, list[float]] = {}
    formant: dict[int, list[float]] = {}
    for entry in utterances:
        book = formant if entry.source == "espeak" else logs
        for name, start, end in spans(entry.phones):
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
    stats: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    steps: int,
    seed: int = 0,
    start: Aligner | None = None,
    rate: float = 2e-3,
    batch: int = 12,
) -> Aligner:
    """`groups` are lessons with the share of each batch that comes from them; 48 s of sound a step."""
    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    net = FrameNet() if start is None else FrameNet(start.net.width)
    if start is not None:
        net.load_state_dict(start.net.state_dict())
    net.train()
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.01)
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
        bands, labels, edges = _batch(chosen, chance)
        logits, edge = net(bands)
        loss = cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORE, label_smoothing=0.05)
        known = (labels != IGNORE).float()
        loss = loss + 0.5 * (binary_cross_entropy_with_logits(edge, edges, reduction="none") * known).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        heard = float(loss.detach()) if step == 1 else 0.98 * heard + 0.02 * float(loss.detach())
        if step % 100 == 0 or step == steps:
            print(f"step {step}/{steps}  loss {heard:.3f}  {time.monotonic() - began:.0f} s", flush=True)
    net.eval()
    return Aligner(net, *stats)


def _batch(chosen: Sequence[Lesson], chance: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
    bands = np.full((len(chosen), CROP, BANDS), -70.0, np.float32)
    labels = np.full((len(chosen), CROP), IGNORE, np.int64)
    edges = np.zeros((len(chosen), CROP), np.float32)
    for row, one in enumerate(chosen):
        first = int(chance.integers(0, max(1, len(one.labels) - CROP + 1)))
        part = slice(first, first + CROP)
        count = len(one.labels[part])
        bands[row, :count] = _disturbed(one.bands[part].astype(np.float32), chance)
        labels[row, :count] = one.labels[part]
        edges[row, :count] = one.edges[part]
    return torch.from_numpy(bands), torch.from_numpy(labels), torch.from_numpy(edges)


def _disturbed(bands: NDArray[np.float32], chance: np.random.Generator) -> NDArray[np.float32]:
    """Mild: another microphone and vocal tract, and in three of five crops noise 12 to 45 dB below the speech."""
    bands = bands + np.float32(chance.normal(0, 2.0))
    if chance.random() < 0.5:
        knots = chance.normal(0, 3.0, 5)
        bands = bands + np.interp(np.linspace(0, 4, BANDS), np.arange(5), knots).astype(np.float32)
    if chance.random() < 0.4:
        place = np.clip(np.arange(BANDS) * chance.uniform(0.94, 1.06), 0, BANDS - 1)
        low = place.astype(int)
        part = (place - low).astype(np.float32)
        bands = bands[:, low] * (1 - part) + bands[:, np.minimum(low + 1, BANDS - 1)] * part
    if chance.random() < 0.6:
        shape = np.interp(np.linspace(0, 3, BANDS), np.arange(4), chance.normal(0, 6.0, 4))
        level = -8.0 - chance.uniform(12, 45) + shape
        noise = 10 ** (level / 10) * chance.gamma(4.0, 0.25, bands.shape)
        bands = 10 * np.log10(10 ** (bands / 10) + noise)
    return np.asarray(bands, dtype=np.float32)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("synthetic", type=Path, help="utterances.jsonl of a synthetic corpus")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--steps", type=int, default=1300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--leave-out", default="", help="speakers kept for evaluate-aligner, with commas between")
    parser.add_argument("--start", type=Path, help="go on from this checkpoint (self-training)")
    parser.add_argument("--human", type=Path, help="utterances.jsonl that align-corpus wrote (self-training)")
    parser.add_argument("--human-root", type=Path, help="folder its audio is relative to, if not the list's")
    parser.add_argument("--human-share", type=float, default=1.0, help="against 1 of synthetic speech")
    parser.add_argument("--threads", type=int, default=2)


def run(options: argparse.Namespace) -> None:
    torch.set_num_threads(options.threads)
    left_out = {name for name in options.leave_out.split(",") if name}
    synthetic = [entry for entry in read_utterances(options.synthetic) if entry.speaker not in left_out]
    groups = [(lessons(options.synthetic.parent, synthetic), 1.0)]
    if options.human:
        human = [entry for entry in read_utterances(options.human) if entry.speaker not in left_out]
        groups.append((lessons(options.human_root or options.human.parent, human), options.human_share))
    start = Aligner.load(options.start) if options.start else None
    # Durations and priors stay those of exactly timed speech.
    train(groups, statistics(synthetic), options.steps, options.seed, start, options.rate).save(options.checkpoint)
