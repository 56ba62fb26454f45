"""One page about one utterance: its sound, its phones, the teacher's main curves and what the lips do.

koemorph-models show UTTERANCES.jsonl ID -o page.png [--audio FOLDER]
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from koemorph import lips
from koemorph.speech.articulation import resolve
from koemorph.take import Take
from koemorph.timing import SAMPLE_RATE, FrameRate
from koemorph_models.speech.sound import load
from koemorph_models.speech.utterance import Utterance, find_utterance

from .prosody import RATE, Prosody, analyse
from .style import Style
from .teacher import teach

PANELS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("jaw", ("jawOpen", "mouthClose")),
    ("lips open", ("mouthLowerDownLeft", "mouthUpperUpLeft", "mouthRollLower", "mouthPressLeft", "mouthShrugLower")),
    ("lips wide, round", ("mouthPucker", "mouthFunnel", "mouthStretchLeft", "mouthSmileLeft", "mouthSmileRight")),
    (
        "upper face",
        ("browInnerUp", "browOuterUpLeft", "browDownLeft", "eyeSquintLeft", "eyeWideLeft", "cheekSquintLeft"),
    ),
)


def page(utterance: Utterance, samples: NDArray[np.float32], prosody: Prosody, take: Take, path: Path) -> None:
    """Draws the page into `path`; shaded are p b m (red) and f v (blue)."""
    seconds = len(samples) / SAMPLE_RATE
    figure = Figure(figsize=(min(30.0, 4 + 3.2 * seconds), 13))
    axes = figure.subplots(len(PANELS) + 3, 1, sharex=True, height_ratios=[1.1, 0.8, *[1.3] * len(PANELS), 1])
    time = np.arange(len(samples)) / SAMPLE_RATE
    axes[0].plot(time, samples / max(1e-6, float(np.abs(samples).max())), color="0.5", linewidth=0.4)
    axes[0].set_ylabel("sound")
    for i, phone in enumerate(utterance.phones):
        mark = {0: "", 1: "ˌ", 2: "ˈ"}[phone.stress]
        axes[0].text((phone.start + phone.end) / 2, (-0.95, -0.7)[i % 2], mark + phone.symbol, ha="center", fontsize=11)
    axes[0].set_title(
        f"{utterance.id}  [{utterance.language}, {utterance.group}]  {utterance.text}", fontsize=10, loc="left"
    )
    at = np.arange(len(prosody.loudness)) / RATE
    axes[1].plot(at, prosody.loudness, label="loudness, dB")
    pitch = axes[1].twinx()
    pitch.plot(at, np.where(prosody.f0 > 0, prosody.f0, np.nan), color="C1", label="F0, Hz")
    axes[1].set_ylim(-70, -5)
    _legend(axes[1])
    frames = float(take.start) + np.arange(take.frame_count) / float(take.rate.fps)
    for axis, (title, names) in zip(axes[2:], PANELS, strict=False):
        for name in names:
            axis.plot(frames, take.curve(name), label=name, linewidth=1.2)
        axis.set_ylabel(title)
        axis.set_ylim(0, None)
        _legend(axis)
    last = axes[-1]
    for name, measure in (("closure", lips.closure), ("labiodental", lips.labiodental), ("rounding", lips.rounding)):
        last.plot(frames, measure(take), label=name, linewidth=1.2)
    last.plot(frames, lips.lip_gap(take), label="gap", color="0.6", linewidth=1)
    last.axhline(lips.THRESHOLD, color="0.8", linewidth=0.5)
    last.set_ylabel("measures")
    last.set_xlim(0, seconds)
    _legend(last)
    _shade(axes, utterance)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # texts in scripts that the font lacks
        figure.tight_layout(h_pad=0.2)
        figure.savefig(path, dpi=70)


def _legend(axis: Any) -> None:
    axis.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8, frameon=False)
    axis.margins(x=0)


def _shade(axes: Any, utterance: Utterance) -> None:
    for phone in utterance.phones:
        shapes = [shape for shape, _ in resolve(phone.symbol).parts]
        colour = "red" if shapes[0].close == 1 else "blue" if shapes[-1].bite else None
        for axis in axes:
            axis.axvline(phone.start, color="0.9", linewidth=0.5, zorder=0)
            if colour:
                axis.axvspan(phone.start, phone.release or phone.end, color=colour, alpha=0.08, linewidth=0)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("utterances", type=Path)
    parser.add_argument("id")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--audio", type=Path, help="the recordings' folder, where it is not the list's")
    parser.add_argument("--fps", default="60")


def run(options: argparse.Namespace) -> None:
    utterance = find_utterance(options.utterances, options.id)
    samples = load((options.audio or options.utterances.parent) / utterance.audio)
    prosody = analyse(samples)
    style = Style.for_speaker(utterance.speaker)
    take = teach(utterance.phones, prosody, len(samples) / SAMPLE_RATE, FrameRate.parse(options.fps), style)
    page(utterance, samples, prosody, take, options.out)
