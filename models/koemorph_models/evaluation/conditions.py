"""What a line is measured under: frame rates, settings, noise; its takes in each, and those to compare with."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from koemorph import arkit
from koemorph.analysis import Analysis
from koemorph.audio import Clip
from koemorph.engine import Engine
from koemorph.settings import Settings
from koemorph.speech.script import Script
from koemorph.take import Take
from koemorph.timing import SAMPLE_RATE, FrameRate

from ..speech.sound import at_level, at_speed, load
from ..speech.utterance import Phone
from ..teacher import Style, analyse, reference, teach
from ..training.disturb import noise_like, telephone
from .lines import Line

RAW: Final = {"lower_face_smoothing": 0.0, "upper_face_smoothing": 0.0, "lip_seal": 0.0}
INVENTED: Final = {
    "blink_rate": 0.0,
    "gaze_strength": 0.0,
    "brow_emphasis": 0.0,
    "asymmetry": 0.0,
    "head_strength": 0.0,
}
"""Off: what the performance layer adds by itself is neither the model's nor the teacher's."""
_ROLL: Final = 0.5


@dataclass(frozen=True)
class Condition:
    """One row of the second table: what is changed from 60 fps, default settings, the recording as it is."""

    name: str
    fps: int = 60
    temperature: float = 0.2
    smoothed: bool = True
    sound: str = ""
    """One of SOUNDS, or as it is."""


CONDITIONS: Final = (
    Condition("60 fps, default"),
    Condition("30 fps, default", fps=30),
    Condition("24 fps, default", fps=24),
    Condition("60 fps, unsmoothed", smoothed=False),
    Condition("temperature 0.05", temperature=0.05),
    Condition("temperature 0.5", temperature=0.5),
    Condition("mixed noise, SNR 20 dB", sound="mixed 20"),
    Condition("mixed noise, SNR 10 dB", sound="mixed 10"),
    Condition("white noise, SNR 20 dB", sound="white 20"),
    Condition("white noise, SNR 10 dB", sound="white 10"),
    Condition("white noise, SNR 5 dB", sound="white 5"),
    Condition("telephone", sound="telephone"),
    Condition("1.25 times as fast", sound="faster"),
)
FASTER: Final = 1.25
DEFAULT: Final = CONDITIONS[0]
BASELINE: Final = Condition("loudness drives the jaw")
TEACHER: Final = Condition("the teacher itself")


@dataclass(frozen=True, eq=False)
class Version:
    """A line as it sounds in some conditions, and the teacher's takes of it by frames a second."""

    samples: NDArray[np.float32]
    phones: Sequence[Phone]
    truth: dict[int, Take]


def versions(line: Line) -> Iterator[tuple[str, Version]]:
    """The line in every sound that a condition asks for."""
    clean = at_level(load(line.sound))
    for sound in dict.fromkeys(condition.sound for condition in CONDITIONS):
        own = [condition for condition in CONDITIONS if condition.sound == sound]
        speed = FASTER if sound == "faster" else 1.0
        samples, phones = at_speed(clean, speed), [one.at_speed(speed) for one in line.utterance.phones]
        prosody, seconds = analyse(samples), len(samples) / SAMPLE_RATE
        usual = replace(line.usual, pitch=line.usual.pitch * speed)
        truth = {
            fps: teach(phones, prosody, seconds, FrameRate.parse(str(fps)), Style(), usual)
            for fps in {condition.fps for condition in own}
        }
        yield sound, Version(sounding(samples, sound, line.utterance.id), phones, truth)


def with_room(
    engine: Engine, analysis: Analysis, settings: Settings, rate: FrameRate, script: Script | None = None
) -> Take:
    """A take of an excerpt: it may begin and end in the middle of a word, so it comes to rest outside of its frames."""
    take = engine.render(analysis, settings.with_values(pre_roll=_ROLL, post_roll=_ROLL), rate, script=script)
    first = rate.frame(analysis.origin.start - take.start)
    return take.slice(first, first + rate.frame_count(analysis.origin.duration))


def takes(engine: Engine, version: Version, sound: str) -> Iterator[tuple[Condition, Take]]:
    """The engine's take of one version in every condition that asks for it."""
    with Clip.from_samples(version.samples, SAMPLE_RATE) as clip:
        analysis = engine.analyse(clip)
    for condition in CONDITIONS:
        if condition.sound == sound:
            settings = Settings(temperature=condition.temperature).with_values(**INVENTED)
            settings = settings if condition.smoothed else settings.with_values(**RAW)
            yield condition, with_room(engine, analysis, settings, FrameRate.parse(str(condition.fps)))


def sounding(samples: NDArray[np.float32], sound: str, name: str) -> NDArray[np.float32]:
    chance = np.random.default_rng(zlib.crc32(f"{name}/{sound}".encode()))
    if sound == "telephone":
        return telephone(samples, chance, low=300.0, high=3400.0)
    kind, _, snr = sound.partition(" ")
    if kind not in ("mixed", "white"):
        return samples
    white = chance.standard_normal(len(samples)).astype(np.float32)
    noise = white if kind == "white" else noise_like(samples, len(samples), chance)
    loud = np.sqrt(np.mean(samples[np.abs(samples) > 0.02 * np.abs(samples).max()] ** 2))
    return (samples + noise * loud * np.float32(10 ** (-float(snr) / 20))).astype(np.float32)


def envelope(samples: NDArray[np.float32], truth: Take) -> Take:
    """What a loudness-driven jaw does: jawOpen in step with the level, lips together where it is weak."""
    prosody = analyse(samples)
    loud = reference([prosody])
    opening = np.clip((prosody.loudness - loud.floor) / (loud.loud - loud.floor), 0, 1) * 0.3
    values = np.zeros_like(truth.values)
    values[:, arkit.INDEX["jawOpen"]] = np.interp(
        np.arange(truth.frame_count) / float(truth.rate.fps), np.arange(len(opening)) / 60, opening
    )
    return replace(truth, values=values)
