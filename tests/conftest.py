"""What tests share: the tiny model, clips that sound a little like speech, recordings on disk."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from koemorph import arkit
from koemorph.audio import SAMPLE_RATE, Clip
from koemorph.engine import Engine
from koemorph.features.emotion import FUNCTIONALS, STEP_SAMPLES, WINDOW_SAMPLES, Read, window_count
from koemorph.model import ModelFiles, load_model
from koemorph.take import Take
from koemorph.timing import FrameRate

TINY_MODEL = Path(__file__).parent / "data" / "tiny_model"


# What is started in the background ignores Ctrl-C, and all that it starts does too; tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)

with contextlib.suppress(ImportError):  # inside of Blender, where nothing is drawn by it
    from hypothesis import settings

    # How long one example takes says how busy the machine is; a test that hangs meets the timeout of pytest.
    settings.register_profile("koemorph", deadline=None)
    settings.load_profile("koemorph")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What tests print of names that are no text goes from process to process as text, or pytest -n ends there."""
    report = yield
    report.sections = [(name, told.encode("utf-8", "backslashreplace").decode()) for name, told in report.sections]
    return report


class StandInEmotion:
    """Quick numbers that follow the loudness of each window: for tests of what stands around the real analysis."""

    name = "stand-in"

    def windows(self, read: Read, sample_count: int) -> Iterator[np.ndarray]:
        steps = -(-WINDOW_SAMPLES // STEP_SAMPLES)
        loudness: list[float] = []
        for window in range(window_count(sample_count)):
            while len(loudness) < window + steps:
                first = len(loudness) * STEP_SAMPLES
                loudness.append(float(np.sqrt(np.mean(np.square(read(first, first + STEP_SAMPLES))))))
            mean = float(np.mean(loudness[window : window + steps]))
            yield np.tanh(np.sin(np.arange(FUNCTIONALS)) * 20.0 * mean).astype(np.float32)[None]


@pytest.fixture
def quick_emotion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines use the stand-in, whichever emotion analysis the settings name."""
    monkeypatch.setattr("koemorph.network.emotion_backend", lambda name: StandInEmotion())


@pytest.fixture(scope="session")
def tiny_folder() -> Path:
    return TINY_MODEL


@pytest.fixture(scope="session")
def tiny() -> ModelFiles:
    return load_model(TINY_MODEL)


@pytest.fixture(scope="session")
def tiny_engine(tiny: ModelFiles) -> Engine:
    return Engine(tiny)


@pytest.fixture(scope="session")
def speech_like() -> Callable[..., np.ndarray]:
    """`speech_like(seconds, rate=16000, seed=0)`: a gliding buzz in syllables and phrases, with breath noise."""

    def make(seconds: float, rate: int = SAMPLE_RATE, seed: int = 0) -> np.ndarray:
        rng = np.random.default_rng(seed)
        t = np.arange(max(1, round(seconds * rate))) / rate
        phase = 2 * np.pi * np.cumsum(120.0 + 30.0 * np.sin(2.1 * t + seed)) / rate
        buzz = sum(np.sin(k * phase) / k for k in range(1, 12))
        syllables = np.clip(np.sin(2 * np.pi * 2.3 * t + seed), 0.0, 1.0)
        phrases = np.sin(2 * np.pi * 0.21 * t + 0.7) > -0.6
        sound = 0.12 * buzz * syllables * phrases + 0.002 * rng.standard_normal(len(t))
        return np.asarray(sound, dtype=np.float32)

    return make


@pytest.fixture(scope="session")
def speech_clip(speech_like: Callable[..., np.ndarray]) -> Callable[..., Clip]:
    """`speech_clip(seconds, rate=16000, seed=0)`: the same as an opened clip."""
    return lambda seconds, rate=SAMPLE_RATE, seed=0: Clip.from_samples(speech_like(seconds, rate, seed), rate)


@pytest.fixture
def recording(tmp_path: Path, speech_like: Callable[..., np.ndarray]) -> Callable[..., Path]:
    """`recording(name="line.wav", seconds=0.8, rate=16000, channels=1)`: a WAV in the test's own folder."""

    def make(name: str = "line.wav", seconds: float = 0.8, rate: int = SAMPLE_RATE, channels: int = 1) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        sides = [speech_like(seconds, rate, seed) for seed in range(channels)]
        soundfile.write(path, np.stack(sides, axis=1), rate, subtype="PCM_16", format="WAV")
        return path

    return make


@pytest.fixture(scope="session")
def some_take() -> Callable[..., Take]:
    """`some_take(frames=10, rate="60", names=SHAPES, start=0)`: random curves, none like another."""

    def make(frames: int = 10, rate: str = "60", names: tuple[str, ...] = arkit.SHAPES, **others: object) -> Take:
        values = np.random.default_rng(frames).random((frames, len(names)), dtype=np.float32)
        return Take(names, values, FrameRate.parse(rate), **others)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def one_sentence() -> Callable[[object], None]:
    """Asserts that an error reads as one sentence for a person."""

    def check(error: object) -> None:
        text = str(error)
        assert text.strip() == text and text.endswith("."), text
        assert "\n" not in text and "Traceback" not in text, text
        assert 15 < len(text) < 600, text

    return check
