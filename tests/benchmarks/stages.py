"""Where the time goes: each stage alone, and the whole as a user gets it, as real-time factors."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import soundfile

from koemorph import formats
from koemorph.analysis import CLOCK, Analysis, analysis_frames, feature_frames
from koemorph.audio import SAMPLE_RATE, Clip, open_clip
from koemorph.engine import Engine
from koemorph.features.backends import emotion_backend
from koemorph.features.listener import FEATURE_SIZE, STEP, Listening
from koemorph.features.mel import sound_level
from koemorph.network import first_feature
from koemorph.performance import perform
from koemorph.settings import Settings
from koemorph.speech.editing import move
from koemorph.take import Take
from koemorph.timing import FrameRate


def seconds_of(work: Callable[[], object], repeats: int) -> float:
    took = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return median(took)


def measure(path: Path, seconds: int, engine: Engine) -> dict[str, float]:
    """Real-time factors; `total` runs from file to written take, where emotion and network overlap."""
    repeats = 5 if seconds <= 60 else 1
    settings = Settings()
    figures: dict[str, float] = {}

    def note(stage: str, took: float) -> None:
        figures[stage] = took / seconds

    decode = seconds_of(lambda: _decode(path), repeats)
    note("decode", decode)
    note("resample, level", seconds_of(lambda: open_clip(path).close(), repeats) - decode)
    with open_clip(path) as clip:
        frames = analysis_frames(clip.duration)
        backend = emotion_backend(settings.emotion)
        note("listener", listener_seconds(engine, clip, repeats))
        note(
            "level",
            seconds_of(lambda: [sound_level(clip.read, first, 600, CLOCK) for first in range(0, frames, 600)], repeats),
        )
        note("emotion", seconds_of(lambda: list(backend.windows(clip.read, clip.sample_count)), repeats))
        curves = np.random.default_rng(0).random((frames, 52), dtype=np.float32)
        level = np.full(frames, -20, dtype=np.float32)
        note("performance", seconds_of(lambda: perform(curves.copy(), level, settings, CLOCK), repeats))
        note("network", network_seconds(engine, frames, repeats))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "line.take"

        def whole(rate: FrameRate) -> None:
            formats.write_take(engine.animate(path, settings, rate), target)

        take = engine.animate(path, settings)
        note("write take", seconds_of(lambda: formats.write_take(take, target), repeats))
        for fps in (60, 30):
            note(f"total, {fps} fps", seconds_of(partial(whole, FrameRate.parse(fps)), repeats))
    return figures


def listener_seconds(engine: Engine, clip: Clip, repeats: int) -> float:
    """The log-mel and the pretrained layers, window by window."""

    def run() -> None:
        count = feature_frames(clip.duration)
        listening = Listening(engine.network.listen, clip.read, count)
        for first in range(0, count, STEP):
            listening.features(first, first + STEP)

    return seconds_of(run, repeats)


def network_seconds(engine: Engine, frames: int, repeats: int) -> float:
    """Both graphs over blocks of the size the engine uses, on noise."""
    config = engine.model.config
    noise = np.random.default_rng(0)

    def run() -> None:
        for first in range(0, frames, engine.network.block_frames):
            core = min(engine.network.block_frames, frames - first)
            lead = min(first, config.halo_frames) or config.edge_frames
            span = -(-(lead + core + config.edge_frames) // 72) * 72
            tokens = span // 18 + 1
            latents = engine.network.analyse(
                noise.random((first_feature(span), FEATURE_SIZE), dtype=np.float32),
                np.ones(span, np.float32),
                noise.random((tokens, 264), dtype=np.float32),
                np.ones(tokens, np.float32),
            )
            engine.network.render(latents[0][:core], latents[1][:core], 0.2)

    return seconds_of(run, repeats)


def slider_drag(path: Path, engine: Engine) -> dict[str, float]:
    """Milliseconds from a moved slider to a finished take of a clip already analysed."""
    with open_clip(path) as clip:
        latents = engine.analyse(clip)
    temperatures = iter(np.linspace(0.06, 0.5, 41))
    figures = {}
    for fps in (60, 30, 24):
        rate = FrameRate.parse(fps)
        took = seconds_of(
            lambda rate=rate: engine.render(latents, Settings(temperature=float(next(temperatures))), rate), 11
        )
        figures[f"slider drag, {fps} fps, ms"] = 1000 * took
        figures[f"an edited phone, {fps} fps, ms"] = 1000 * edited_phone(latents, engine, rate)
    return figures


def edited_phone(analysis: Analysis, engine: Engine, rate: FrameRate) -> float:
    """Seconds from a dragged boundary to the finished take: the edit itself, and its neighbourhood made anew."""
    said = engine.render(analysis, rate=rate).tracks
    phone = said.phones[len(said.phones) // 2]
    shorter = iter(range(1, 100))

    def edit() -> Take:
        end = phone.end - Fraction(next(shorter), 1000)
        return engine.render(analysis, rate=rate, edited=move(said, phone.start, phone.start, end))

    return seconds_of(edit, 11)


def _decode(path: Path) -> None:
    with soundfile.SoundFile(path) as file:
        for _ in file.blocks(blocksize=SAMPLE_RATE * 4, dtype="float32"):
            pass
