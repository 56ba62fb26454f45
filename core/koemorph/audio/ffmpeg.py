"""Whatever libsndfile does not know, through the `ffmpeg` program if there is one."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import threading
import time
from collections import deque
from pathlib import Path
from typing import IO, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from koemorph.audio.checks import name_of
from koemorph.audio.intake import check_shape
from koemorph.audio.source import FULL_SCALE, skip_by_reading
from koemorph.errors import AudioError, MissingPieceError

STALL_SECONDS = 60.0
"""A decoder that delivers nothing for so long is stopped."""
_ALIGN_FROM = 0.005
"""Seconds; time stamps that are off by less than this are a container's rounding and not followed."""
_LARGEST_ALLOCATION = 2**28
"""Bytes; keeps a damaged file from making ffmpeg eat the memory."""
_AU_HEADER = struct.Struct(">4s5I")
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_LEAD_IN = re.compile(r"Duration: .*start: -(\d+\.\d+)")
_CUT_SHORT = re.compile(r"\[error\].*(partial file|truncated)|moov atom not found", re.IGNORECASE)

_FORMATS: Final = (
    "3gp,aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,dtshd,dv,eac3,flac,"
    "flv,gsm,iff,ircam,loas,m4a,matroska,mlp,mov,mp3,mp4,mpc,mpc8,mpeg,mpegts,mxf,nut,ogg,"
    "oma,qcp,rm,shn,sox,tak,truehd,tta,voc,w64,wav,webm,wtv,wv,xwma"
)
"""Containers that hold their sound themselves. Playlists and pictures make ffmpeg open other files, which no hash
covers, and are not among them."""
_GUESSED = "misdetection possible"
"""ffmpeg takes almost any bytes for MP3 if they are named so; it says when it was only guessing."""


def find_ffmpeg() -> str | None:
    return shutil.which("ffmpeg")


class FfmpegSource:
    """The first sound track of a file as ffmpeg decodes it, piped as 32-bit float AU (the plainest header there is)."""

    full_scale = FULL_SCALE
    promised = None

    def __init__(self, program: str, path: Path, file: BinaryIO, name: str) -> None:
        self._name = name
        self._stalled = False
        self._ended = False
        self._waiting_since: float | None = None
        self._closed = threading.Event()
        self._process = _start(program, path, file)
        assert self._process.stdout is not None and self._process.stderr is not None
        self._pipe = self._process.stdout
        self._log = _Log(self._process.stderr)
        threading.Thread(target=self._watch, daemon=True).start()
        try:
            header = self._take(_AU_HEADER.size)
            if len(header) < _AU_HEADER.size:
                raise self._refusal()
            _, offset, _, _, self.rate, self.channels = _AU_HEADER.unpack(header)
            self._take(offset - _AU_HEADER.size)
            check_shape(self.rate, self.channels, name)
            self.skip(self._lead_in())
        except BaseException:
            self.close()
            raise

    @property
    def expected(self) -> int | None:
        found = _DURATION.search(self._log.text())
        if not found:
            return None
        hours, minutes, seconds = found.groups()
        return int((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * self.rate) or None

    def read(self, count: int) -> NDArray[np.float32]:
        frame = 4 * self.channels
        data = self._take(count * frame)
        if len(data) < count * frame and not self._ended:
            self._ended = True
            self._check_end()
        whole = len(data) // frame * frame
        return np.frombuffer(data[:whole], ">f4").astype(np.float32).reshape(-1, self.channels)

    def skip(self, count: int) -> int:
        return skip_by_reading(self, count)

    def close(self) -> None:
        self._closed.set()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._log.settle()
        self._pipe.close()

    def _take(self, count: int) -> bytes:
        self._waiting_since = time.monotonic()
        try:
            return self._pipe.read(count)
        finally:
            self._waiting_since = None

    def _lead_in(self) -> int:
        """Frames before time zero, as some encoders need: ffmpeg moves the file so that it begins with them."""
        self._log.described.wait(timeout=5)
        found = _LEAD_IN.search(self._log.text())
        seconds = float(found[1]) if found else 0.0
        return round(seconds * self.rate) if seconds >= _ALIGN_FROM else 0

    def _watch(self) -> None:
        while not self._closed.wait(STALL_SECONDS / 20):
            since = self._waiting_since
            if since is not None and time.monotonic() - since > STALL_SECONDS:
                self._stalled = True
                self._process.kill()
                return

    def _check_end(self) -> None:
        """Did the stream end because it was over?"""
        self._process.wait()
        self._log.settle()
        text = self._log.text()
        if self._stalled or self._process.returncode or _CUT_SHORT.search(text) or _GUESSED in text:
            raise self._refusal()

    def _refusal(self) -> AudioError:
        self._process.wait()
        self._log.settle()
        text = self._log.text()
        if self._stalled:
            return AudioError(f"Decoding {self._name} got stuck and was stopped; convert the file to WAV.")
        if _CUT_SHORT.search(text):
            return AudioError(f"{self._name} is cut short or damaged; copy or export it again.")
        if "matches no streams" in text or "does not contain any stream" in text:
            return AudioError(f"{self._name} has no sound track; give a file with sound.")
        return AudioError(f"{self._name} is not a sound file, or is damaged; give a sound or video file that plays.")


class _Log:
    """What ffmpeg says, the first and the last lines of it: a damaged file can make it talk without end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._first: list[str] = []
        self._last: deque[str] = deque(maxlen=50)
        self.described = threading.Event()
        """Set when the line about the input's duration has come, which is before any sound does."""
        self._thread = threading.Thread(target=self._drain, args=(stream,), daemon=True)
        self._thread.start()

    def _drain(self, stream: IO[bytes]) -> None:
        with stream:
            while line := stream.readline(1000):
                (self._first if len(self._first) < 200 else self._last).append(line.decode("utf-8", "replace"))
                if b"Duration: " in line:
                    self.described.set()
        self.described.set()

    def settle(self) -> None:
        """Wait for the last lines of a process that has ended."""
        self._thread.join(timeout=5)

    def text(self) -> str:
        return "".join([*self._first, *self._last])


def _start(program: str, path: Path, file: BinaryIO) -> subprocess.Popen[bytes]:
    """It opens the very file that was hashed, if another one has taken its name since, and no other file."""
    opened = f"/dev/fd/{file.fileno()}"
    handles = (file.fileno(),) if Path(opened).exists() else ()
    if handles:
        os.lseek(file.fileno(), 0, os.SEEK_SET)
    command = [program, "-nostdin", "-hide_banner", "-nostats", "-v", "level+info"]
    command += ["-max_alloc", str(_LARGEST_ALLOCATION), "-protocol_whitelist", "file", "-format_whitelist", _FORMATS]
    command += ["-i", f"file:{opened if handles else path}"]
    # A track that begins after the picture keeps its place; later gaps in the time stamps are not followed.
    align = f"aresample=async=1:first_pts=0:min_comp={_ALIGN_FROM}:min_hard_comp=1000000000"
    command += ["-map", "0:a:0", "-af", align, "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=handles,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # no console flashes up over a host on Windows
        )
    except (OSError, ValueError) as err:
        raise MissingPieceError(
            f"{name_of(path)} needs ffmpeg, but {program} does not start ({err}); install ffmpeg again"
            " or convert the file to WAV."
        ) from err
