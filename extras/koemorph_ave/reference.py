"""The reference data set of a recording: every stage of the pipeline as .npy files, for ports to be measured by.

samples.npy, mel_spectrogram.npy, mel_windows.npy, audio_features.npy, audio_features_padded.npy,
frames/frame_00000_reshaped.npy ..., metadata.json, VALIDATION_INSTRUCTIONS.json
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from koemorph import __version__
from koemorph.audio import SAMPLE_RATE, Clip
from koemorph.errors import AudioError
from koemorph.files import atomic_folder
from koemorph.timing import FrameRate

from . import features as ave
from .encoder import BATCH, Encoder
from .features import Array
from .modes import FEATURE_SIZE, MODES, Mode
from .npy import load_array

FORMAT: Final = 1
METADATA: Final = "metadata.json"
INSTRUCTIONS: Final = "VALIDATION_INSTRUCTIONS.json"
SAMPLES: Final = "samples.npy"
MEL: Final = "mel_spectrogram.npy"
WINDOWS: Final = "mel_windows.npy"
RAW: Final = "audio_features.npy"
PADDED: Final = "audio_features_padded.npy"
FRAMES: Final = "frames"

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Stage:
    """One stage of the pipeline, and how far a port may be from it (greatest and mean absolute difference)."""

    name: str
    file: str
    greatest: float
    mean: float
    axis: int
    """The one along which time runs."""


STAGES: Final = (
    Stage("samples", SAMPLES, 1e-4, 1e-5, 0),
    Stage("mel", MEL, 1e-3, 1e-4, 1),
    Stage("windows", WINDOWS, 1e-3, 1e-4, 0),
    Stage("features", RAW, 1e-3, 1e-3, 0),
    Stage("padded features", PADDED, 1e-3, 1e-3, 0),
)
TENSORS: Final = Stage("tensors", FRAMES, 1e-3, 1e-3, 0)
"""What the renderer is given, a file a frame."""
_OURS: Final = {METADATA, INSTRUCTIONS, *(stage.file for stage in STAGES)}
_FRAME: Final = re.compile(rf"{FRAMES}/frame_\d{{5,}}_reshaped\.npy")


def write_reference(
    clip: Clip,
    folder: Path,
    rate: FrameRate,
    encoder: Encoder,
    *,
    frames: bool = True,
    progress: Progress = lambda done: None,
) -> dict[str, Any]:
    """Everything from the samples to the tensors; returns what metadata.json says."""
    mode = MODES["ave"]
    mel = ave.mel_spectrogram(clip.read, clip.sample_count)
    starts = ave.window_starts(mel.shape[1], rate)
    count = len(starts)
    with atomic_folder(folder, _is_ours) as place:
        np.save(place / SAMPLES, clip.read(0, clip.sample_count))
        np.save(place / MEL, mel)
        raw = np.empty((count, FEATURE_SIZE), np.float32)
        with open(place / WINDOWS, "wb") as file:
            shape = (count, ave.BANK.bands, ave.WINDOW)
            header = {"descr": "<f4", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            for first in range(0, count, BATCH):
                windows = ave.windows_at(mel, starts[first : first + BATCH])
                file.write(windows.tobytes())
                raw[first : first + BATCH] = encoder(windows)
                progress(min(1.0, (first + BATCH) / count))
        rows = ave.padded(raw)
        np.save(place / RAW, raw)
        np.save(place / PADDED, rows)
        facts = {
            "source": {
                "name": clip.path.name if clip.path else "",
                "sha256": clip.sha256,
                "sample_rate": clip.source_rate,
                "channels": clip.channels,
            },
            "sample_rate": SAMPLE_RATE,
            "samples": clip.sample_count,
            "mel": {
                "shape": list(mel.shape),
                "n_fft": ave.BANK.n_fft,
                "window": ave.BANK.window,
                "hop": ave.HOP,
                "bands": ave.BANK.bands,
                "low_hz": ave.BANK.low_hz,
                "high_hz": ave.BANK.high_hz,
                "pre_emphasis": ave.PRE_EMPHASIS,
                "range": [-ave.LARGEST, ave.LARGEST],
            },
            "encoder": {"name": encoder.config.name, "sha256": encoder.config.sha256},
        }
        return _finish(place, facts, mode, rate, rows, count, frames)


def write_prepared(features: Path, folder: Path, rate: FrameRate, mode: Mode, *, frames: bool = True) -> dict[str, Any]:
    """The tensors of features that were made elsewhere: one row a video frame, of 2048 (hubert) or 8192 (wenet)."""
    given = load_array(features)
    rows = given.reshape(len(given), -1).astype(np.float32) if given.ndim > 1 else np.empty((0, 0), np.float32)
    if rows.shape[1] != mode.row or not len(rows):
        raise AudioError(
            f"{features} holds {given.shape}; the mode {mode.name} wants {mode.row} numbers for each of its frames."
        )
    with atomic_folder(folder, _is_ours) as place:
        np.save(place / PADDED, rows)
        facts = {"source": {"name": features.name, "sha256": hashlib.sha256(features.read_bytes()).hexdigest()}}
        return _finish(place, facts, mode, rate, rows, len(rows), frames)


def _finish(
    place: Path, facts: dict[str, Any], mode: Mode, rate: FrameRate, rows: Array, count: int, frames: bool
) -> dict[str, Any]:
    if frames:
        _write_tensors(place / FRAMES, ave.tensors(rows, count, mode))
    written = sorted(path for path in place.iterdir() if path.suffix == ".npy")
    metadata = {
        "format": FORMAT,
        "made_by": f"KoeMorph {__version__}",
        "mode": mode.name,
        "fps": str(rate),
        "frames": count,
        "padded_rows": len(rows),
        "tensor_shape": list(mode.shape),
        "reach": [ave.REACH, ave.REACH - 1],
        **facts,
        "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in written},
    }
    _write_json(place / METADATA, metadata)
    _write_json(place / INSTRUCTIONS, _instructions(mode))
    return metadata


def _write_tensors(folder: Path, made: Iterable[Array]) -> None:
    folder.mkdir()
    for frame, tensor in enumerate(made):
        np.save(folder / f"frame_{frame:05d}_reshaped.npy", tensor)


def _instructions(mode: Mode) -> dict[str, Any]:
    return {
        "what": "Outputs of the pipeline, stage by stage. Feed samples.npy (16 kHz, mono, float) to a port, have it "
        "write files of the same names to a folder of its own, then run the command.",
        "command": "koemorph ave validate THIS_FOLDER FOLDER_OF_THE_PORT",
        "files": ".npy, little-endian float32 in C order; stages that a port does not write are passed over",
        "stages": [
            {
                "name": stage.name,
                "file": stage.file,
                "greatest_difference": stage.greatest,
                "mean_difference": stage.mean,
            }
            for stage in (*STAGES, TENSORS)
        ],
        "tensors": f"{FRAMES}/frame_00000_reshaped.npy and so on, each {list(mode.shape)}: the padded rows from 8 "
        "before to 7 after the frame's number, zeros outside, reshaped in C order",
    }


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _is_ours(path: Path) -> bool:
    return path.as_posix() in _OURS or bool(_FRAME.fullmatch(path.as_posix()))
