"""A recording as everything else sees it: 16 kHz mono, addressed by sample."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from koemorph.audio import checks
from koemorph.audio.decode import open_source
from koemorph.audio.intake import Intake, Progress, check_shape, take_in
from koemorph.audio.source import ArraySource, Source
from koemorph.audio.store import SampleStore
from koemorph.errors import AudioError
from koemorph.trust import Look, limits

_ITEM = 4
"""Bytes of a decoded sample."""
_HASH_SHARE = 0.05
"""Part of the progress that reading the file for its hash takes."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """One recording, decoded once. Close it (or use `with`) to give its memory or temporary file back."""

    path: Path | None
    sample_count: int
    """Samples at 16 kHz: duration x 16000, halves rounded up."""
    duration: Fraction
    """Exact seconds after trimming: source frames / source rate."""
    start: Fraction
    """The in point in exact seconds of the file: the source frame nearest to what was asked for."""
    gain: float
    """Linear factor that brings the speech to the reference level; `read` does not apply it."""
    warnings: tuple[str, ...]
    sha256: str
    """Of the file's bytes, the very ones that were decoded; of the samples' bytes for a clip from memory."""
    source_rate: int
    channels: int
    """In the source, before mixing."""
    offset: float
    """What `read` takes from every sample because all of the recording lies so far from zero; 0 is usual."""
    asked: Mapping[str, str]
    """What of the file was asked for, as a `Recording` tells it: in, out, channel; nothing for all of it."""
    look: Look | None
    """The file as it was while it was decoded; None for a clip from memory."""
    _store: SampleStore = field(repr=False)

    @classmethod
    def from_samples(cls, samples: ArrayLike, rate: int) -> Clip:
        """A clip from memory: (frames,) or (frames, channels), floats around +-1 or signed integers."""
        array = np.asarray(samples)
        name = "The sound from memory"
        if array.ndim not in (1, 2) or array.dtype.kind not in "fi" or rate != int(rate):
            raise AudioError(
                f"{name} must be (frames,) or (frames, channels) of floats or signed integers at a whole rate,"
                f" not {array.dtype} {array.shape} at {rate} Hz."
            )
        check_shape(int(rate), 1 if array.ndim == 1 else int(array.shape[1]), name)
        source = ArraySource(array, int(rate))
        return _make(None, source, take_in(source, name), hashlib.sha256(array.tobytes()).hexdigest())

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Samples `start` to `stop` as recorded (no gain), around zero; zeros outside of the clip. From any thread."""
        samples = self._store.read(start, stop)
        if self.offset:
            inside = slice(max(0, -start), max(0, self.sample_count - start))
            samples[inside] -= np.float32(self.offset)
        return samples

    def close(self) -> None:
        self._store.close()

    def __enter__(self) -> Clip:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_clip(
    path: str | os.PathLike[str],
    *,
    channel: int | str | None = None,
    start: Fraction | None = None,
    end: Fraction | None = None,
    progress: Progress | None = None,
) -> Clip:
    """Decode any audio or video file.

    `channel` is None for the mix of all, a number from 1, 'left' or 'right'. `start` and `end` are seconds from the
    beginning of the file. `progress` is called with 0..1; what it raises stops the work and leaves nothing behind.
    """
    where = Path(path)
    name = checks.name_of(where)
    with checks.open_file(where) as file:
        look = Look.at(file.fileno())
        digest = _hash(file, name, progress)
        source = open_source(where, file)
        try:
            intake = take_in(
                source,
                name,
                channel=channel,
                start=start,
                end=end,
                progress=_after_hash(progress),
                most_samples=max(limits.SMALL_SOUND.most, limits.SOUND_SWELLING.most * look.size) // _ITEM,
            )
        finally:
            source.close()
        try:
            if not look.same_content(Look.at(file.fileno())):
                raise AudioError(f"{name} was changed while it was read; wait until it is written, and try again.")
            if progress:
                progress(1.0)
            asked = {"in": start, "out": end, "channel": channel}
            told = {key: str(value) for key, value in asked.items() if value is not None}
            return _make(where, source, intake, digest, look, told)
        except BaseException:
            intake.store.close()
            raise


def _make(
    path: Path | None,
    source: Source,
    intake: Intake,
    digest: str,
    look: Look | None = None,
    asked: Mapping[str, str] | None = None,
) -> Clip:
    return Clip(
        path=path,
        sample_count=len(intake.store),
        duration=Fraction(intake.frames, source.rate),
        start=Fraction(intake.first, source.rate),
        gain=intake.gain,
        warnings=intake.warnings,
        sha256=digest,
        source_rate=source.rate,
        channels=source.channels,
        offset=intake.offset,
        asked=asked or {},
        look=look,
        _store=intake.store,
    )


def _hash(file: BinaryIO, name: str, progress: Progress | None) -> str:
    digest, done, size = hashlib.sha256(), 0, checks.size_of(file)
    while chunk := checks.read_chunk(file, 2**20, name):
        digest.update(chunk)
        done += len(chunk)
        if progress:
            progress(_HASH_SHARE * min(1.0, done / size))
    file.seek(0)
    return digest.hexdigest()


def _after_hash(progress: Progress | None) -> Progress | None:
    if progress is None:
        return None
    report = progress
    return lambda fraction: report(_HASH_SHARE + (1.0 - _HASH_SHARE) * fraction)
