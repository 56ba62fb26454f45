"""How much of a mouth is in the encoder's features: told by a linear layer, on voices that nothing was learned from.

    koemorph-models evaluate-ave REELS LIST[=AUDIO] ... --out FOLDER [--encoder FOLDER]

The same linear layer (ridge regression, fitted on REELS' training voices) is given the features, the features of an
encoder with drawn weights, and the mels themselves. `r` is the correlation with the teacher, at 25 fps; `in sync` the
share of lines whose best lag, over all shapes and half a second to either side, is at most one picture.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from koemorph import arkit
from koemorph.timing import SAMPLE_RATE, FrameRate
from koemorph_ave.encoder import load_encoder
from koemorph_ave.features import Array, mel_spectrogram, window_starts, windows_at

from ..data.split import Part
from ..errors import DataError
from ..evaluation.lines import chosen
from ..speech.sound import at_level, load
from ..teacher import Style, analyse, teach
from ..training.reels import Reel, learnt_from
from .network import AudioEncoder
from .windows import EACH, MIDDLE, MOUTH, STRETCH, cut, joined, piece

Floats = NDArray[np.float64]
Representation = Callable[[Array], Floats]
"""(n, 80, 16) windows to (n, d) numbers."""

RATE: Final = FrameRate.parse(25)
REACH: Final = 12
"""Pictures to either side among which the best lag is looked for: half a second."""
SHORTEST: Final = 3 * REACH
SHOWN: Final = ("jawOpen", "mouthClose", "mouthPucker", "mouthFunnel", "mouthLowerDownLeft", "mouthRollLower")


@dataclass(frozen=True, eq=False, kw_only=True)
class Probe:
    """A linear layer on standardised numbers."""

    mean: Floats
    spread: Floats
    weights: Floats

    def __call__(self, values: Floats) -> Floats:
        standard = (values - self.mean) / self.spread
        return standard @ self.weights[:-1] + self.weights[-1]


def fitted(values: Floats, wanted: Floats, ridge: float = 0.01) -> Probe:
    """Least squares with a penalty of `ridge` for each sample."""
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-3
    standard = np.concatenate([(values - mean) / spread, np.ones((len(values), 1))], axis=1)
    penalty = np.full(standard.shape[1], ridge * len(values))
    penalty[-1] = 0.0
    weights = np.linalg.solve(standard.T @ standard + np.diag(penalty), standard.T @ wanted)
    return Probe(mean=mean, spread=spread, weights=weights)


def material(reels: Sequence[Reel], count: int, seed: int = 1) -> tuple[Array, Floats]:
    """(n, 80, 16) windows and (n, shapes) mouths in their middle, drawn from clean reels."""
    chance = np.random.default_rng(seed)
    lengths = np.array([reel.frames for reel in reels], dtype=np.float64)
    pieces = []
    for number in chance.choice(len(reels), -(-count // EACH), p=lengths / lengths.sum()):
        reel = reels[number]
        first = int(chance.integers(0, max(1, reel.frames * 4 // 3 - STRETCH)))
        pieces.append(piece(reel, first, np.sort(chance.choice(STRETCH - 16, EACH, replace=False))))
    batch = joined(pieces)
    return batch["mels"].numpy(), batch["mouth"][:, MIDDLE].double().numpy()


@dataclass(frozen=True, eq=False)
class Line:
    """The windows of a line and what the teacher's mouth does in the middle of each."""

    group: str
    windows: Array
    mouth: Floats


def lines(lists: Sequence[str], count: int) -> list[Line]:
    found = []
    for line in chosen(lists, count):
        samples = at_level(load(line.sound))
        seconds = len(samples) / SAMPLE_RATE
        if seconds * 25 < SHORTEST + 10:
            continue
        truth = teach(line.utterance.phones, analyse(samples), seconds, RATE, Style(), line.usual).values[:, MOUTH]
        mel = mel_spectrogram(partial(cut, samples), len(samples))
        windows = windows_at(mel, window_starts(mel.shape[1], RATE))
        # The window of a picture begins with it, so that its middle is two pictures later.
        usable = min(len(windows), len(truth) - MIDDLE)
        found.append(Line(line.group, windows[:usable], truth[MIDDLE : MIDDLE + usable].astype(np.float64)))
    return found


def best_lag(told: Floats, wanted: Floats) -> int:
    """Pictures by which `told` comes late, where all shapes together fit best."""
    spread = wanted.std(axis=0)
    left = (told - told.mean(axis=0)) / np.maximum(told.std(axis=0), 1e-6) * (spread > 0.03)
    right = (wanted - wanted.mean(axis=0)) / np.maximum(spread, 1e-6)
    inner = right[REACH:-REACH]
    sums = [float((left[REACH + lag : len(left) - REACH + lag] * inner).sum()) for lag in range(-REACH, REACH + 1)]
    return int(np.argmax(sums)) - REACH


def figures(told: Sequence[Floats], wanted: Sequence[Floats]) -> dict[str, float]:
    left, right = np.concatenate(told), np.concatenate(wanted)
    moving = np.flatnonzero(right.std(axis=0) > 0.03)
    r = {arkit.SHAPES[MOUTH[i]]: float(np.corrcoef(left[:, i], right[:, i])[0, 1]) for i in moving}
    lags = np.array([best_lag(own, truth) for own, truth in zip(told, wanted, strict=True)])
    return {
        "r, all shapes that move": float(np.mean(list(r.values()))),
        **{f"r, {name}": r[name] for name in SHOWN if name in r},
        "in sync": float((np.abs(lags) <= 1).mean()),
        "mean lag, pictures": float(lags.mean()),
    }


def evaluate(
    representations: dict[str, Representation], reels: Sequence[Reel], measured: Sequence[Line], count: int
) -> dict[str, dict[str, dict[str, float]]]:
    """group -> representation -> figures"""
    mels, mouth = material(reels, count)
    groups = {"all": list(measured)}
    for line in measured:
        groups.setdefault(line.group, []).append(line)
    table: dict[str, dict[str, dict[str, float]]] = {group: {} for group in groups}
    for name, represent in representations.items():
        probe = fitted(represent(mels), mouth)
        told = {id(line): probe(represent(line.windows)) for line in measured}
        for group, own in groups.items():
            table[group][name] = figures([told[id(line)] for line in own], [line.mouth for line in own])
    return table


def drawn(seed: int = 0) -> Representation:
    """An encoder as it is before it has learned anything."""
    torch.manual_seed(seed)
    encoder = AudioEncoder().eval()

    @torch.no_grad()
    def represent(windows: Array) -> Floats:
        parts = [encoder(torch.from_numpy(windows[at : at + 256, None])) for at in range(0, len(windows), 256)]
        return torch.cat(parts).double().numpy()

    return represent


def as_markdown(table: dict[str, dict[str, dict[str, float]]]) -> str:
    columns = list(next(iter(table["all"].values())))
    rows = [["voices", "given", *columns], ["---"] * (len(columns) + 2)]
    for group, own in table.items():
        rows += [
            [group, name, *(f"{found.get(key, float('nan')):.3f}" for key in columns)] for name, found in own.items()
        ]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reels", type=Path, help="what 'koemorph-models prepare' wrote")
    parser.add_argument("lists", nargs="+", help="utterances.jsonl, or utterances.jsonl=FOLDER of its audio")
    parser.add_argument("--encoder", type=Path, help="an encoder folder; the shipped one if left out")
    parser.add_argument("--out", type=Path, required=True, help="folder for table.md and table.json")
    parser.add_argument("--count", type=int, default=40, help="utterances of each group")
    parser.add_argument("--windows", type=int, default=12000, help="of the training voices, for the linear layer")


def run(options: argparse.Namespace) -> None:
    reels = learnt_from(options.reels / Part.TRAIN.value, sound=True)
    if not reels:
        raise DataError(f"There are no reels in {options.reels}; make them with 'koemorph-models prepare'.")
    measured = lines(options.lists, options.count)
    if not measured:
        raise DataError("None of these utterances is kept for measuring; split.json says whose are.")
    encoder = load_encoder(options.encoder)
    representations: dict[str, Representation] = {
        encoder.config.name: lambda windows: encoder(windows).astype(np.float64),
        "drawn weights": drawn(),
        "the mels": lambda windows: windows.reshape(len(windows), -1).astype(np.float64),
    }
    table = evaluate(representations, reels, measured, options.windows)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "table.json").write_text(json.dumps(table, indent=1) + "\n", "utf-8")
    (options.out / "table.md").write_text(as_markdown(table), "utf-8")
    print(as_markdown(table))
