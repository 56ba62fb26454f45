from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write samples to a file in tmp_path: write("a.wav", samples, rate, **soundfile options)."""

    def write(name: str, samples: np.ndarray, rate: int = 48_000, **options: str) -> Path:
        path = tmp_path / name
        frames = samples[:, None] if samples.ndim == 1 else samples
        options.setdefault("format", path.suffix[1:].upper())
        with soundfile.SoundFile(path, "w", rate, frames.shape[1], **options) as file:
            for at in range(0, len(frames), 4096):  # libsndfile's Vorbis writer crashes on long writes
                file.write(frames[at : at + 4096])
        return path

    return write


@pytest.fixture
def ffmpeg() -> Callable[..., None]:
    """Run ffmpeg with some arguments; skips the test only where there is no ffmpeg."""
    program = shutil.which("ffmpeg")
    if program is None:
        pytest.skip("ffmpeg is not on the PATH")

    def run(*arguments: str | Path) -> None:
        subprocess.run([program, "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)

    return run


@pytest.fixture
def no_ffmpeg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty = tmp_path / "empty path"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))


@pytest.fixture
def voice() -> Callable[..., np.ndarray]:
    """Something with the ups and downs and the spectrum of speech, in full-scale units."""

    def voice(seconds: float = 1.0, rate: int = 48_000, loudness: float = 0.3) -> np.ndarray:
        time = np.arange(round(seconds * rate)) / rate
        tone = sum(np.sin(2 * np.pi * f * time + f) / f for f in (150, 300, 900, 2500))
        wave = tone * np.sin(2 * np.pi * 3 * time) ** 2
        return loudness * wave / np.abs(wave).max()

    return voice
