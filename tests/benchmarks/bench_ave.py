"""The audio pipeline of `koemorph ave` on a minute: where its time goes, beside librosa's mels of the same kind.

    OMP_NUM_THREADS=1 python tests/benchmarks/bench_ave.py

Seconds of one processor core for 60 s of 48 kHz stereo sound at 25 fps, the shortest of a few runs.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from koemorph.audio import open_clip
from koemorph.timing import FrameRate
from koemorph_ave.encoder import load_encoder
from koemorph_ave.features import mel_spectrogram, window_starts, windows_at
from koemorph_ave.modes import FEATURE_SIZE
from koemorph_ave.reference import write_reference
from tests.benchmarks import clips

SECONDS = 60
RATE = FrameRate.parse(25)


class Deaf:
    """In the encoder's place, to time what stands around it."""

    def run(self, names: list[str], feed: dict[str, np.ndarray]) -> list[np.ndarray]:
        return [np.zeros((len(feed["mel"]), FEATURE_SIZE), np.float32)]


def best(work: Callable[[], object], times: int = 5) -> float:
    spent = []
    for _ in range(times):
        begin = time.process_time()
        work()
        spent.append(time.process_time() - begin)
    return min(spent)


def measure(path: Path, scratch: Path) -> dict[str, float]:
    encoder = load_encoder(threads=1)
    around = replace(encoder, _session=Deaf())
    with open_clip(path) as clip:
        mel = mel_spectrogram(clip.read, clip.sample_count)
        windows = windows_at(mel, window_starts(mel.shape[1], RATE))

        def everything_else() -> None:
            with open_clip(path) as opened:
                write_reference(opened, scratch / "reference", RATE, around)

        return {
            "decode, resample": best(lambda: open_clip(path).close()),
            "mels": best(lambda: mel_spectrogram(clip.read, clip.sample_count)),
            "librosa's mels, for comparison": best(lambda: _librosa(clip.read(0, clip.sample_count))),
            "all but the encoder, 1497 tensors on disk": best(everything_else),
            "the encoder": best(lambda: encoder(windows), 2),
        }


def _librosa(samples: np.ndarray) -> None:
    import librosa

    emphasised = np.append(samples[:1], samples[1:] - 0.97 * samples[:-1])
    spectrum = librosa.stft(emphasised, n_fft=800, hop_length=200, win_length=800)
    filters = librosa.filters.mel(sr=16_000, n_fft=800, n_mels=80, fmin=55, fmax=7600)
    np.clip(8 * (20 * np.log10(np.maximum(1e-5, filters @ np.abs(spectrum))) + 80) / 100 - 4, -4, 4)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(clips.make(Path(folder), SECONDS), Path(folder))
    print(f"| {SECONDS} s of sound | s |\n|---|---|")
    for name, value in figures.items():
        print(f"| {name} | {value:.3f} |")


if __name__ == "__main__":
    main()
