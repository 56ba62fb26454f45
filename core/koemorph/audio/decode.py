"""The right decoder for a file: libsndfile for what it knows, ffmpeg for the rest. Contents count, names do not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from koemorph.audio import checks, whole
from koemorph.audio.ffmpeg import FfmpegSource, find_ffmpeg
from koemorph.audio.intake import check_shape
from koemorph.audio.source import FULL_SCALE, Source, skip_by_reading
from koemorph.errors import AudioError, MissingPieceError

_SEEKABLE = {"PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"}
"""Subtypes in which a seek lands on the same samples as reading up to there."""
_FULL_SCALE = {"PCM_S8": 127 / 128, "PCM_U8": 127 / 128, "ULAW": 0.98, "ALAW": 0.984}
"""Largest magnitudes of the coarse subtypes."""
_UNKNOWN_LENGTH = 2**62
_OTHER_CODEC = {1, 4, 18}
"""libsndfile's error codes for a format or encoding it does not have; all others mean damage."""


def open_source(path: Path, file: BinaryIO) -> Source:
    """A decoder for `file`, which is open at `path`; refuses what is no sound or cut short."""
    name = checks.name_of(path)
    kind = checks.kind_of(file, name)
    patch = whole.check_whole(file, kind, name)
    refused: soundfile.LibsndfileError | None = None
    if kind in checks.SNDFILE_KINDS:
        try:
            return SndfileSource(_handle(path, file, patch), kind, name)
        except soundfile.LibsndfileError as err:
            refused = err
    program = find_ffmpeg()
    if program:
        return FfmpegSource(program, path, file, name)
    if refused and refused.code not in _OTHER_CODEC:
        raise AudioError(f"{name} is damaged and cannot be decoded; export it again.") from refused
    raise MissingPieceError(
        f"{name} is in no format that KoeMorph reads by itself, and ffmpeg was not found;"
        " install ffmpeg so that it is on the PATH, or convert the file to WAV."
    ) from refused


class SndfileSource:
    """A stream through libsndfile."""

    def __init__(self, handle: int | str | _Repaired, kind: str, name: str) -> None:
        self._name = name
        # A descriptor of its own: libsndfile 1.2.0 closes those of files that it refuses.
        self._file = _SequentialFile(os.dup(handle) if isinstance(handle, int) else handle, closefd=True)
        self.rate: int = self._file.samplerate
        self.channels: int = self._file.channels
        self.full_scale = _FULL_SCALE.get(self._file.subtype, FULL_SCALE)
        frames: int = self._file.frames
        self.expected = frames if frames < _UNKNOWN_LENGTH else None
        self.promised = self.expected if kind == "flac" else None
        self._at = 0
        try:
            check_shape(self.rate, self.channels, name)
        except AudioError:
            self.close()
            raise

    def read(self, count: int) -> NDArray[np.float32]:
        try:
            block = self._file.read(count, dtype="float32", always_2d=True)
        except soundfile.SoundFileError as err:
            raise self._damaged() from err
        self._at += len(block)
        return np.asarray(block, np.float32)

    def skip(self, count: int) -> int:
        if self._file.subtype not in _SEEKABLE or self.expected is None:
            return skip_by_reading(self, count)
        begin = self._at
        reached = min(begin + count, self.expected)
        try:
            self._file.seek(reached)
        except soundfile.SoundFileError as err:
            raise self._damaged() from err
        self._at = reached
        return reached - begin

    def close(self) -> None:
        self._file.close()

    def _damaged(self) -> AudioError:
        return AudioError(
            f"{self._name} cannot be decoded beyond {self._at / self.rate:.3f} s,"
            " it is damaged or cut short; copy or export it again."
        )


class _SequentialFile(soundfile.SoundFile):  # type: ignore[misc]  # soundfile has no type information
    """A SoundFile that does not seek to where it already is after every read, as that costs time in FLAC and MP3."""

    def seekable(self) -> bool:
        return False


def _handle(path: Path, file: BinaryIO, patch: whole.Patch | None) -> int | str | _Repaired:
    """What soundfile reads: the very file that was hashed, without callbacks from C in which Ctrl-C could strike.

    On Windows its library knows no handles of ours; there nobody can put another file in the place of an open one.
    """
    if patch or (os.name == "nt" and path.suffix.lower() == ".raw"):  # soundfile would believe that name
        return _Repaired(file, patch or whole.Patch(0, b""))
    if os.name == "nt":
        return str(path)
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    return file.fileno()


class _Repaired:
    """A nameless file with one field of its header repaired, as libsndfile reads it."""

    def __init__(self, file: BinaryIO, patch: whole.Patch) -> None:
        self._file, self._patch = file, patch

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError):  # libsndfile calls this from C and looks where it got to
            return self._file.tell()

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:
        at = self._file.tell()
        data = self._patch.apply(self._file.read(len(buffer)), at)
        buffer[: len(data)] = data
        return len(data)
