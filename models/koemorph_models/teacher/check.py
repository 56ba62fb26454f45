"""Does the teacher keep its word? Closures, contacts and the ranges of captured faces, over a list of utterances.

    koemorph-models check-teacher UTTERANCES.jsonl [--audio FOLDER] [--count 200]

The ranges are those of nine captured recordings of one acting speaker: to be compared with, not to be reached exactly.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph import lips
from koemorph.arkit import SHAPES
from koemorph.speech.articulation import resolve, unknown_symbols
from koemorph.take import Take
from koemorph.timing import SAMPLE_RATE, FrameRate
from koemorph_models.speech.sound import load
from koemorph_models.speech.utterance import SILENCE, Phone, Utterance, read_utterances

from .prosody import analyse
from .style import Style
from .teacher import teach

CAPTURED: Final[dict[str, tuple[float, float]]] = {
    "jawOpen": (0.20, 0.36),
    "mouthClose": (0.12, 0.19),
    "mouthFunnel": (0.36, 0.55),
    "mouthPucker": (0.06, 0.10),
    "mouthLowerDown": (0.58, 0.74),
    "mouthUpperUp": (0.28, 0.50),
    "mouthStretch": (0.23, 0.32),
    "mouthSmile": (0.68, 0.84),
    "mouthFrown": (0.21, 0.53),
    "mouthDimple": (0.15, 0.24),
    "mouthRollLower": (0.23, 0.32),
    "mouthRollUpper": (0.01, 0.03),
    "mouthShrugLower": (0.29, 0.38),
    "mouthShrugUpper": (0.20, 0.33),
    "mouthPress": (0.04, 0.07),
    "jawForward": (0.11, 0.24),
    "jawLeft": (0.14, 0.23),
    "tongueOut": (0.00, 0.01),
    "cheekPuff": (0.02, 0.03),
    "cheekSquint": (0.40, 0.58),
    "noseSneer": (0.28, 0.48),
    "browDown": (0.44, 0.65),
    "browInnerUp": (0.33, 0.76),
    "browOuterUp": (0.40, 0.74),
    "eyeSquint": (0.49, 0.64),
    "eyeWide": (0.49, 0.60),
}
"""95th percentile and maximum of captured curves."""

TOLERANCE: Final = 0.040
"""Seconds by which a closure may be early or late."""


@dataclass(kw_only=True)
class Tally:
    """Counts over many takes."""

    bilabials: int = 0
    closed: int = 0
    two_frames: int = 0
    runs: int = 0
    right_runs: int = 0
    vowel_frames: int = 0
    vowel_closed: int = 0
    contacts: int = 0
    touched: int = 0
    other_frames: int = 0
    other_touched: int = 0
    rounded: list[float] = field(default_factory=list)
    unrounded: list[float] = field(default_factory=list)
    silent_mouth: list[float] = field(default_factory=list)
    values: list[NDArray[np.floating]] = field(default_factory=list)
    speeds: list[NDArray[np.floating]] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)

    def add(self, take: Take, phones: Sequence[Phone]) -> None:
        time = np.arange(take.frame_count) / float(take.rate.fps)
        shut = lips.closure(take) >= lips.THRESHOLD
        touch = lips.labiodental(take) >= lips.THRESHOLD
        round_ = lips.rounding(take)
        speech, near_bilabial = np.zeros(len(time), bool), np.zeros(len(time), bool)
        for phone in phones:
            inside = (time >= phone.start) & (time < phone.end)
            shapes = [shape for shape, _ in resolve(phone.symbol).parts]
            speech |= inside & (phone.symbol != SILENCE)
            end = phone.end if phone.release is None else phone.release
            around = (time >= phone.start - TOLERANCE) & (time < end + TOLERANCE)
            if shapes[0].close == 1:
                self.bilabials += 1
                self.closed += bool(shut[around].any())
                self.two_frames += bool(_longest(shut[around]) * 30 >= 2 * float(take.rate.fps))
                near_bilabial |= around
            if shapes[-1].bite >= 0.9:
                self.contacts += 1
                self.touched += bool(touch[(time >= phone.start) & (time < phone.end + 0.01)].any())
            elif shapes[0].vowel:
                self.vowel_frames += int(inside.sum())
                self.vowel_closed += int((shut & inside).sum())
                self.other_frames += int(inside.sum())
                self.other_touched += int((touch & inside).sum())
                if inside.any() and len(shapes) == 1:
                    place = self.rounded if shapes[0].rounded else self.unrounded
                    place.append(float(round_[inside].mean()))
            if phone.symbol == SILENCE and phone.end - phone.start > 0.45:
                deep = (time > phone.start + 0.2) & (time < phone.end - 0.2)
                mouth = [i for i, name in enumerate(SHAPES) if name.startswith(("mouth", "jaw", "tongue", "cheekPuff"))]
                self.silent_mouth += take.values[deep][:, mouth].max(axis=1).tolist() if deep.any() else []
        for run in _runs(shut & speech):
            self.runs += 1
            self.right_runs += bool(near_bilabial[run].any())
        self.values.append(take.values)
        self.speeds.append(np.abs(np.diff(take.values, axis=0)) * float(take.rate.fps))
        for symbol, count in unknown_symbols(phone.symbol for phone in phones).items():
            self.unknown[symbol] = self.unknown.get(symbol, 0) + count

    def report(self) -> str:
        lines = [
            f"bilabials {self.bilabials}: closed {_share(self.closed, self.bilabials)}, "
            f"two frames at 30 fps {_share(self.two_frames, self.bilabials)}; "
            f"closures at a bilabial {_share(self.right_runs, self.runs)}; "
            f"vowel time closed {_share(self.vowel_closed, self.vowel_frames)}",
            f"labiodentals {self.contacts}: touched {_share(self.touched, self.contacts)}; "
            f"vowel time touched {_share(self.other_touched, self.other_frames)}; "
            f"rounding AUC {_auc(self.rounded, self.unrounded):.3f}",
            f"mouth in silence, largest shape: 99th percentile {_percentile(self.silent_mouth, 99):.3f}",
            f"unknown symbols: {self.unknown or 'none'}",
            f"{'shape':16} {'p95':>6} {'max':>6}   captured p95 / max   speed p95",
        ]
        values, speeds = np.concatenate(self.values), np.concatenate(self.speeds)
        for name, (p95, most) in CAPTURED.items():
            columns = [i for i, shape in enumerate(SHAPES) if shape in (name, name + "Left", name + "Right")]
            mine = values[:, columns]
            lines.append(
                f"{name:16} {np.percentile(mine, 95):6.3f} {mine.max():6.3f}   {p95:6.2f} {most:6.2f}"
                f"{'':10} {np.percentile(speeds[:, columns], 95):6.2f}"
            )
        return "\n".join(lines)


def _longest(flags: NDArray[np.bool_]) -> int:
    return max((len(run) for run in _runs(flags)), default=0)


def _runs(flags: NDArray[np.bool_]) -> list[NDArray[np.int_]]:
    """Stretches of consecutive true frames."""
    at = np.flatnonzero(flags)
    return np.split(at, np.flatnonzero(np.diff(at) > 1) + 1) if len(at) else []


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _percentile(values: Iterable[float], rank: float) -> float:
    found = np.array(list(values))
    return float(np.percentile(found, rank)) if len(found) else float("nan")


def _auc(high: Sequence[float], low: Sequence[float]) -> float:
    if not high or not low:
        return float("nan")
    ranks = np.argsort(np.argsort(np.array([*high, *low])))[: len(high)] + 1
    return float((ranks.sum() - len(high) * (len(high) + 1) / 2) / (len(high) * len(low)))


def sample(utterances: Path, count: int) -> list[Utterance]:
    found = list(read_utterances(utterances))
    return random.Random(1).sample(found, min(count, len(found)))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("utterances", type=Path)
    parser.add_argument("--audio", type=Path, help="the recordings' folder, where it is not the list's")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--fps", default="60")


def run(options: argparse.Namespace) -> None:
    tally = Tally()
    for utterance in sample(options.utterances, options.count):
        samples = load((options.audio or options.utterances.parent) / utterance.audio)
        style = Style.for_speaker(utterance.speaker)
        take = teach(
            utterance.phones, analyse(samples), len(samples) / SAMPLE_RATE, FrameRate.parse(options.fps), style
        )
        tally.add(take, utterance.phones)
    print(tally.report())
