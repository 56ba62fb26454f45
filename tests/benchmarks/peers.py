"""What others take for parts of the same work, in the same run on the same clip; optional pieces."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from koemorph.audio import SAMPLE_RATE, open_clip
from koemorph.features.listener import BANK, HOP, log_mel

from .stages import seconds_of


def measure(path: Path, seconds: int) -> dict[str, float]:
    """Real-time factors on one clip of `seconds`."""
    with open_clip(path) as clip:
        samples = clip.read(0, clip.sample_count)
        count = -(-clip.sample_count // HOP)
        figures = {"our log-mel, 100 Hz": seconds_of(lambda: log_mel(clip.read, 0, count), 5) / seconds}
    for name, work in (("librosa", _librosa), ("openSMILE", _opensmile), ("naive", _naive)):
        try:
            figures.update(work(samples, seconds))
        except ImportError as err:
            print(f"left out {name}: {err}")
    return figures


def _librosa(samples: np.ndarray, seconds: int) -> dict[str, float]:
    import librosa

    def mel() -> None:
        power = librosa.feature.melspectrogram(
            y=samples, sr=SAMPLE_RATE, n_fft=BANK.n_fft, hop_length=HOP, n_mels=BANK.bands, fmin=0, fmax=8000
        )
        librosa.power_to_db(power)

    mel()
    return {"librosa's mel, hop 160": seconds_of(mel, 5) / seconds}


def _opensmile(samples: np.ndarray, seconds: int) -> dict[str, float]:
    import opensmile

    from koemorph.features.backends import emotion_backend

    descriptors = opensmile.Smile(
        feature_set=opensmile.FeatureSet.eGeMAPSv02, feature_level=opensmile.FeatureLevel.LowLevelDescriptors
    )

    def read(start: int, stop: int) -> np.ndarray:
        piece = samples[max(start, 0) : stop]
        return np.pad(piece, (max(-start, 0), max(stop - max(start, 0) - len(piece), 0)))

    backend = emotion_backend("opensmile")
    return {
        "openSMILE's descriptors alone": seconds_of(lambda: descriptors.process_signal(samples, SAMPLE_RATE), 3)
        / seconds,
        "our openSMILE backend, one pass": seconds_of(lambda: list(backend.windows(read, len(samples))), 3) / seconds,
    }


def _naive(samples: np.ndarray, seconds: int) -> dict[str, float]:
    """The documents' way, a mel window and three emotion windows for every frame; timed on few frames and scaled."""
    import librosa
    import opensmile

    functionals = opensmile.Smile(
        feature_set=opensmile.FeatureSet.eGeMAPSv02, feature_level=opensmile.FeatureLevel.Functionals
    )
    window = samples[: 20 * SAMPLE_RATE]
    context = samples[: int(8.5 * SAMPLE_RATE)]

    def frame() -> None:
        librosa.power_to_db(
            librosa.feature.melspectrogram(y=context, sr=SAMPLE_RATE, n_fft=1024, hop_length=533, n_mels=80, fmin=80)
        )
        for _ in range(3):
            functionals.process_signal(window, SAMPLE_RATE)

    return {"naive: all windows anew for each frame, 30 fps": 30 * seconds_of(frame, 3)}
