"""The varied clips that the two eGeMAPS backends are compared on: human and synthetic voices, noises and tones.

Everything is mono float32 at 16 kHz. Human speech comes from a folder of corpora, each with a
`transcripts.tsv` (file, speaker, language, text); the rest is made here, from fixed seeds.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from koemorph.timing import SAMPLE_RATE

Samples = NDArray[np.float32]

CLIPS_PER_CORPUS: Final = {"speechocean762": 150, "kerstin": 45, "librispeech": 45, "ljspeech": 8}
SENTENCES: Final = (
    "The quick brown fox jumps over the lazy dog, and nobody minds at all.",
    "Please call me back before five; I really want to know how it went!",
    "Why would anyone walk along the river in this rain?",
    "Nineteen small boats left the harbour early this morning.",
)
ESPEAK_VOICES: Final = ("en-us", "en-gb", "de", "en-us+f2", "en-us+m3", "de+f4", "en-us+m7", "fr+f3", "it", "es+m2")
FLITE_VOICES: Final = ("slt", "awb", "rms", "kal16")


def read_mono(path: Path) -> Samples:
    """A recording at 16 kHz, its channels averaged."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1, dtype=np.float32)
    return mono if rate == SAMPLE_RATE else np.asarray(soxr.resample(mono, rate, SAMPLE_RATE), np.float32)


def human(speech: Path) -> Iterator[tuple[str, Samples]]:
    """Clips of 2.5 to 20 s spread evenly over the speakers of each corpus."""
    for corpus, wanted in CLIPS_PER_CORPUS.items():
        table = speech / corpus / "transcripts.tsv"
        if not table.exists():
            continue
        with table.open(encoding="utf-8", newline="") as lines:
            files = sorted(row["file"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
        taken, position, step = 0, 0.0, len(files) / wanted
        while position < len(files) and taken < wanted:
            for name in files[int(position) : int(position + step) or None]:
                if 2.5 <= soundfile.info(speech / corpus / name).duration <= 20.0:
                    yield f"human/{corpus}/{name}", read_mono(speech / corpus / name)
                    taken += 1
                    break
            position += step


def synthetic() -> Iterator[tuple[str, Samples]]:
    """The sentences in the voices of whichever of espeak-ng and flite are installed."""
    commands: list[tuple[str, list[str]]] = []
    if shutil.which("espeak-ng"):
        for i, voice in enumerate(ESPEAK_VOICES):
            for j, text in enumerate(SENTENCES):
                pitch = str(30 + 15 * ((i + j) % 4))
                commands.append((f"espeak/{voice}/{j}", ["espeak-ng", "-v", voice, "-p", pitch, "-w", "OUT", text]))
    if shutil.which("flite"):
        for voice in FLITE_VOICES:
            for j, text in enumerate(SENTENCES):
                commands.append((f"flite/{voice}/{j}", ["flite", "-voice", voice, "-t", text, "-o", "OUT"]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.wav"
        for name, command in commands:
            subprocess.run([str(path) if part == "OUT" else part for part in command], check=True, capture_output=True)
            yield f"synthetic/{name}", read_mono(path)


def _coloured(rng: np.random.Generator, seconds: float, exponent: float) -> Samples:
    """Noise whose power falls as frequency**-exponent."""
    count = int(seconds * SAMPLE_RATE)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum /= np.maximum(np.fft.rfftfreq(count, 1 / SAMPLE_RATE), 20.0) ** (exponent / 2)
    noise = np.fft.irfft(spectrum, count)
    return np.asarray(0.1 * noise / noise.std(), np.float32)


def signals() -> Iterator[tuple[str, Samples]]:
    """Silence, noises, tones, chords, sweeps and whisper-like noise, from fixed seeds."""
    rng = np.random.default_rng(20)
    time = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE
    yield "signal/silence", np.zeros(4 * SAMPLE_RATE, np.float32)
    yield "signal/dc", np.full(4 * SAMPLE_RATE, 0.1, np.float32)
    for i, exponent in enumerate((0.0, 0.5, 1.0, 1.5, 2.0)):
        yield f"signal/noise{i}", _coloured(rng, 4, exponent)
    for pitch in (110.0, 196.0, 330.0):
        phases = 2 * np.pi * pitch * np.arange(1, 12)[:, None] * time
        tone = (np.sin(phases) / np.arange(1, 12)[:, None]).sum(0) * (1 + 0.3 * np.sin(2 * np.pi * 3 * time))
        yield f"signal/tone{pitch:.0f}", np.asarray(0.1 * tone, np.float32)
        notes = pitch * 2.0 ** (np.repeat(rng.integers(0, 12, 16), SAMPLE_RATE // 4) / 12)
        melody = np.sign(np.sin(2 * np.pi * np.cumsum(notes) / SAMPLE_RATE))
        yield f"signal/melody{pitch:.0f}", np.asarray(0.1 * melody, np.float32)
        chord = sum(np.sin(2 * np.pi * pitch * ratio * time) for ratio in (1.0, 1.25, 1.5))
        yield f"signal/chord{pitch:.0f}", np.asarray(0.1 * chord, np.float32)
    for i in range(4):
        envelope = np.maximum(0, np.sin(2 * np.pi * (2 + i) * time)) ** 2
        yield f"signal/whisper{i}", np.asarray(_coloured(rng, 4, 0.6) * envelope, np.float32)


def all_clips(speech: Path) -> Iterator[tuple[str, Samples]]:
    """Every clip with its name, in a fixed order."""
    yield from human(speech)
    yield from synthetic()
    yield from signals()
