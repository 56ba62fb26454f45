"""Whether faces live and come to rest: eyes, lids, head, the ends of lines, and lips that meet between two of them.

Every recording is taken with its own silence made a second longer at both ends, and beside the next one with a second
between, as a file with two lines of a list; and once more cut at its first and last sound.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from koemorph import arkit, lips
from koemorph.audio import Clip, open_clip
from koemorph.engine import Engine
from koemorph.features.mel import sound_level
from koemorph.model import load_model
from koemorph.performance.brows import accents
from koemorph.performance.head import NOD_LATE
from koemorph.performance.phrases import phrases
from koemorph.settings import Settings
from koemorph.take import Take
from koemorph.timing import SAMPLE_RATE, FrameRate

SIXTY: Final = FrameRate.parse("60")
SILENCE: Final = np.zeros(SAMPLE_RATE, np.float32)
SOUNDING_DB: Final = -48.0
"""Of speech brought to its usual level."""
AT_REST: Final = 0.02
"""A shape that is smaller cannot be seen."""
SOON: Final = 0.4
SETTLING: Final = 30
"""Frames around speech in which a head may still move."""
AXES: Final = (("Out", "In"), ("Up", "Down"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recordings", type=Path, nargs="+", help="sound files")
    parser.add_argument("--model", type=Path, help="a model folder; the shipped one if left out")
    parser.add_argument("-o", "--output", type=Path, help="the table as JSON as well")


def run(options: argparse.Namespace) -> int:
    lines = []
    for path in options.recordings:
        with open_clip(path) as clip:
            lines.append(clip.read(0, clip.sample_count) * np.float32(clip.gain))
    facts = measure(Engine(load_model(options.model)), lines)
    text = json.dumps(facts, indent=1)
    print(text)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    return 0


def measure(engine: Engine, lines: Sequence[NDArray[np.float32]]) -> dict[str, Any]:
    wakes, rests, meets, lives, cuts = [], [], [], [], []
    for line, following in zip(lines, [*lines[1:], lines[0]], strict=True):
        take, level = _performed(engine, np.concatenate([SILENCE, line, SILENCE, following, SILENCE]))
        sounding = np.flatnonzero(level > SOUNDING_DB)
        face = np.abs(take.values[:, [take.names.index(name) for name in arkit.SHAPES]]).max(axis=1)
        moving = np.flatnonzero(face > AT_REST)
        wakes.append((sounding[0] - moving[0]) / 60)
        rests.append((moving[-1] - sounding[-1]) / 60)
        lives.append(alive(take, level))
        cuts.append(cut(engine, line))
        middle = round(60 * (1.5 + len(line) / SAMPLE_RATE))
        meets.append(bool(lips.lip_gap(take)[middle : middle + 6].max() <= lips.CLOSED_GAP))
    return {
        "lines": len(lines),
        "wakes before the first sound, longest, s": round(float(max(wakes)), 3),
        "at rest after the last sound, longest, s": round(float(max(rests)), 3),
        f"at rest {SOON} s after it": round(float(np.mean([rest <= SOON for rest in rests])), 3),
        "lips meet between two lines": round(float(np.mean(meets)), 3),
        **{name: round(float(np.mean([one[name] for one in lives])), 3) for name in lives[0]},
        **{name: round(float(np.max([one[name] for one in cuts])), 3) for name in cuts[0]},
    }


def cut(engine: Engine, line: NDArray[np.float32]) -> dict[str, float]:
    """The ends of a recording that is cut at its first and last sound, at default settings and without any rest."""
    _, level = _performed(engine, line)
    begin, end = (np.flatnonzero(level > SOUNDING_DB)[[0, -1]] + (0, 1)) * SAMPLE_RATE // 60
    with Clip.from_samples(line[begin:end], SAMPLE_RATE) as clip:
        analysis = engine.analyse(clip)
    takes = [engine.render(analysis, settings) for settings in (Settings(), Settings(rest_time=0.0))]
    rested, restless = (take.values[:, : len(arkit.SHAPES)] for take in takes)
    met, kept = (np.asarray(lips.closure(take) >= lips.THRESHOLD) for take in reversed(takes))
    steps = [np.abs(np.diff(values, axis=0)).max(axis=0) * 60 for values in (rested, restless)]
    brows = arkit.indices(("browInnerUp", *arkit.sides("browDown"), *arkit.sides("mouthSmile")))
    return {
        "cut at its sounds: largest shape in the first and last frame": float(np.abs(rested[[0, -1]]).max()),
        "largest shape in the first and last frame without rest": float(np.abs(restless[[0, -1]]).max()),
        "frames with closed lips that are lost": float((met & ~kept).sum()),
        "seconds that are closed only for rest": float((kept & ~met).sum() / 60),
        "fastest brow or smile, a second": float(steps[0][list(brows)].max()),
        "fastest brow or smile without rest": float(steps[1][list(brows)].max()),
    }


def alive(take: Take, level: NDArray[np.float32]) -> dict[str, float]:
    """What moves beside the mouth while somebody speaks."""
    spoken = phrases(take.values[:, : len(arkit.SHAPES)], level, SIXTY)
    speaking = np.zeros(take.frame_count, bool)
    for begin, end in spoken:
        speaking[int(begin * 60) : int(end * 60)] = True
    silent = ~speaking
    for begin, end in spoken:
        silent[max(int(begin * 60) - SETTLING, 0) : int(end * 60) + SETTLING] = False
    turns = np.degrees(np.stack([take.curve(name) for name in arkit.HEAD_TURNS], axis=1))
    speed = np.abs(np.gradient(turns, axis=0)).sum(axis=1) * 60
    stress = accents(take.values[:, : len(arkit.SHAPES)], level, SIXTY) > 0.5
    nodding = np.roll(stress, round(60 * NOD_LATE)) & speaking
    gaze = np.stack([take.curve(f"eyeLook{out}Left") - take.curve(f"eyeLook{into}Left") for out, into in AXES], axis=1)
    blinks = np.diff((take.curve("eyeBlinkLeft") > 0.6).astype(int)) > 0
    return {
        "gaze, deviation while speaking": float(gaze[speaking].std(axis=0).max()),
        "blinks a minute": float(blinks.sum() / take.frame_count * 3600),
        "head, degrees a second while speaking": float(speed[speaking].mean()),
        "head, degrees a second in silence": float(speed[silent].mean()) if silent.any() else 0.0,
        "head down on stresses, degrees": float(turns[nodding, 1].mean() - turns[speaking & ~nodding, 1].mean())
        if nodding.any()
        else 0.0,
    }


def _performed(engine: Engine, samples: NDArray[np.float32]) -> tuple[Take, NDArray[np.float32]]:
    with Clip.from_samples(samples, SAMPLE_RATE) as clip:
        take = engine.animate(clip)
        level = sound_level(lambda a, b: clip.read(a, b) * np.float32(clip.gain), 0, take.frame_count, SIXTY)
    return take, level
