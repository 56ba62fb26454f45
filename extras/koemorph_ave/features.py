"""The audio features of SyncTalk_2D and its relatives: mel windows around video frames, and what is made of them.

They drive 2D digital humans, not the curves of this project's own engine. Every number follows the Python
original to the last frame (`ave/PORTS.md` says it in the terms of other languages), where it is odd as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from koemorph.errors import AudioError
from koemorph.features.emotion import Read
from koemorph.features.mel import MelBands, hann, mel_filters
from koemorph.timing import SAMPLE_RATE, FrameRate

from .modes import Mode

HOP: Final = 200
BANK: Final = MelBands(window=800, n_fft=800, bands=80, low_hz=55.0, high_hz=7600.0)
MEL_RATE: Final = SAMPLE_RATE // HOP
"""Mel frames a second: 80."""
PRE_EMPHASIS: Final = 0.97
QUIETEST: Final = 1e-5
"""Magnitudes below this are this: -100 dB."""
REFERENCE_DB: Final = 20.0
RANGE_DB: Final = 100.0
LARGEST: Final = 4.0
"""Normalised mels lie within +-4."""
WINDOW: Final = 16
"""Mel frames that the encoder hears for one video frame: 0.2 s from the frame on."""
REACH: Final = 8
"""Rows of features before a frame's own, and from it on, that a renderer is given."""
_BLOCK: Final = 1024
"""Mel frames that are transformed at once."""

Array = NDArray[np.float32]


def mel_spectrogram(read: Read, sample_count: int) -> Array:
    """(80, frames) normalised mels of a 16 kHz clip; frame m is centred on sample 200 m, outside is silence."""
    frames = sample_count // HOP + 1
    mel = np.empty((BANK.bands, frames), np.float32)
    for first in range(0, frames, _BLOCK):
        count = min(_BLOCK, frames - first)
        mel[:, first : first + count] = _normalised(_magnitudes(read, sample_count, first, count)).T
    return mel


def _magnitudes(read: Read, sample_count: int, first: int, count: int) -> NDArray[np.float64]:
    """(count, 80) mel magnitudes of the frames from `first` on."""
    begin = first * HOP - BANK.window // 2
    end = begin + (count - 1) * HOP + BANK.window
    samples = read(begin - 1, end).astype(np.float64)
    emphasised = samples[1:] - PRE_EMPHASIS * samples[:-1]
    emphasised[max(0, sample_count - begin) :] = 0.0  # the filter is not heard to ring after the last sample
    windows = sliding_window_view(emphasised, BANK.window)[::HOP]
    return np.asarray(np.abs(np.fft.rfft(windows * hann(BANK.window))) @ mel_filters(BANK).T)


def _normalised(magnitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    decibels = 20.0 * np.log10(np.maximum(QUIETEST, magnitudes)) - REFERENCE_DB
    return np.clip(2 * LARGEST * (decibels + RANGE_DB) / RANGE_DB - LARGEST, -LARGEST, LARGEST)


def frame_count(mel_frames: int, rate: FrameRate) -> int:
    """Video frames that are made of so many mel frames.

    The order of the operations counts: where the exact value is whole, doubles fall below it now and then, and with
    them the original, by which every port is measured.
    """
    return int((mel_frames - WINDOW) / 80.0 * float(rate.fps)) + 2


def window_starts(mel_frames: int, rate: FrameRate) -> NDArray[np.int64]:
    """The mel frame at or before each video frame; the last windows are moved back to end with the clip."""
    if mel_frames < WINDOW:
        least = (WINDOW - 1) * HOP / SAMPLE_RATE
        raise AudioError(f"The recording is shorter than the {least:.2f} s that the features need; take a longer one.")
    frames = np.arange(frame_count(mel_frames, rate), dtype=np.int64)
    starts = frames * MEL_RATE * rate.fps.denominator // rate.fps.numerator
    return np.minimum(starts, mel_frames - WINDOW)


def windows_at(mel: Array, starts: NDArray[np.int64]) -> Array:
    """(n, 80, 16): the windows of a mel spectrogram that begin there."""
    return np.ascontiguousarray(sliding_window_view(mel, WINDOW, axis=1)[:, starts].transpose(1, 0, 2))


def padded(features: Array) -> Array:
    """The first and the last row once more at their ends: (frames, 512) -> (frames + 2, 512)."""
    return np.concatenate([features[:1], features, features[-1:]])


def tensors(rows: Array, count: int, mode: Mode) -> Iterator[Array]:
    """For each of `count` frames, what the renderer is given: the rows from 8 before to 7 after it, zeros outside."""
    silence = np.zeros((REACH, mode.row), np.float32)
    surrounded = np.concatenate([silence, rows, silence])
    for frame in range(count):
        yield surrounded[frame : frame + 2 * REACH].reshape(mode.shape)
