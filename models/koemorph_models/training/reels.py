"""Reels, what the listener is trained on: a few utterances of one speaker, as they are heard; and their files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from koemorph.files import atomic
from koemorph.model import ANALYSIS_FPS
from koemorph.timing import SAMPLE_RATE, FrameRate

from ..errors import DataError
from ..speech.utterance import Phone
from ..teacher import analyse, teach_ends
from ..teacher.heard import MouthCourse
from ..teacher.prosody import Reference

CLOCK: Final = FrameRate.parse(str(ANALYSIS_FPS))
USUAL_PARTICIPATION: Final = 1 / 3
EDGE: Final = 25
"""Features kept before the first and after the last of a reel."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False, kw_only=True)
class Reel:
    """`audio` int16 at 16 kHz at the reference level, clean; the rest is what was heard of it, disturbed or not.

    `features` (EDGE + n + EDGE, 512) at 50 Hz, half a second of silence at both ends; `tones` (cells, 1024) of half a
    second, `windows` (W, 88) functionals.
    """

    audio: NDArray[np.int16]
    features: NDArray[np.float16]
    tones: NDArray[np.float16]
    windows: NDArray[np.float32]
    phones: tuple[Phone, ...]
    usual: Reference
    targets: NDArray[np.float16] | None = None
    """(2, T, 52) at 60 fps, once taught: the contained face and the whole one."""

    @property
    def curves(self) -> NDArray[np.float16]:
        if self.targets is None:
            raise DataError("These reels have not been taught yet; run 'koemorph-models teach-reels' on their folder.")
        return self.targets

    @property
    def face(self) -> NDArray[np.float32]:
        """(T, 52): as it looks at the usual temperature."""
        contained, whole = self.curves.astype(np.float32)
        return contained + np.float32(USUAL_PARTICIPATION) * (whole - contained)

    @property
    def frames(self) -> int:
        return self.curves.shape[1]

    @property
    def samples(self) -> Samples:
        return self.audio.astype(np.float32) / np.float32(32767)


ARRAYS: Final = ("audio", "features", "tones", "windows")


def save_reels(path: Path, reels: Iterable[Reel]) -> None:
    arrays: dict[str, Any] = {}
    for number, reel in enumerate(reels):
        arrays |= {f"{name}{number}": getattr(reel, name) for name in ARRAYS}
        told = json.dumps({"phones": [asdict(phone) for phone in reel.phones], "usual": asdict(reel.usual)})
        arrays[f"told{number}"] = np.frombuffer(told.encode(), np.uint8)
    with atomic(path) as handle:
        np.savez(handle, **arrays)


def read_shard(path: Path) -> list[Reel]:
    with np.load(path, allow_pickle=False) as stored:
        reels = []
        for number in range(sum(1 for name in stored.files if name.startswith("told"))):
            told = json.loads(stored[f"told{number}"].tobytes())
            phones = tuple(Phone(**phone) for phone in told["phones"])
            arrays: dict[str, Any] = {name: stored[f"{name}{number}"] for name in ARRAYS}
            reels.append(Reel(**arrays, phones=phones, usual=Reference(**told["usual"])))
        return reels


def targets_path(shard: Path) -> Path:
    """Where the curves of a shard's reels lie."""
    return shard.with_suffix(".curves")


def taught(reel: Reel, heard: MouthCourse | None = None) -> NDArray[np.float16]:
    """(2, T, 52): the teacher's contained face and its whole one; `heard` tells it how a real mouth would go."""
    samples = reel.samples
    ends = teach_ends(reel.phones, analyse(samples), len(samples) / SAMPLE_RATE, CLOCK, usual=reel.usual, heard=heard)
    return np.stack([ends.contained.values, ends.whole.values]).astype(np.float16)


def save_targets(shard: Path, targets: Sequence[NDArray[np.float16]]) -> None:
    with atomic(targets_path(shard)) as handle:
        arrays: dict[str, Any] = {f"curves{number}": values for number, values in enumerate(targets)}
        np.savez(handle, **arrays)


def learnt_from(folder: Path, *, sound: bool = False) -> list[Reel]:
    """Every reel below a folder, with its curves; without its sound, which the network has no use for, unless asked."""
    reels = []
    for path in sorted(folder.rglob("*.npz")):
        try:
            with np.load(targets_path(path), allow_pickle=False) as stored:
                curves = [stored[f"curves{number}"] for number in range(len(stored.files))]
        except OSError as err:
            raise DataError(f"{path} has no curves yet; run 'koemorph-models teach-reels {folder}'.") from err
        none = np.empty(0, np.int16)
        reels += [
            replace(reel, audio=reel.audio if sound else none, targets=targets)
            for reel, targets in zip(read_shard(path), curves, strict=True)
        ]
    return reels
